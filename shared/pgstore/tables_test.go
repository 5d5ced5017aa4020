package pgstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

func columnOf(name string, kind contract.Kind) contract.Column {
	return contract.Column{Name: name, Type: contract.Type{Kind: kind}, Physical: string(kind)}
}

// sales gives a contract that refers to another one.
func sales() *contract.Contract {
	id, shop := columnOf("id", contract.Text), columnOf("shop", contract.Integer)
	price := contract.Column{
		Name: "price", Type: contract.Type{Kind: contract.Numeric, Precision: 12, Scale: 2}, Required: true, Description: "What it's sold for.",
	}
	return &contract.Contract{
		Dataset: "sales", Description: "What is sold.",
		Columns: []contract.Column{price, id, shop, columnOf("sold_at", contract.TimestampTZ), columnOf("product", contract.Text)},
		Derived: []contract.Column{columnOf("weekday", contract.SmallInt)},
		Key:     []string{"shop", "id"},
		Relationships: []contract.Relationship{
			{Column: "product", Dataset: "products", References: "code"},
		},
		Views: []contract.View{{
			Name: "sales_enriched", Description: "Sales with their products.",
			Query: "SELECT s.*, p.name FROM warehouse.sales s LEFT JOIN warehouse.products p ON p.code = s.product;",
		}},
	}
}

func products() *contract.Contract {
	return &contract.Contract{
		Dataset: "products", Key: []string{"code"},
		Columns: []contract.Column{columnOf("code", contract.Text), columnOf("name", contract.Text)},
	}
}

func TestEnsureTablesMakesWhatTheContractSays(t *testing.T) {
	t.Parallel()
	db := open(t)
	complete, err := db.EnsureTables(t.Context(), sales(), []*contract.Contract{products()})
	if err != nil || !complete {
		t.Fatalf("complete = %v, %v", complete, err)
	}
	want := []string{
		"shop integer NOT NULL", "id text NOT NULL C", "price numeric(12,2) NOT NULL", "sold_at timestamp with time zone",
		"product text", "weekday smallint", "_object_id uuid NOT NULL", "_byte_offset bigint NOT NULL",
		"_loaded_at timestamp with time zone NOT NULL",
	}
	for _, schema := range []string{"warehouse", "superseded"} {
		if diff := cmp.Diff(want, db.texts(t, describeQuery, schema+".sales")); diff != "" {
			t.Errorf("%s: %s", schema, diff)
		}
	}
	keys := db.texts(t, `SELECT pg_get_constraintdef(oid) FROM pg_constraint
		WHERE conrelid IN ('warehouse.sales'::regclass, 'superseded.sales'::regclass) AND contype = 'p' ORDER BY conrelid`)
	if diff := cmp.Diff([]string{"PRIMARY KEY (shop, id)", "PRIMARY KEY (shop, id, _object_id)"}, keys); diff != "" {
		t.Error(diff)
	}
	comments := db.texts(t, `SELECT obj_description('warehouse.sales'::regclass) UNION ALL SELECT col_description('warehouse.sales'::regclass, 3)`)
	if diff := cmp.Diff([]string{"What is sold.", "What it's sold for."}, comments); diff != "" {
		t.Error(diff)
	}
	db.texts(t, `SELECT name FROM warehouse.sales_enriched`)
	if rights := db.texts(t, `SELECT has_table_privilege('acequia_reader', 'warehouse.sales', 'SELECT')::text`); rights[0] != "true" {
		t.Error("acequia_reader cannot read warehouse.sales")
	}
}

const describeQuery = `
	SELECT concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
	                 nullif(c.collname, 'default'))
	  FROM pg_attribute a LEFT JOIN pg_collation c ON c.oid = a.attcollation
	 WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 ORDER BY a.attnum`

func TestEnsureTablesAgainTouchesNothing(t *testing.T) {
	t.Parallel()
	db := open(t)
	versions := func() []string {
		return db.texts(t, `SELECT c.relname || ' ' || c.xmin || ' ' || c.oid FROM pg_class c
			WHERE relnamespace IN ('warehouse'::regnamespace, 'superseded'::regnamespace) ORDER BY 1`)
	}
	var before []string
	for range 2 {
		if _, err := db.EnsureTables(t.Context(), sales(), []*contract.Contract{products()}); err != nil {
			t.Fatal(err)
		}
		if now := versions(); before != nil {
			if diff := cmp.Diff(before, now); diff != "" {
				t.Error(diff)
			}
		} else {
			before = now
		}
	}
}

func TestANewContractVersionWidensTheTables(t *testing.T) {
	t.Parallel()
	db := open(t)
	if _, err := db.EnsureTables(t.Context(), sales(), []*contract.Contract{products()}); err != nil {
		t.Fatal(err)
	}
	next := sales()
	next.Columns[0].Required = false
	next.Columns = append(next.Columns, columnOf("note", contract.Text))
	next.Columns[len(next.Columns)-1].Required = true
	next.Derived = nil
	if _, err := db.EnsureTables(t.Context(), next, []*contract.Contract{products()}); err != nil {
		t.Fatal(err)
	}
	for _, schema := range []string{"warehouse", "superseded"} {
		got := strings.Join(db.texts(t, describeQuery, schema+".sales"), ", ")
		for _, want := range []string{"price numeric(12,2),", "weekday smallint,", ", note text"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %s, want %q", schema, got, want)
			}
		}
	}
	db.texts(t, `SELECT note FROM warehouse.sales_enriched`) // the view's * has grown
	// A file under the old version still fits.
	if _, err := db.EnsureTables(t.Context(), sales(), nil); err != nil {
		t.Error(err)
	}
}

func TestAContractThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	db := open(t)
	if _, err := db.EnsureTables(t.Context(), sales(), []*contract.Contract{products()}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(*contract.Contract)
		want   []string
	}{
		{
			"a type", func(c *contract.Contract) { c.Columns[0].Type = contract.Type{Kind: contract.BigInt} },
			[]string{"the column price the type bigint", "it is numeric(12,2)"},
		},
		{
			"the key", func(c *contract.Contract) { c.Key = []string{"id"} },
			[]string{"has the key (id)", "has (shop, id)"},
		},
		{"no key", func(c *contract.Contract) { c.Key = nil }, []string{"has the key ()", "has (shop, id)"}},
		{
			"a view", func(c *contract.Contract) { c.Views[0].Query = "SELECT nothing FROM warehouse.sales" },
			[]string{"the view sales_enriched", `column "nothing" does not exist`},
		},
		{
			"two statements", func(c *contract.Contract) { c.Views[0].Query = "SELECT 1; DROP TABLE warehouse.sales" },
			[]string{"the view sales_enriched", "multiple commands"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changed := sales()
			tt.change(changed)
			_, err := db.EnsureTables(t.Context(), changed, []*contract.Contract{products()})
			var refused *pipeline.RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("error = %v", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(refused.Reason, want) {
					t.Errorf("reason = %q, want %q", refused.Reason, want)
				}
			}
		})
	}
}

// A change of one contract must not stop the files of another.
func TestARelatedTableIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	db := open(t)
	if _, err := db.EnsureTables(t.Context(), products(), nil); err != nil {
		t.Fatal(err)
	}
	changed := products()
	changed.Columns[1].Type = contract.Type{Kind: contract.Integer}
	changed.Columns = append(changed.Columns, columnOf("brand", contract.Text))
	if _, err := db.EnsureTables(t.Context(), sales(), []*contract.Contract{changed}); err != nil {
		t.Error(err)
	}
	if got := db.texts(t, describeQuery, "warehouse.products"); got[1] != "name text" || len(got) != 5 {
		t.Errorf("products = %v", got)
	}
	var refused *pipeline.RefusedError
	if _, err := db.EnsureTables(t.Context(), changed, nil); !errors.As(err, &refused) {
		t.Errorf("its own file: %v", err)
	}
}

func TestAViewThatOthersDependOnKeepsItsColumns(t *testing.T) {
	t.Parallel()
	db := open(t)
	c := sales()
	if _, err := db.EnsureTables(t.Context(), c, []*contract.Contract{products()}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.sql.Exec(t.Context(), `CREATE VIEW public.prices AS SELECT price FROM warehouse.sales_enriched`); err != nil {
		t.Fatal(err)
	}
	c.Views[0].Query = "SELECT price FROM warehouse.sales"
	_, err := db.EnsureTables(t.Context(), c, nil)
	var refused *pipeline.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(refused.Reason, "view prices depends on view warehouse.sales_enriched") {
		t.Errorf("error = %v", err)
	}
}

// A right that is missing is not the contract's fault: it can be granted, and the file comes again.
func TestAViewWithoutTheRightToMakeItIsTriedAgain(t *testing.T) {
	t.Parallel()
	db := open(t)
	c := sales()
	if _, err := db.EnsureTables(t.Context(), c, []*contract.Contract{products()}); err != nil {
		t.Fatal(err)
	}
	reader, err := pgstore.Open(t.Context(), db.url+"&role=acequia_reader")
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	c.Views[0].Query = "SELECT price FROM warehouse.sales"
	_, err = reader.EnsureTables(t.Context(), c, nil)
	var refused *pipeline.RefusedError
	if err == nil || errors.As(err, &refused) || !strings.Contains(err.Error(), "permission denied for schema warehouse") {
		t.Errorf("error = %v", err)
	}
}

func TestAViewWaitsForItsTables(t *testing.T) {
	t.Parallel()
	db := open(t)
	complete, err := db.EnsureTables(t.Context(), sales(), nil)
	if err != nil || complete {
		t.Fatalf("without products: complete = %v, %v", complete, err)
	}
	if _, err := db.EnsureTables(t.Context(), products(), nil); err != nil {
		t.Fatal(err)
	}
	if complete, err = db.EnsureTables(t.Context(), sales(), nil); err != nil || !complete {
		t.Errorf("with products: complete = %v, %v", complete, err)
	}
}

func TestAViewMayLoseColumns(t *testing.T) {
	t.Parallel()
	db := open(t)
	for _, query := range []string{"SELECT id, price FROM warehouse.sales", "SELECT price FROM warehouse.sales"} {
		c := sales()
		c.Views[0].Query = query
		if _, err := db.EnsureTables(t.Context(), c, nil); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
}
