package pgstore_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// Each way of breaking the ledger is found by its check, and by no other.
func TestTheAuditSeesWhatDoesNotAddUp(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	newer, refused := r.auditable(t)
	const theNewer, theRefused = `'%[1]s'`, `'%[2]s'`
	for name, test := range map[string]struct {
		breaking string
		check    string
		problem  string // a part of the sentence
	}{
		"nothing": {`SELECT`, "", ""},
		"a row is gone": {
			`DELETE FROM warehouse.products WHERE product_code = 'P4'`, "loaded", "loaded is 3 in the ledger, but warehouse.products holds 2 of its rows",
		},
		"a row too many": {
			`INSERT INTO warehouse.products SELECT (jsonb_populate_record(w, '{"product_code": "P9"}')).* FROM warehouse.products w WHERE product_code = 'P4'`,
			"loaded", "loaded is 3 in the ledger, but warehouse.products holds 4 of its rows",
		},
		"counts that say otherwise": {
			`UPDATE acequia.objects SET loaded = loaded + 1, duplicates = duplicates - 1 WHERE object_id = ` + theNewer,
			"loaded", "loaded is 4 in the ledger, but warehouse.products holds 3",
		},
		"a superseded row is gone": {
			`DELETE FROM superseded.products WHERE product_code = 'P2'`, "superseded", "superseded is 1 in the ledger, but superseded.products holds 0 of its rows",
		},
		"rows of a stranger": {
			`UPDATE warehouse.products SET _object_id = '00000000-0000-5000-8000-000000000000' WHERE product_code = 'P4';
			 UPDATE acequia.objects SET loaded = loaded - 1, duplicates = duplicates + 1 WHERE object_id = ` + theNewer,
			"stray_rows", "the ledger does not have object 00000000-0000-5000-8000-000000000000 of products, but warehouse.products holds 1",
		},
		"rows of a refused object": {
			`INSERT INTO warehouse.products SELECT (jsonb_populate_record(w, '{"product_code": "P9", "_object_id": "%[2]s"}')).*
			   FROM warehouse.products w WHERE product_code = 'P4'`,
			"stray_rows", "is refused, but warehouse.products holds 1 of its rows, and superseded.products 0",
		},
		"a key held twice": {
			`INSERT INTO superseded.products SELECT * FROM warehouse.products WHERE product_code = 'P4';
			 UPDATE acequia.objects SET superseded = superseded + 1, duplicates = duplicates - 1 WHERE object_id = ` + theNewer,
			"held_twice", "holds 1 of the keys that it holds in warehouse.products itself",
		},
		"a key that nobody holds": {
			`UPDATE superseded.products SET product_code = 'P9'`, "without_winner", "holds 1 of its keys that nobody holds in warehouse.products",
		},
		"a row that lost to a lower rank": {
			`UPDATE acequia.objects SET rank = '1 ' || rank WHERE object_id = ` + theNewer, "outranking", "holds 1 of its keys that objects of lower rank hold in warehouse.products",
		},
		"chunks of a forgotten object": {
			`DELETE FROM acequia.rejects WHERE object_id = ` + theRefused + `;
			 UPDATE acequia.objects SET status = 'forgotten', chunks = NULL, chunks_done = 0, records = 0, rejected = 0, error = NULL
			  WHERE object_id = ` + theRefused,
			"stray_chunks", "is forgotten, but acequia.chunks holds chunks of it",
		},
		"rows of a replaced object": {
			`DELETE FROM warehouse.products WHERE _object_id = ` + theNewer + ` AND product_code <> 'P2';
			 UPDATE acequia.objects SET replaced_by = gen_random_uuid(), loaded = 0, superseded = 3 WHERE object_id = ` + theNewer,
			"loaded", "loaded is 0 in the ledger, but warehouse.products holds 1 of its rows",
		},
		"records that are nowhere": {
			`ALTER TABLE acequia.objects DROP CONSTRAINT objects_published_is_accounted_for;
			 UPDATE acequia.objects SET duplicates = 0 WHERE object_id = ` + theNewer,
			"records", "records is 5, but loaded 3 + superseded 0 + duplicates 0 + rejected 1 make 4",
		},
		"a reject is gone": {
			`DELETE FROM acequia.rejects WHERE object_id = ` + theNewer, "rejected", "rejected is 1 in the ledger, but acequia.rejects holds 0",
		},
		"a reject of a refused object is gone": {
			`DELETE FROM acequia.rejects WHERE byte_offset = (SELECT max(byte_offset) FROM acequia.rejects WHERE object_id = ` + theRefused + `)`,
			"rejected", "is refused: rejected is 3 in the ledger, but acequia.rejects holds 2",
		},
		"a chunk too many": {
			`INSERT INTO acequia.chunks (object_id, attempt, chunk, byte_start, byte_end, line, records, rejected, state)
			 SELECT object_id, 1, 9, byte_end, byte_end, 9, 0, 0, state FROM acequia.chunks WHERE object_id = ` + theNewer + ` ORDER BY byte_end DESC LIMIT 1`,
			"chunks", "chunks is 2 and chunks_done 2, but acequia.chunks holds 3",
		},
		"a chunk's records": {
			`UPDATE acequia.chunks SET records = records + 1 WHERE chunk = 0 AND object_id = ` + theNewer, "chunk_records", "records is 5, but those of its chunks make 6",
		},
		"a chunk's rejects": {
			`UPDATE acequia.chunks SET rejected = 1 WHERE rejected = 0 AND object_id = ` + theNewer, "chunk_rejected", "rejected is 1, but the rejects of its chunks make 2",
		},
		"a gap": {
			`UPDATE acequia.chunks SET byte_start = byte_start + 2 WHERE chunk = 1 AND object_id = ` + theNewer, "tiling", "1 gaps, 0 overlaps, the first at byte",
		},
		"an overlap": {
			`UPDATE acequia.chunks SET byte_end = byte_end + 2 WHERE chunk = 0 AND object_id = ` + theNewer, "tiling", "0 gaps, 1 overlaps, the first at byte",
		},
		"the first bytes are nobody's": {
			`UPDATE acequia.chunks SET byte_start = 2 WHERE chunk = 0 AND object_id = ` + theNewer, "tiling", "its chunks reach from byte 2 to byte",
		},
		"the last bytes are nobody's": {
			`UPDATE acequia.chunks SET byte_end = byte_end - 2 WHERE chunk = 1 AND object_id = ` + theNewer, "tiling", "and not from byte 0 to the end, byte",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tx, err := r.sql.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback(t.Context()) }()
			if _, err := tx.Exec(t.Context(), fmt.Sprintf(test.breaking+"--%[1]s %[2]s", newer, refused)); err != nil {
				t.Fatal(err)
			}
			finds(t, tx, test.check, test.problem)
		})
	}
}

