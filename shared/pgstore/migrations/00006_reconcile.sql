-- +goose Up

-- S3 lists by the bytes of the key, which is the order of no other collation.
CREATE INDEX objects_by_listing ON acequia.objects (bucket, key COLLATE "C", object_id);
CREATE INDEX objects_under_way ON acequia.objects (received_at) WHERE status IN ('received', 'processing');

ALTER TABLE acequia.objects
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN attempt_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN acequia.objects.attempt_at IS 'When the last attempt began.';
COMMENT ON COLUMN acequia.objects.deleted_at IS 'When the version was found to be gone from the bucket; its rows stay. NULL while it is there.';

CREATE TABLE acequia.deployment (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    deployed_at timestamptz NOT NULL
);
COMMENT ON TABLE acequia.deployment IS 'When Acequia came: what was uploaded before is taken in by a backfill only.';
INSERT INTO acequia.deployment (deployed_at) SELECT coalesce(min(received_at), now()) FROM acequia.objects;

CREATE TABLE acequia.watermarks (
    bucket text NOT NULL,
    name   text NOT NULL,
    key    text NOT NULL,
    PRIMARY KEY (bucket, name)
);
COMMENT ON TABLE acequia.watermarks IS 'How far listings of a bucket were compared with the ledger.';
COMMENT ON COLUMN acequia.watermarks.name IS '"turn" for the round through the whole bucket, "prefix …" for the end of what has that prefix.';
COMMENT ON COLUMN acequia.watermarks.key IS 'The last key that was compared, with all its versions.';

CREATE TABLE acequia.repairs (
    object_id     uuid NOT NULL,
    kind          text NOT NULL,
    bucket        text NOT NULL,
    key           text NOT NULL,
    version_id    text NOT NULL,
    etag          text NOT NULL,
    size_bytes    bigint NOT NULL,
    last_modified timestamptz NOT NULL,
    tries         integer NOT NULL DEFAULT 1,
    found_at      timestamptz NOT NULL,
    tried_at      timestamptz NOT NULL,
    given_up_at   timestamptz,
    PRIMARY KEY (object_id, kind),
    CONSTRAINT repairs_kind_is_known CHECK (kind IN ('lost', 'stuck'))
);
COMMENT ON TABLE acequia.repairs IS 'Objects that are being repaired. A row goes when its object is well again.';
COMMENT ON COLUMN acequia.repairs.kind IS 'lost: the ledger never heard of the version; stuck: it was taken in, and nothing moved since.';

CREATE TABLE acequia.dead_letters (
    queue      text PRIMARY KEY,
    messages   bigint NOT NULL,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE acequia.dead_letters IS 'How many messages each dead-letter queue held when it was last looked at.';

CREATE TABLE acequia.reconciliations (
    full_run boolean PRIMARY KEY,
    began_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    found    jsonb NOT NULL
);
COMMENT ON TABLE acequia.reconciliations IS 'The last run of each kind, frequent and full: what it found and did.';

CREATE TABLE acequia.backfills (
    bucket      text NOT NULL,
    prefix      text NOT NULL,
    since       timestamptz NOT NULL,
    total       bigint NOT NULL,
    sent        bigint NOT NULL DEFAULT 0,
    key         text NOT NULL DEFAULT '',
    began_at    timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (bucket, prefix, since)
);
COMMENT ON TABLE acequia.backfills IS 'How far each backfill came, so that one that was stopped goes on there.';
COMMENT ON COLUMN acequia.backfills.key IS 'All versions up to this key are in the ledger, or were when it got here.';
