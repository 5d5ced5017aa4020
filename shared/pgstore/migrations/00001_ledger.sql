-- +goose Up
CREATE SCHEMA IF NOT EXISTS acequia;
CREATE SCHEMA warehouse;
CREATE SCHEMA superseded;
COMMENT ON SCHEMA acequia IS 'The ledger: what happened to every object, chunk and record.';
COMMENT ON SCHEMA warehouse IS 'The data: one table for each data set, made from its contract. For each key, the row of the object that ranks highest.';
COMMENT ON SCHEMA superseded IS 'For each data set, the rows that lost their key to an object that ranks higher.';

CREATE TABLE acequia.objects (
    object_id           uuid PRIMARY KEY,
    bucket              text NOT NULL,
    key                 text NOT NULL,
    version_id          text NOT NULL,
    etag                text NOT NULL,
    size_bytes          bigint NOT NULL,
    last_modified       timestamptz NOT NULL,
    dataset             text,
    rank                text COLLATE "C" NOT NULL,
    run                 text COLLATE "C" NOT NULL,
    status              text NOT NULL DEFAULT 'received',
    error               text,
    attempt             integer NOT NULL,
    contract_bucket     text,
    contract_key        text,
    contract_version_id text,
    chunks              integer,
    chunks_done         integer NOT NULL DEFAULT 0,
    planned_records     bigint,
    records             bigint NOT NULL DEFAULT 0,
    loaded              bigint NOT NULL DEFAULT 0,
    superseded          bigint NOT NULL DEFAULT 0,
    duplicates          bigint NOT NULL DEFAULT 0,
    rejected            bigint NOT NULL DEFAULT 0,
    received_at         timestamptz NOT NULL DEFAULT now(),
    published_at        timestamptz,
    CONSTRAINT objects_rank_is_unique UNIQUE (dataset, rank),
    CONSTRAINT objects_status_is_known CHECK (
        status IN ('received', 'processing', 'published', 'unchanged', 'refused', 'failed', 'forgotten')),
    CONSTRAINT objects_counts_are_not_negative CHECK (
        size_bytes >= 0 AND chunks >= 0 AND chunks_done >= 0 AND planned_records >= 0 AND records >= 0
        AND loaded >= 0 AND superseded >= 0 AND duplicates >= 0 AND rejected >= 0),
    CONSTRAINT objects_published_is_accounted_for CHECK (
        status <> 'published' OR (
            records = loaded + superseded + duplicates + rejected
            AND chunks IS NOT NULL AND chunks_done = chunks
            AND planned_records IS NOT NULL AND records = planned_records
            AND dataset IS NOT NULL AND published_at IS NOT NULL)),
    CONSTRAINT objects_rows_belong_to_published CHECK (
        status IN ('published', 'processing') OR (loaded = 0 AND superseded = 0)),
    CONSTRAINT objects_bad_end_has_a_reason CHECK (status NOT IN ('refused', 'failed') OR error IS NOT NULL)
);
CREATE INDEX objects_by_dataset ON acequia.objects (dataset, status, received_at);
CREATE INDEX objects_by_arrival ON acequia.objects (received_at);
CREATE INDEX objects_by_key ON acequia.objects (bucket, key, version_id);
CREATE INDEX objects_by_run ON acequia.objects (dataset, run) WHERE status = 'published';
COMMENT ON TABLE acequia.objects IS 'One row per object version. Published: records = loaded + superseded + duplicates + rejected.';
COMMENT ON COLUMN acequia.objects.dataset IS 'The data set that the key belongs to; NULL if it belongs to none.';
COMMENT ON COLUMN acequia.objects.rank IS 'Precedence: of two objects of a data set that hold the same key, the one with the greater rank wins.';
COMMENT ON COLUMN acequia.objects.run IS 'The rank without the version: equal for versions of a key that repeat the same bytes.';
COMMENT ON COLUMN acequia.objects.status IS 'received, processing; or an end: published, unchanged, refused, failed, forgotten.';
COMMENT ON COLUMN acequia.objects.error IS 'Why the object was refused or has failed.';
COMMENT ON COLUMN acequia.objects.chunks IS 'How many chunks the object has; NULL until all of it has been walked.';
COMMENT ON COLUMN acequia.objects.chunks_done IS 'How many chunks are staged for loading.';
COMMENT ON COLUMN acequia.objects.planned_records IS 'How many records the walk found; NULL until all of the object has been walked.';
COMMENT ON COLUMN acequia.objects.records IS 'How many records the chunks held that are done.';
COMMENT ON COLUMN acequia.objects.loaded IS 'How many rows of the warehouse are this object''s, at any time.';
COMMENT ON COLUMN acequia.objects.superseded IS 'Records that lost their key to an object that ranks higher.';
COMMENT ON COLUMN acequia.objects.duplicates IS 'Records whose key a later record of the same object holds.';
COMMENT ON COLUMN acequia.objects.rejected IS 'Records that broke the contract: see acequia.rejects.';

