package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// verify holds what is there at the end to the oracle, and to what must hold whatever the files were.
func (w *world) verify(ctx context.Context) (problems []string, err error) {
	versions, err := w.versions(ctx)
	if err != nil {
		return nil, err
	}
	runs, want := expected(versions)
	got, err := w.everything(ctx, runs)
	if err != nil {
		return nil, err
	}
	problems = difference(want, got)
	tables, err := w.tables(ctx)
	if err != nil {
		return nil, err
	}
	for _, check := range w.checks(tables) {
		found, err := w.lines(ctx, check)
		if err != nil {
			return problems, err
		}
		problems = append(problems, found...)
	}
	unmarked, err := w.unmarked(ctx)
	return append(problems, unmarked...), err
}

// shown is how many lines of a difference are shown: the first say what it is.
const shown = 20

// difference says which lines, of two sorted lists, are only in one.
func difference(want, got []string) (problems []string) {
	for len(want) > 0 || len(got) > 0 {
		switch {
		case len(got) == 0 || len(want) > 0 && want[0] < got[0]:
			problems, want = append(problems, "missing: "+want[0]), want[1:]
		case len(want) == 0 || got[0] < want[0]:
			problems, got = append(problems, "too much: "+got[0]), got[1:]
		default:
			want, got = want[1:], got[1:]
		}
	}
	if len(problems) > shown {
		problems = append(problems[:shown], fmt.Sprintf("and %d lines more", len(problems)-shown))
	}
	return problems
}

// everything gives all rows, rejects and objects in the words of the oracle.
func (w *world) everything(ctx context.Context, runs map[string]string) ([]string, error) {
	queries := []string{
		`SELECT o.version_id, format('object %%s %s: %s records, %s loaded, %s superseded, %s duplicates, %s rejected',
		        status, records, loaded, superseded, duplicates, rejected) FROM acequia.objects o`,
		`SELECT o.version_id, format('reject %%s at %s', byte_offset) FROM acequia.rejects JOIN acequia.objects o USING (object_id)`,
	}
	made, err := w.tables(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range datasets {
		if slices.Contains(made, d.name) {
			queries = append(queries, rowsQuery("warehouse", d), rowsQuery("superseded", d))
		}
	}
	var all []string
	for _, q := range queries {
		rows, err := w.db.Query(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q, err)
		}
		lines, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
			var version, line string
			err := row.Scan(&version, &line)
			return strings.Replace(line, "%s", runs[version], 1), err
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q, err)
		}
		all = append(all, lines...)
	}
	slices.Sort(all)
	return all, nil
}

func rowsQuery(schema string, d *dataset) string {
	var columns []string
	for _, c := range d.columns {
		columns = append(columns, fmt.Sprintf(`coalesce(t.%s::text, '')`, c))
	}
	return fmt.Sprintf(`SELECT coalesce(o.version_id, ''), format('%[1]s.%[2]s %%%%s at %%s: %%s', t._byte_offset, concat_ws('|', %[3]s))
		FROM %[1]s.%[2]s t LEFT JOIN acequia.objects o ON o.object_id = t._object_id`, schema, d.name, strings.Join(columns, ", "))
}

// tables names the data sets that have tables: one of which all files were refused has none.
func (w *world) tables(ctx context.Context) ([]string, error) {
	return w.lines(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = 'superseded'`)
}

// checks are queries whose every row is a problem.
func (w *world) checks(tables []string) []string {
	all := []string{
		`SELECT problem FROM acequia.audit`,
		`SELECT format('%s %s: %s', o.key, o.version_id, o.error) FROM acequia.objects o WHERE status = 'failed'`,
		// Each object came to one end, once; but one that was published before an earlier version of the same bytes came is the
		// repetition then.
		`SELECT format('%s %s is %s, and has the events %s', o.key, o.version_id, o.status, e.kinds) FROM acequia.objects o
		   LEFT JOIN LATERAL (SELECT coalesce(string_agg(kind, ' ' ORDER BY id), 'none') kinds FROM acequia.events e
		                       WHERE e.object_id = o.object_id) e ON true
		  WHERE e.kinds <> o.status AND NOT (o.status = 'unchanged' AND e.kinds = 'published unchanged')`,
		// The chunks of a published object tile it, and are what was planned.
		`SELECT format('%s %s: %s chunks of %s, %s records of %s', o.key, o.version_id, c.n, o.chunks, c.records, o.records)
		   FROM acequia.objects o, LATERAL (SELECT count(*) n, coalesce(sum(records), 0) records FROM acequia.chunks c
		                                     WHERE c.object_id = o.object_id AND c.attempt = o.attempt AND c.state = 'published') c
		  WHERE o.status = 'published' AND (c.n <> o.chunks OR c.records <> o.records)`,
	}
	for _, d := range w.datasets {
		if d.day != "" && slices.Contains(tables, d.name) {
			all = append(all, fmt.Sprintf(`SELECT format('nobody was told that %s changed on %%s', day) FROM (
				SELECT DISTINCT %[2]s AS day FROM warehouse.%[1]s EXCEPT SELECT day FROM acequia.changes WHERE dataset = '%[1]s') d`, d.name, d.day))
		}
	}
	return all
}

func (w *world) lines(ctx context.Context, query string) ([]string, error) {
	rows, err := w.db.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	return lines, nil
}

// unmarked names the objects whose outcome the work bucket does not tell as the ledger does.
func (w *world) unmarked(ctx context.Context) (problems []string, err error) {
	rows, err := w.db.Query(ctx, `SELECT object_id, key, status FROM acequia.objects`)
	if err != nil {
		return nil, err
	}
	type ended struct {
		ID          [16]byte
		Key, Status string
	}
	objects, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ended])
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		outcome, err := w.outcome(ctx, pipeline.ObjectID(o.ID))
		// That a version turned out to be the repetition is not told in the bucket: to ingest it is the same.
		repetition := o.Status == string(pipeline.Unchanged) && outcome.Status == pipeline.Published
		if err != nil || string(outcome.Status) != o.Status && !repetition {
			problems = append(problems, fmt.Sprintf("%s is %s; its outcome in the work bucket is %q (%v)", o.Key, o.Status, outcome.Status, err))
		}
	}
	return problems, nil
}

func (w *world) outcome(ctx context.Context, id pipeline.ObjectID) (o pipeline.Outcome, err error) {
	key := pipeline.OutcomeKey(id)
	got, err := w.cloud.now().s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &buckets.WorkBucket, Key: &key})
	if err != nil {
		return o, err
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		return o, err
	}
	return o, json.Unmarshal(b, &o)
}
