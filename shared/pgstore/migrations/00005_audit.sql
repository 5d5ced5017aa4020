-- The ledger held to the rows: a view that is empty when everything adds up. All of it reads one snapshot, that of the query on
-- the view (STABLE functions use their caller's), so it is right while files are being published, too. Each table is read once,
-- whole, whatever the number of objects. It runs with the rights of whoever asks.

-- +goose Up

-- +goose StatementBegin
CREATE FUNCTION acequia.dataset_tables(OUT tables_schema text, OUT dataset text, OUT key_columns text[])
RETURNS SETOF record LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT n.nspname, r.relname, ARRAY (
               SELECT k.attname::text FROM pg_attribute k WHERE k.attrelid = r.oid AND k.attnum = ANY (i.indkey) AND k.attname <> '_object_id')
      FROM pg_class r
      JOIN pg_namespace n ON n.oid = r.relnamespace
      JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = '_object_id' AND NOT a.attisdropped
      LEFT JOIN pg_index i ON i.indrelid = r.oid AND i.indisprimary
     WHERE n.nspname IN ('warehouse', 'superseded') AND r.relkind IN ('r', 'p')
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION acequia.dataset_tables() IS
    'The tables of data sets in warehouse and superseded, with the columns of their primary key except _object_id; those are empty if there is none.';

-- +goose StatementBegin
CREATE FUNCTION acequia.rows_held(OUT tables_schema text, OUT dataset text, OUT object_id uuid, OUT held bigint)
RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM acequia.dataset_tables() LOOP
        RETURN QUERY EXECUTE format(
            'SELECT %L::text, %L::text, _object_id, count(*) FROM %1$I.%2$I GROUP BY _object_id', t.tables_schema, t.dataset);
    END LOOP;
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION acequia.rows_held() IS 'How many rows each object has in each of the data sets'' tables, counted now.';

-- +goose StatementBegin
CREATE FUNCTION acequia.misplaced_rows(
    OUT dataset text, OUT object_id uuid, OUT held_twice bigint, OUT without_winner bigint, OUT outranking bigint)
RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    keys text;
BEGIN
    FOR t IN
        SELECT s.dataset, s.key_columns FROM acequia.dataset_tables() s JOIN acequia.dataset_tables() w USING (dataset, key_columns)
         WHERE s.tables_schema = 'superseded' AND w.tables_schema = 'warehouse' AND cardinality(key_columns) > 0
    LOOP
        SELECT string_agg(format('%I', k), ', ') INTO keys FROM unnest(t.key_columns) k;
        RETURN QUERY EXECUTE format($query$
            SELECT %1$L::text, s._object_id,
                   count(*) FILTER (WHERE w._object_id = s._object_id),
                   count(*) FILTER (WHERE w._object_id IS NULL),
                   count(*) FILTER (WHERE w._object_id <> s._object_id AND winner.rank < loser.rank)
              FROM superseded.%1$I s
              LEFT JOIN warehouse.%1$I w USING (%2$s)
              LEFT JOIN acequia.objects loser ON loser.object_id = s._object_id
              LEFT JOIN acequia.objects winner ON winner.object_id = w._object_id
             GROUP BY s._object_id$query$, t.dataset, keys);
    END LOOP;
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION acequia.misplaced_rows() IS
    'Of each object''s rows in superseded, how many have a key that the object also holds in the warehouse, that nobody holds there, or that an object of lower rank holds.';

CREATE VIEW acequia.audit AS
WITH held AS (
    SELECT dataset, object_id,
           coalesce(sum(held) FILTER (WHERE tables_schema = 'warehouse'), 0)  AS in_warehouse,
           coalesce(sum(held) FILTER (WHERE tables_schema = 'superseded'), 0) AS in_superseded
      FROM acequia.rows_held() GROUP BY dataset, object_id
), misplaced AS (
    SELECT * FROM acequia.misplaced_rows()
), objects AS (
    SELECT o.*, format('s3://%s/%s', o.bucket, o.key) AS uri,
           o.status IN ('published', 'processing') OR o.status = 'failed' AND o.publish = 'chunk' AS may_hold_rows,
           CASE WHEN o.replaced_by IS NULL THEN o.superseded ELSE 0 END AS kept_superseded, -- of a replaced object no row is kept
           CASE WHEN o.before IS NOT NULL THEN (o.before ->> 'rejected')::bigint -- while it is replayed, those of the attempt before are there
                WHEN o.status IN ('published', 'refused') OR o.publish = 'chunk' THEN o.rejected ELSE 0 END AS kept_rejects,
           coalesce(h.in_warehouse, 0) AS in_warehouse, coalesce(h.in_superseded, 0) AS in_superseded
      FROM acequia.objects o LEFT JOIN held h USING (dataset, object_id)
), rejects AS (
    SELECT object_id, count(*) AS kept FROM acequia.rejects GROUP BY object_id
), pieces AS (
    SELECT c.*, lag(c.byte_end) OVER (PARTITION BY c.object_id ORDER BY c.byte_start) AS before
      FROM acequia.chunks c JOIN acequia.objects o ON o.object_id = c.object_id AND coalesce(o.counted_attempt, o.attempt) = c.attempt
     WHERE o.status = 'published'
), tilings AS (
    SELECT object_id, count(*) AS chunks, sum(records) AS records, sum(rejected) AS rejected,
           min(byte_start) AS first_byte, max(byte_end) AS end_byte,
           count(*) FILTER (WHERE byte_start > before) AS gaps, count(*) FILTER (WHERE byte_start < before) AS overlapping,
           min(byte_start) FILTER (WHERE byte_start <> before) AS first_fault
      FROM pieces GROUP BY object_id
), published AS (
    SELECT o.*, coalesce(t.chunks, 0) AS chunks_there, coalesce(t.records, 0) AS chunk_records, coalesce(t.rejected, 0) AS chunk_rejected,
           t.first_byte, t.end_byte, t.gaps, t.overlapping, t.first_fault,
           CASE WHEN o.layout ->> 'format' <> 'parquet' AND o.layout ->> 'compression' IS NULL THEN o.size_bytes END AS file_end
      FROM objects o LEFT JOIN tilings t USING (object_id) WHERE o.status = 'published'
)
SELECT object_id, dataset, 'loaded' AS check_name,
       format('%s: loaded is %s in the ledger, but warehouse.%s holds %s of its rows', uri, loaded, dataset, in_warehouse) AS problem
  FROM objects WHERE may_hold_rows AND loaded <> in_warehouse
UNION ALL
SELECT object_id, dataset, 'superseded',
       format('%s: superseded is %s in the ledger, but superseded.%s holds %s of its rows', uri, kept_superseded, dataset, in_superseded)
  FROM objects WHERE may_hold_rows AND kept_superseded <> in_superseded
UNION ALL
SELECT object_id, dataset, 'stray_rows',
       format('%1$s is %2$s, but warehouse.%3$s holds %4$s of its rows, and superseded.%3$s %5$s', uri, status, dataset, in_warehouse, in_superseded)
  FROM objects WHERE NOT may_hold_rows AND in_warehouse + in_superseded > 0
UNION ALL
SELECT h.object_id, h.dataset, 'stray_rows',
       format('the ledger does not have object %1$s of %2$s, but warehouse.%2$s holds %3$s of its rows, and superseded.%2$s %4$s',
              h.object_id, h.dataset, h.in_warehouse, h.in_superseded)
  FROM held h LEFT JOIN acequia.objects o USING (dataset, object_id) WHERE o.object_id IS NULL
UNION ALL
SELECT object_id, dataset, 'held_twice',
       format('object %1$s: superseded.%2$s holds %3$s of the keys that it holds in warehouse.%2$s itself', object_id, dataset, held_twice)
  FROM misplaced WHERE held_twice > 0
UNION ALL
SELECT object_id, dataset, 'without_winner',
       format('object %1$s: superseded.%2$s holds %3$s of its keys that nobody holds in warehouse.%2$s', object_id, dataset, without_winner)
  FROM misplaced WHERE without_winner > 0
UNION ALL
SELECT object_id, dataset, 'outranking',
       format('object %1$s: superseded.%2$s holds %3$s of its keys that objects of lower rank hold in warehouse.%2$s', object_id, dataset, outranking)
  FROM misplaced WHERE outranking > 0
UNION ALL
SELECT object_id, dataset, 'records',
       format('%s: records is %s, but loaded %s + superseded %s + duplicates %s + rejected %s make %s', uri, records,
              loaded, superseded, duplicates, rejected, loaded + superseded + duplicates + rejected)
  FROM published WHERE records <> loaded + superseded + duplicates + rejected
UNION ALL
SELECT object_id, dataset, 'rejected',
       format('%s is %s: rejected is %s in the ledger, but acequia.rejects holds %s of its records', uri, status, kept_rejects, coalesce(kept, 0))
  FROM objects LEFT JOIN rejects USING (object_id) WHERE kept_rejects <> coalesce(kept, 0)
UNION ALL
SELECT object_id, dataset, 'stray_chunks', format('%s is %s, but acequia.chunks holds chunks of it', uri, status)
  FROM objects o WHERE status IN ('unchanged', 'forgotten') AND EXISTS (SELECT FROM acequia.chunks c WHERE c.object_id = o.object_id)
UNION ALL
SELECT object_id, dataset, 'chunks',
       format('%s: chunks is %s and chunks_done %s, but acequia.chunks holds %s of its chunks', uri, chunks, chunks_done, chunks_there)
  FROM published WHERE chunks_done <> chunks OR chunks_there <> chunks
UNION ALL
SELECT object_id, dataset, 'chunk_records', format('%s: records is %s, but those of its chunks make %s', uri, records, chunk_records)
  FROM published WHERE records <> chunk_records
UNION ALL
SELECT object_id, dataset, 'chunk_rejected', format('%s: rejected is %s, but the rejects of its chunks make %s', uri, rejected, chunk_rejected)
  FROM published WHERE rejected <> chunk_rejected
UNION ALL
SELECT object_id, dataset, 'tiling',
       format('%s: its chunks do not meet: %s gaps, %s overlaps, the first at byte %s', uri, gaps, overlapping, first_fault)
  FROM published WHERE gaps + overlapping > 0
UNION ALL
SELECT object_id, dataset, 'tiling',
       format('%s: its chunks reach from byte %s to byte %s, and not from byte 0 to the end%s', uri, first_byte, end_byte, ', byte ' || file_end)
  FROM published WHERE first_byte <> 0 OR end_byte <> file_end;
COMMENT ON VIEW acequia.audit IS 'What does not add up: one row for each finding, none when all is well. It reads every table whole.';
COMMENT ON COLUMN acequia.audit.check_name IS 'Which check it is that failed; docs/LOADING.md says what each means.';
COMMENT ON COLUMN acequia.audit.problem IS 'A sentence with the numbers.';