CREATE TABLE acequia.chunks (
    object_id   uuid NOT NULL REFERENCES acequia.objects,
    attempt     integer NOT NULL,
    chunk       integer NOT NULL,
    byte_start  bigint NOT NULL,
    byte_end    bigint NOT NULL,
    line        bigint NOT NULL,
    records     bigint NOT NULL,
    rejected    bigint NOT NULL,
    state       text NOT NULL,
    error       text,
    rows_key    text,
    reject_keys text[] NOT NULL DEFAULT '{}',
    arrived_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (object_id, attempt, byte_start),
    CONSTRAINT chunks_state_is_known CHECK (state IN ('staged', 'published', 'failed')),
    CONSTRAINT chunks_counts_are_in_range CHECK (
        byte_start >= 0 AND byte_end >= byte_start AND rejected >= 0 AND records >= rejected)
);
COMMENT ON TABLE acequia.chunks IS 'One row per chunk: a range of an object''s bytes, cut at record boundaries.';
COMMENT ON COLUMN acequia.chunks.byte_end IS 'The offset of the byte after the last.';
COMMENT ON COLUMN acequia.chunks.line IS 'The line, from 1, that the chunk starts on.';
COMMENT ON COLUMN acequia.chunks.state IS 'staged: waits in the work bucket for the object''s other chunks; published; failed: given up.';
COMMENT ON COLUMN acequia.chunks.rows_key IS 'Where in the work bucket the rows lie, encoded for COPY.';

CREATE TABLE acequia.rejects (
    object_id   uuid NOT NULL REFERENCES acequia.objects,
    chunk       integer NOT NULL,
    byte_offset bigint NOT NULL,
    byte_length bigint NOT NULL,
    line        bigint NOT NULL,
    column_name text,
    rule        text NOT NULL,
    reason      text NOT NULL,
    failures    jsonb NOT NULL,
    raw         text NOT NULL,
    PRIMARY KEY (object_id, byte_offset)
);
COMMENT ON TABLE acequia.rejects IS 'One row per record that broke its contract.';
COMMENT ON COLUMN acequia.rejects.byte_offset IS 'Where in the object the record starts; its exact bytes are there.';
COMMENT ON COLUMN acequia.rejects.column_name IS 'The column of the first broken rule; NULL if the rule is about the whole record.';
COMMENT ON COLUMN acequia.rejects.failures IS 'All broken rules: [{"column_name", "rule", "reason"}, …].';
COMMENT ON COLUMN acequia.rejects.raw IS 'The record for reading: cut if it is long, invalid bytes escaped.';

CREATE TABLE acequia.quality_results (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object_id  uuid,
    dataset    text NOT NULL,
    check_name text NOT NULL,
    severity   text NOT NULL,
    passed     boolean NOT NULL,
    observed   text,
    expected   text,
    checked_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT quality_results_severity_is_known CHECK (severity IN ('warning', 'error'))
);
CREATE INDEX quality_results_latest ON acequia.quality_results (dataset, check_name, object_id, id DESC);
COMMENT ON TABLE acequia.quality_results IS 'One row per run of a check that looks across objects. A check reports; it never costs a record.';

CREATE TABLE acequia.daily_summaries (
    dataset     text NOT NULL,
    day         date NOT NULL,
    kpi         text NOT NULL,
    dimension   jsonb NOT NULL DEFAULT '{}',
    value       numeric NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (dataset, day, kpi, dimension)
);
COMMENT ON TABLE acequia.daily_summaries IS 'The value of each KPI on each day that the data speaks of.';
COMMENT ON COLUMN acequia.daily_summaries.dimension IS 'What tells the values of one KPI and day apart: {"currency": "PEN"}.';

CREATE TABLE acequia.events (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT now(),
    kind         text NOT NULL,
    object_id    uuid,
    dataset      text,
    severity     text NOT NULL,
    payload      jsonb NOT NULL DEFAULT '{}',
    delivered_at timestamptz,
    CONSTRAINT events_severity_is_known CHECK (severity IN ('info', 'warning', 'error'))
);
CREATE INDEX events_undelivered ON acequia.events (id) WHERE delivered_at IS NULL;
CREATE INDEX events_by_object ON acequia.events (object_id);
COMMENT ON TABLE acequia.events IS 'What happened, each row written in the transaction that made it true. Append-only; it is also the outbox of notify.';
COMMENT ON COLUMN acequia.events.delivered_at IS 'When people were told; NULL until then. The only column that may change.';

-- +goose StatementBegin
CREATE FUNCTION acequia.events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        OLD.delivered_at := NEW.delivered_at;
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'acequia.events is append-only: % is not allowed', TG_OP;
END $$;
-- +goose StatementEnd
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON acequia.events
    FOR EACH ROW EXECUTE FUNCTION acequia.events_are_append_only();

CREATE TABLE acequia.changes (
    dataset   text NOT NULL,
    day       date,
    object_id uuid NOT NULL
);
COMMENT ON TABLE acequia.changes IS 'Which days'' rows changed since they were last summed up; summarize takes the rows off.';
COMMENT ON COLUMN acequia.changes.day IS 'NULL where the data set has no day, or none of the rows has.';