// auditable loads an older file, a newer one, which holds one of its keys, a key twice and a reject, and one that is refused.
func (r *retail) auditable(t *testing.T) (newer, refused pipeline.ObjectID) {
	t.Helper()
	const bad = "P5,,Kitchen,,,,,,,,,,"
	r.load(t, "products", productsHeader, product("P1", "Kitchen"), product("P2", "Kitchen"))
	second := r.deliver(t, "products", 2,
		productsHeader, product("P2", "Garden"), product("P3", "Garden"), bad, product("P4", "Garden"), product("P3", "Garage"))
	third := r.deliver(t, "products", 1, productsHeader, bad, bad, bad)
	if second.Counts != (pipeline.Counts{Loaded: 3, Duplicates: 1, Rejected: 1}) || third.Status != pipeline.Refused {
		t.Fatalf("the files ended as %+v and %+v", second, third)
	}
	return second.Object.ID, third.Object.ID
}

// finds holds what the audit finds to one finding of the check; none if check is empty.
func finds(t *testing.T, tx pgx.Tx, check, problem string) {
	t.Helper()
	found, err := tx.Query(t.Context(), `SELECT dataset, check_name, problem FROM acequia.audit`)
	if err != nil {
		t.Fatal(err)
	}
	type finding struct{ Dataset, Check, Problem string }
	findings, err := pgx.CollectRows(found, pgx.RowToStructByPos[finding])
	if err != nil {
		t.Fatal(err)
	}
	if check == "" && len(findings) == 0 {
		return
	}
	if len(findings) != 1 || findings[0].Check != check || findings[0].Dataset != "products" || !strings.Contains(findings[0].Problem, problem) {
		t.Errorf("findings = %+v, want one of %s: … %s …", findings, check, problem)
	}
}

// The view is for people: who reads as acequia_reader sees all of it, whatever a data set is called, and whether or not it has a key.
func TestReadersAuditTablesOfAnyName(t *testing.T) {
	t.Parallel()
	db := open(t)
	const dataset = `odd "name's`
	c := &contract.Contract{Dataset: dataset, Columns: []contract.Column{columnOf(`a "b`, contract.Text)}}
	keyed := &contract.Contract{Dataset: dataset + "2", Columns: c.Columns, Key: []string{`a "b`}}
	for _, each := range []*contract.Contract{c, keyed} {
		if _, err := db.EnsureTables(t.Context(), each, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{
		`INSERT INTO warehouse."odd ""name's" (_object_id, _byte_offset) VALUES (gen_random_uuid(), 0)`,
		`INSERT INTO superseded."odd ""name's2" ("a ""b", _object_id, _byte_offset) VALUES ('x', gen_random_uuid(), 0)`,
		`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET role TO acequia_reader', current_database()); END $$`,
	} {
		if _, err := db.sql.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	db.sql.Reset() // new connections are the reader's
	got := db.texts(t, `SELECT concat_ws(' ', current_user, check_name, dataset) FROM acequia.audit ORDER BY 1`)
	want := []string{"acequia_reader stray_rows " + dataset, "acequia_reader stray_rows " + dataset + "2", "acequia_reader without_winner " + dataset + "2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A file that turns out to be none when some of its chunks are staged has no rejects: they are written when it is published.
func TestAFileThatIsRefusedOnTheWayAddsUp(t *testing.T) {
	t.Parallel()
	db := open(t)
	o := objectOf("sales/a.csv")
	staged := &pipeline.Rows{Chunk: pipeline.Chunk{Object: o, Attempt: 1, End: 10, Line: 1}, Records: 3, Rejected: 2}
	for _, r := range []pipeline.Report{
		{Kind: pipeline.ChunkRows, Object: o, Attempt: 1, Rows: staged},
		{Kind: pipeline.ObjectRefused, Object: o, Attempt: 1, Reason: "it is cut short"},
	} {
		if _, err := db.Record(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if findings, err := db.Audit(t.Context()); err != nil || len(findings) > 0 {
		t.Errorf("findings = %+v, %v", findings, err)
	}
}
