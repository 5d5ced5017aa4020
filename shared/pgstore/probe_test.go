package pgstore_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/jackc/pgx/v5"

	"acequia/shared/contract"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// The probe and the move must look each key up in the primary key's index: a plan that scans the table for each segment
// made loading slower by a factor of fifteen. The planner is asked without statistics, with those of a table that was empty
// then, and with true ones.
func TestThePlannerLooksKeysUp(t *testing.T) {
	t.Parallel()
	db := open(t)
	c := &contract.Contract{Dataset: "sales", Key: []string{"id", "line"}, Columns: []contract.Column{
		{Name: "id", Type: contract.Type{Kind: contract.Text}},
		{Name: "line", Type: contract.Type{Kind: contract.Integer}},
		{Name: "day", Type: contract.Type{Kind: contract.Date}},
	}}
	if _, err := db.EnsureTables(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	o := pipeline.Object{ID: pipeline.NewObjectID("raw", "k", "v"), Bucket: "raw", Key: "k", Dataset: "sales"}
	var tuples []rows.Tuple
	for i := range 5000 {
		tuples = append(tuples, tupleOf(t, o.ID, int64(i), fmt.Appendf(nil, "%d", i), []byte{0, 0, 0, 1}))
	}
	const fill = `INSERT INTO warehouse.sales (id, line, _object_id, _byte_offset)
		SELECT n::text, 1, gen_random_uuid(), 0 FROM generate_series(1, 20000) n`
	for _, prepare := range []string{
		fillLedger, fill, `TRUNCATE warehouse.sales`, `ANALYZE warehouse.sales`, fill, `ANALYZE warehouse.sales, acequia.objects`,
	} {
		if _, err := db.sql.Exec(t.Context(), prepare); err != nil {
			t.Fatal(err)
		}
		if prepare == fillLedger || strings.Contains(prepare, "TRUNCATE") {
			continue // There is nothing to look up.
		}
		err := db.Publish(t.Context(), o, c, func(p *pgstore.Publication) error {
			plans, err := p.Plans(t.Context(), tuples)
			for _, plan := range plans {
				checkPlan(t, plan)
			}
			if err != nil {
				return err
			}
			plan, err := p.DisplacePlan(t.Context(), make([]pipeline.RowPlace, 5000))
			if strings.Contains(plan, "Seq Scan") || !strings.Contains(plan, "Tid Scan on sales") {
				t.Errorf("the plan does not go to the rows' places:\n%s", plan)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// fillLedger gives the ledger objects enough for an index on them to be worth its while.
const fillLedger = `
	INSERT INTO acequia.objects (object_id, bucket, key, version_id, etag, size_bytes, last_modified, dataset, rank, run, attempt)
	SELECT gen_random_uuid(), 'raw', 'sales/' || n, 'v', 'e', 1, now(), 'sales', n, n, 1 FROM generate_series(1, 5000) n`

func checkPlan(t *testing.T, plan string) {
	t.Helper()
	// An index on its own is not enough: it must be looked up by the key, not read from end to end.
	if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "objects_by_listing") || !strings.Contains(plan, "Index Cond: ((id = k.k1) AND (line = k.k2))") ||
		strings.Contains(plan, "Delete on") && !strings.Contains(plan, "Tid Scan on sales") {
		t.Errorf("the plan does not look keys up:\n%s", plan)
	}
}

// tupleOf spells a tuple with the two leading fields and two more.
func tupleOf(t testing.TB, id pipeline.ObjectID, offset int64, fields ...[]byte) rows.Tuple {
	t.Helper()
	all := append([][]byte{id[:], binary.BigEndian.AppendUint64(nil, uint64(offset))}, fields...)
	b := binary.BigEndian.AppendUint16(nil, uint16(len(all)))
	for _, f := range all {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(f))), f...)
	}
	tuple, err := rows.Parse(b, len(fields))
	if err != nil {
		t.Fatal(err)
	}
	return tuple
}

func TestTuplesAreReadAsACopyFile(t *testing.T) {
	t.Parallel()
	id := pipeline.NewObjectID("raw", "k", "v")
	tuples := []rows.Tuple{tupleOf(t, id, 1, []byte("a")), tupleOf(t, id, 2, []byte("bc"))}
	if err := iotest.TestReader(pgstore.NewTupleReader(tuples), []byte(pgstore.CopyHeader+string(tuples[0].Bytes)+string(tuples[1].Bytes)+pgstore.CopyTrailer)); err != nil {
		t.Error(err)
	}
	empty, err := io.ReadAll(pgstore.NewTupleReader(nil))
	if err != nil || string(empty) != pgstore.CopyHeader+pgstore.CopyTrailer {
		t.Errorf("no tuples: %q, %v", empty, err)
	}
}

// A value that Postgres does not take fails the object, with the place, and is no reason to try again.
func TestAWrongValueIsGivenUp(t *testing.T) {
	t.Parallel()
	db := open(t)
	c := &contract.Contract{Dataset: "sales", Key: []string{"id"}, Columns: []contract.Column{
		{Name: "id", Type: contract.Type{Kind: contract.Text}}, {Name: "n", Type: contract.Type{Kind: contract.BigInt}},
	}}
	if _, err := db.EnsureTables(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	o := pipeline.Object{ID: pipeline.NewObjectID("raw", "k", "v"), Bucket: "raw", Key: "k", Dataset: "sales"}
	for name, fields := range map[string][][]byte{
		"text that is not UTF-8":  {[]byte("a\xff"), make([]byte, 8)},
		"an integer of two bytes": {[]byte("a"), make([]byte, 2)},
	} {
		err := db.Publish(context.Background(), o, c, func(p *pgstore.Publication) error {
			_, err := p.Insert(t.Context(), []rows.Tuple{tupleOf(t, o.ID, 0, fields...)})
			return err
		})
		if _, gaveUp := pipeline.FailedChunk(pipeline.Chunk{}, err); !gaveUp {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A row that another contract version gave a column which this one does not know keeps it when it is moved.
func TestDisplacedRowsKeepAllTheirColumns(t *testing.T) {
	t.Parallel()
	db := open(t)
	old := &contract.Contract{Dataset: "sales", Key: []string{"id"}, Columns: []contract.Column{
		{Name: "id", Type: contract.Type{Kind: contract.Text}},
	}}
	wide := &contract.Contract{Dataset: "sales", Key: old.Key, Columns: append(old.Columns, contract.Column{
		Name: "note", Type: contract.Type{Kind: contract.Text},
	})}
	for _, c := range []*contract.Contract{old, wide} {
		if _, err := db.EnsureTables(t.Context(), c, nil); err != nil {
			t.Fatal(err)
		}
	}
	other := pipeline.NewObjectID("raw", "other", "v")
	if _, err := db.sql.Exec(t.Context(),
		`INSERT INTO warehouse.sales (id, note, _object_id, _byte_offset) VALUES ('a', 'kept', $1, 7)`, [16]byte(other)); err != nil {
		t.Fatal(err)
	}
	o := pipeline.Object{ID: pipeline.NewObjectID("raw", "k", "v"), Bucket: "raw", Key: "k", Dataset: "sales"}
	err := db.Publish(t.Context(), o, old, func(p *pgstore.Publication) error {
		keys, err := p.Probe(t.Context(), []rows.Tuple{tupleOf(t, o.ID, 0, []byte("a"))}, false)
		if err != nil {
			return err
		}
		displaced, err := p.Displace(t.Context(), []pipeline.RowPlace{keys[0].Row}, "")
		if err == nil && (len(displaced) != 1 || displaced[0].Object != other || displaced[0].Rows != 1) {
			t.Errorf("displaced = %v", displaced)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := db.sql.Query(t.Context(), `SELECT note FROM superseded.sales`)
	if err != nil {
		t.Fatal(err)
	}
	if notes, err := pgx.CollectRows(kept, pgx.RowTo[string]); err != nil || len(notes) != 1 || notes[0] != "kept" {
		t.Errorf("notes = %q, %v", notes, err)
	}
}
