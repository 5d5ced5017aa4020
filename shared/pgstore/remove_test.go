package pgstore_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

var twoKeys = &contract.Contract{Dataset: "sales", Key: []string{"id", "line"}, Replace: true, Columns: []contract.Column{
	{Name: "id", Type: contract.Type{Kind: contract.Text}},
	{Name: "line", Type: contract.Type{Kind: contract.Integer}},
	{Name: "day", Type: contract.Type{Kind: contract.Date}},
}}

// The rows that follow are looked up in the primary key's index for each row that goes, and moved by their places; the table is read
// by its index on the objects. The planner is asked without statistics, with those of empty tables, and with true ones.
func TestThePlannerLooksFollowersUp(t *testing.T) {
	t.Parallel()
	db := open(t)
	if _, err := db.EnsureTables(t.Context(), twoKeys, nil); err != nil {
		t.Fatal(err)
	}
	o := objectOf("sales/a.csv")
	const fill = `
		INSERT INTO warehouse.sales (id, line, _object_id, _byte_offset) SELECT n::text, 1, gen_random_uuid(), 0 FROM generate_series(1, 20000) n;
		INSERT INTO superseded.sales (id, line, _object_id, _byte_offset) SELECT n::text, 1, gen_random_uuid(), 0 FROM generate_series(1, 20000) n`
	for _, prepare := range []string{
		fillLedger, fill, `TRUNCATE warehouse.sales, superseded.sales`, `ANALYZE warehouse.sales, superseded.sales`, fill,
		`ANALYZE warehouse.sales, superseded.sales, acequia.objects`,
	} {
		if _, err := db.sql.Exec(t.Context(), prepare); err != nil {
			t.Fatal(err)
		}
		if prepare == fillLedger || strings.Contains(prepare, "TRUNCATE") {
			continue // There is nothing to look up.
		}
		err := db.Publish(t.Context(), o, twoKeys, func(p *pgstore.Publication) error {
			plan, err := p.RemovePlan(t.Context())
			if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "objects_by_listing") || strings.Contains(plan, "Hash Join") || strings.Contains(plan, "Merge Join") ||
				!strings.Contains(plan, "Index Cond: ((id = gone_1.id) AND (line = gone_1.line))") ||
				!strings.Contains(plan, "Index Cond: (object_id = s._object_id)") || !strings.Contains(plan, "Tid Scan on sales") {
				t.Errorf("after %s, the plan does not look keys up:\n%s", prepare, plan)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What is removed goes from both tables; of each key that it held, the row of the highest rank comes back, whole.
func TestRemoveBringsBackTheHighestRank(t *testing.T) {
	t.Parallel()
	db := open(t)
	if _, err := db.EnsureTables(t.Context(), twoKeys, nil); err != nil {
		t.Fatal(err)
	}
	objects := make([]pipeline.Object, 4)
	for i := range objects {
		objects[i] = objectOf(fmt.Sprintf("sales/%d.csv", i))
		if _, err := db.Record(t.Context(), pipeline.Report{Kind: pipeline.ObjectReceived, Object: objects[i], Attempt: 1}); err != nil {
			t.Fatal(err)
		}
	}
	row := func(schema, key string, object, day int) {
		if _, err := db.sql.Exec(t.Context(), fmt.Sprintf(`INSERT INTO %s.sales (id, line, day, _object_id, _byte_offset)
			VALUES ($1, 1, date '2000-01-01' + $3::int, $2, 7)`, schema), key, [16]byte(objects[object].ID), day); err != nil {
			t.Fatal(err)
		}
	}
	row("warehouse", "a", 3, 1)
	row("superseded", "a", 0, 2)
	row("superseded", "a", 1, 3)
	row("superseded", "a", 2, 4)
	row("warehouse", "b", 3, 5)
	row("warehouse", "c", 0, 6)
	row("superseded", "c", 3, 7)
	row("superseded", "c", 2, 8)
	err := db.Publish(t.Context(), objects[3], twoKeys, func(p *pgstore.Publication) error {
		gone, back, days, err := p.Remove(t.Context(), "sales", []pipeline.ObjectID{objects[3].ID, objects[2].ID}, "day")
		if gone != 5 || len(back) != 1 || back[0].Object != objects[1].ID || back[0].Rows != -1 || len(days) != 3 {
			t.Errorf("%d rows went, %+v came back, days %v", gone, back, days)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const rows = ` SELECT concat_ws(' ', id, o.key, day, _byte_offset) FROM %s.sales JOIN acequia.objects o ON object_id = _object_id ORDER BY 1`
	got := slices.Concat(db.texts(t, fmt.Sprintf(rows, "warehouse")), db.texts(t, fmt.Sprintf(rows, "superseded")))
	want := []string{"a sales/1.csv 2000-01-04 7", "c sales/0.csv 2000-01-07 7", "a sales/0.csv 2000-01-03 7"}
	if !slices.Equal(got, want) {
		t.Errorf("left are %q, want %q", got, want)
	}
}
