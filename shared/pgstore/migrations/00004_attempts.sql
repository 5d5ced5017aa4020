-- What it takes to replace, forget and replay an object, and to publish one chunk by chunk.

-- +goose Up
ALTER TABLE acequia.objects
    ADD COLUMN counted_attempt integer,
    ADD COLUMN publish text NOT NULL DEFAULT 'file',
    ADD COLUMN replaced_by uuid,
    ADD COLUMN before jsonb,
    DROP CONSTRAINT objects_rows_belong_to_published,
    ADD CONSTRAINT objects_publish_is_known CHECK (publish IN ('file', 'chunk')),
    ADD CONSTRAINT objects_rows_belong_to_published CHECK (
        loaded = 0 AND superseded = 0
        OR status = 'published'
        OR status = 'processing' AND (publish = 'chunk' OR before IS NOT NULL)
        OR status = 'failed' AND publish = 'chunk'),
    ADD CONSTRAINT objects_chunks_are_accounted_for CHECK (
        publish <> 'chunk' OR before IS NOT NULL OR status NOT IN ('processing', 'failed')
        OR records = loaded + superseded + duplicates + rejected),
    ADD CONSTRAINT objects_received_has_no_counts CHECK (
        status <> 'received' OR (chunks_done = 0 AND records = 0 AND duplicates = 0 AND rejected = 0)),
    ADD CONSTRAINT objects_refused_has_no_duplicates CHECK (status <> 'refused' OR duplicates = 0),
    ADD CONSTRAINT objects_unchanged_and_forgotten_have_nothing CHECK (
        status NOT IN ('unchanged', 'forgotten')
        OR (chunks IS NULL AND chunks_done = 0 AND records = 0 AND duplicates = 0 AND rejected = 0 AND error IS NULL)),
    ADD CONSTRAINT objects_replaced_has_no_rows CHECK (
        replaced_by IS NULL OR (loaded = 0 AND status IN ('published', 'processing'))),
    ADD CONSTRAINT objects_replay_is_under_way CHECK (before IS NULL OR status = 'processing'),
    ADD CONSTRAINT objects_counted_attempt_is_earlier CHECK (counted_attempt < attempt);
DROP INDEX acequia.objects_by_run;
CREATE INDEX objects_by_run ON acequia.objects (dataset, run);

-- A loader of the version before takes all of a rank but its last word for the run, which is no longer right: beside a new one
-- it would publish a version that repeats a published one. So the run is the table's to say, whoever writes.
-- +goose StatementBegin
CREATE FUNCTION acequia.run_is_of_rank() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.run := array_to_string((string_to_array(NEW.rank, ' '))[1:3], ' ');
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER run_is_of_rank BEFORE INSERT ON acequia.objects FOR EACH ROW EXECUTE FUNCTION acequia.run_is_of_rank();

CREATE INDEX objects_by_version ON acequia.objects (bucket, key, rank);
COMMENT ON COLUMN acequia.objects.attempt IS 'The last attempt that was begun: 1, and one more with each replay.';
COMMENT ON COLUMN acequia.objects.counted_attempt IS
    'The attempt that chunks and counts speak of, where it is an earlier one because a replay did not end well; NULL if it is the last.';
COMMENT ON COLUMN acequia.objects.publish IS 'file: all rows at once; chunk: each chunk''s as it comes, so that there are rows while it is processing.';
COMMENT ON COLUMN acequia.objects.replaced_by IS
    'The next version of the key that is published, where the contract says overwrite: replace; this one has no rows any more.';
COMMENT ON COLUMN acequia.objects.before IS
    'While a replay is under way of an object that has rows: what stood in this line before, in case the replay does not end well.';
COMMENT ON COLUMN acequia.objects.error IS
    'Why the object was refused or has failed; of a published one, why its last replay was refused or has failed.';
COMMENT ON COLUMN acequia.objects.superseded IS
    'Records that lost their key to an object that ranks higher, or all winners of an object that a newer version replaced.';

CREATE TABLE acequia.forgotten (
    bucket       text NOT NULL,
    key          text NOT NULL,
    rank         text COLLATE "C" NOT NULL,
    object_id    uuid NOT NULL,
    forgotten_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bucket, key)
);
COMMENT ON TABLE acequia.forgotten IS 'The versions of a key up to and including the rank are forgotten for good, also those that arrive later.';
