package contract_test

import (
	"errors"
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// valid is a contract in which each test breaks one thing.
const valid = `
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.2.0
status: active
schema:
  - name: orders
    properties:
      - name: shop
        logicalType: string
        physicalType: text
        primaryKey: true
        primaryKeyPosition: 2
      - name: number
        logicalType: integer
        primaryKey: true
        primaryKeyPosition: 1
      - name: placed
        physicalType: date
        logicalTypeOptions: {minimum: 2020-01-01}
      - name: price
        physicalType: numeric(12,2)
        logicalTypeOptions: {exclusiveMinimum: 0}
        quality:
          - {metric: nullValues, mustBeLessThan: 5, unit: percent}
      - name: product
        physicalType: text
        unique: true
        customProperties: [{property: header, value: Product code}]
        relationships: [{to: products.code, customProperties: [{property: severity, value: error}]}]
      - name: tax
        physicalType: numeric(12,2)
        transformLogic: round(price * rate, 2)
    quality:
      - {metric: rowCount, mustBeBetween: [1, 1000000], severity: error}
      - {type: sql, name: stale, query: "SELECT count(*) FROM ${table} WHERE placed < now()", mustBe: 0}
      - {type: text, description: Nobody knows.}
      - {type: custom, engine: soda, implementation: whatever}
      - {type: custom, engine: acequia, name: cheap, implementation: price < 1000}
    customProperties:
      - {property: format, value: csv}
      - {property: delimiter, value: ";"}
      - {property: rejectThreshold, value: {share: 0.1, count: 50}}
      - {property: parameters, value: {rate: 0.10}}
      - {property: views, value: [{name: dear, query: SELECT * FROM warehouse.orders}]}
      - {property: summary, value: {day: placed, kpis: [{name: sold, value: sum(price), dimensions: [shop], top: 1}]}}
`

func TestParse(t *testing.T) {
	t.Parallel()
	c, err := contract.Parse([]byte(valid))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.Key, " "); got != "number shop" {
		t.Errorf("key %s", got)
	}
	var stored []string
	for _, column := range c.Stored() {
		stored = append(stored, column.Name+" "+column.Physical)
	}
	if got, want := strings.Join(stored, ", "), "number bigint, shop text, placed date, price numeric(12,2), product text, tax numeric(12,2)"; got != want {
		t.Errorf("stored\n got %s\nwant %s", got, want)
	}
	if got := strings.Join(c.Sources(), ", "); got != "shop, number, placed, price, Product code" {
		t.Errorf("sources %s", got)
	}
	if s := c.Source; s.Prefix != "orders/" || s.Format != pipeline.CSV || s.Dialect.Delimiter != ';' || s.UnknownColumns != contract.Refuse {
		t.Errorf("source %+v", s)
	}
	if !c.Columns[0].Required || c.Columns[0].MaxBytes != contract.KeyTextBytes || c.Columns[4].MaxBytes != 0 {
		t.Errorf("key columns are required and bounded: %+v", c.Columns[0])
	}
	if want := (contract.Relationship{Column: "product", Dataset: "products", References: "code", Severity: contract.Failing}); c.Relationships[0] != want {
		t.Errorf("relationship %+v", c.Relationships[0])
	}
	if c.Parameters["rate"] != "0.10" || c.Summary.Relation != "warehouse.orders" || len(c.Views) != 1 || len(c.Rules) != 1 {
		t.Errorf("parameters %v, summary %+v, views %v, rules %v", c.Parameters, c.Summary, c.Views, c.Rules)
	}
	if c.Replace || c.ByChunk {
		t.Errorf("replaces: %v, by chunk: %v", c.Replace, c.ByChunk)
	}
	if !c.Reject.Exceeded(51, 10_000) || !c.Reject.Exceeded(11, 100) || c.Reject.Exceeded(10, 100) {
		t.Errorf("threshold %+v", c.Reject)
	}
}

func TestParseHowFilesAreWrittenOver(t *testing.T) {
	t.Parallel()
	for added, want := range map[string][2]bool{
		"{property: overwrite, value: replace}": {true, false},
		"{property: overwrite, value: upsert}":  {false, false},
		"{property: publish, value: chunk}":     {false, true},
		"{property: publish, value: file}":      {false, false},
	} {
		doc := strings.NewReplacer("{share: 0.1, count: 50}", "{count: 50}", `{property: delimiter, value: ";"}`, added).Replace(valid)
		c, err := contract.Parse([]byte(doc))
		if err != nil || c.Replace != want[0] || c.ByChunk != want[1] {
			t.Errorf("%s: %+v, %v", added, c, err)
		}
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	c, err := contract.Parse([]byte(valid))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"product_unique": `warning 0: SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM warehouse.orders WHERE "product" IS NOT NULL ` +
			`GROUP BY "product") AS counted`,
		"row_count": "error 1 to 1000000: SELECT count(*) FROM warehouse.orders",
		"stale":     "warning 0: SELECT count(*) FROM warehouse.orders WHERE placed < now()",
		"price_missing": `warning less than 5: SELECT coalesce(100.0 * count(*) FILTER (WHERE "price" IS NULL) / nullif(count(*), 0), 0) ` +
			`FROM warehouse.orders WHERE _object_id = ANY($1)`,
	}
	for _, check := range c.Checks {
		if got := check.Severity + " " + check.Expect.String() + ": " + check.Query; got != want[check.Name] {
			t.Errorf("%s\n got %s\nwant %s", check.Name, got, want[check.Name])
		}
		if check.PerObject != strings.Contains(check.Query, "$1") {
			t.Errorf("%s: per object %v", check.Name, check.PerObject)
		}
	}
	if len(c.Checks) != len(want) {
		t.Errorf("%d checks, want %d", len(c.Checks), len(want))
	}
}

func TestExpectations(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		operator contract.Operator
		values   []string
		holds    []string
		fails    []string
	}{
		{contract.MustBe, []string{"0"}, []string{"0", "0.00"}, []string{"1", "-1"}},
		{contract.MustNotBe, []string{"0"}, []string{"1"}, []string{"0.0"}},
		{contract.MustBeGreaterThan, []string{"10"}, []string{"10.01", "100"}, []string{"10", "9"}},
		{contract.MustBeGreaterOrEqualTo, []string{"10"}, []string{"10", "11"}, []string{"9.99"}},
		{contract.MustBeLessThan, []string{"10"}, []string{"9.99"}, []string{"10", "100"}},
		{contract.MustBeLessOrEqualTo, []string{"10"}, []string{"10"}, []string{"10.01"}},
		{contract.MustBeBetween, []string{"1", "10"}, []string{"1", "10"}, []string{"0", "11"}},
		{contract.MustNotBeBetween, []string{"1", "10"}, []string{"0", "11"}, []string{"1", "10"}},
	} {
		e := contract.Expectation{Operator: tt.operator, Values: tt.values}
		for _, observed := range tt.holds {
			if ok, err := e.Holds(observed); !ok || err != nil {
				t.Errorf("%s should be %s: %v", observed, e, err)
			}
		}
		for _, observed := range tt.fails {
			if ok, err := e.Holds(observed); ok || err != nil {
				t.Errorf("%s should not be %s: %v", observed, e, err)
			}
		}
	}
	if _, err := (contract.Expectation{Operator: contract.MustBe, Values: []string{"0"}}).Holds("many"); err == nil {
		t.Error("many was taken for a number")
	}
}

func TestParseSaysWhereAndWhat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ old, broken, path, message string }{
		{"apiVersion: v3.1.0", "apiVersion: v2.2.0", "apiVersion", "write v3.1.0"},
		{"kind: DataContract", "kind: Contract", "kind", "write DataContract"},
		{"status: active", "states: active", "states", "did you mean status?"},
		{"status: active", "states: active", "status", "missing"},
		{"id: orders", "id: orders\ncustomProperties: [{property: prefix, value: x/}]", "customProperties[0]", "belongs into the customProperties of schema[0]"},
		{"- name: orders", "- name: Orders", "schema[0].name", "small letters"},
		{"name: price", "name: _object_id", "schema[0].properties[3].name", "no name"},
		{"name: price", "name: placed", "schema[0].properties[3].name", "two columns called placed"},
		{"physicalType: numeric(12,2)\n        logical", "physicalType: float\n        logical", "schema[0].properties[3].physicalType", "a float is never exact"},
		{"physicalType: text\n        primaryKey", "physicalType: citext\n        primaryKey", "schema[0].properties[0].physicalType", "citext calls different bytes equal"},
		{"physicalType: text\n        primaryKey", "physicalType: txt\n        primaryKey", "schema[0].properties[0].physicalType", "did you mean text?"},
		{"physicalType: text\n        primaryKey", "physicalType: numeric(2000,1)\n        primaryKey", "schema[0].properties[0].physicalType", "1 to 1000"},
		{"physicalType: text\n        primaryKey", "physicalType: date\n        primaryKey", "schema[0].properties[0].physicalType", "a string cannot be stored as date; write text"},
		{"logicalType: integer", "logicalType: object", "schema[0].properties[1].primaryKey", "jsonb cannot be a key"},
		{"logicalType: integer", "logicalType: number", "schema[0].properties[1].physicalType", "needs a precision"},
		{"logicalType: integer", "logicalType: money", "schema[0].properties[1].logicalType", "write string, integer"},
		{"primaryKeyPosition: 2", "primaryKeyPosition: 1", "schema[0].properties[1].primaryKeyPosition", "each once"},
		{"        primaryKeyPosition: 2\n", "", "schema[0].properties", "to every column of the key"},
		{"primaryKeyPosition: 2", "requird: true", "schema[0].properties[0].requird", "did you mean required?"},
		{"{exclusiveMinimum: 0}", "{exclusiveMinimum: cheap}", "schema[0].properties[3].logicalTypeOptions.exclusiveMinimum", "plain decimal"},
		{"{exclusiveMinimum: 0}", "{exclusiveMinimum: 0, minimum: 1}", "schema[0].properties[3].logicalTypeOptions.exclusiveMinimum", "once"},
		{"{exclusiveMinimum: 0}", "{multipleOf: 5}", "schema[0].properties[3].logicalTypeOptions.multipleOf", "row rule"},
		{"{minimum: 2020-01-01}", "{minimum: 2020-02-30}", "schema[0].properties[2].logicalTypeOptions.minimum", "ISO 8601"},
		{"{minimum: 2020-01-01}", "{format: YYYY}", "schema[0].properties[2].logicalTypeOptions.format", "letter Y"},
		{"{minimum: 2020-01-01}", "{format: yyyy-MM-dd HH:mm:ss}", "schema[0].properties[2].logicalTypeOptions.format", "no time of day"},
		{"unique: true", `logicalTypeOptions: {pattern: "a(?=b)"}`, "schema[0].properties[4].logicalTypeOptions.pattern", "RE2"},
		{"unique: true", "logicalTypeOptions: {format: email}", "schema[0].properties[4].logicalTypeOptions.format", "write a pattern"},
		{"property: header, value: Product code", "property: heder, value: x", "schema[0].properties[4].customProperties[0]", "did you mean header?"},
		{"property: header, value: Product code", "property: path, value: $.x", "schema[0].properties[4].customProperties[0].value", "CSV has no paths"},
		{"property: header, value: Product code", "property: header, value: shop", "schema[0].properties[4].customProperties[0].value", "both read from shop"},
		{"property: header, value: Product code", "property: default, value: \"\\0\"", "schema[0].properties[4].customProperties[0].value", "NUL"},
		{"property: header, value: Product code", "property: formats, value: [yyyy]", "schema[0].properties[4].customProperties[0].value", "for columns of the type date"},
		{"{to: products.code,", "{to: products,", "schema[0].properties[4].relationships[0].to", "products.product_code"},
		{"round(price * rate, 2)", "round(prise * rate, 2)", "schema[0].properties[5].transformLogic", "did you mean price?"},
		{"round(price * rate, 2)", "shop", "schema[0].properties[5].transformLogic", "gives a text"},
		{"round(price * rate, 2)", "tax + 1", "schema[0].properties[5].transformLogic", "no column tax"},
		{"round(price * rate, 2)", "price\n        unique: true", "schema[0].properties[5].unique", "has no unique"},
		{"implementation: price < 1000", "implementation: tax < 1000", "schema[0].quality[4].implementation", "not derived"},
		{"implementation: price < 1000", "implementation: price", "schema[0].quality[4].implementation", "true or false"},
		{"mustBeBetween: [1, 1000000]", "mustBeBetween: [1]", "schema[0].quality[0].mustBeBetween", "two numbers"},
		{"mustBeBetween: [1, 1000000], ", "", "schema[0].quality[0]", "what it expects"},
		{"severity: error}\n", "severity: fatal}\n", "schema[0].quality[0].severity", "warning or error"},
		{"metric: rowCount", "metric: rowcount", "schema[0].quality[0].metric", "write it under the quality of that column"},
		{"metric: nullValues", "metric: mean", "schema[0].properties[3].quality[0].metric", "is not checked"},
		{`query: "SELECT count(*) FROM`, `query: "DELETE FROM`, "schema[0].quality[1].query", "SELECT or WITH"},
		{"query: SELECT * FROM warehouse.orders", "query: SELECT 1; SELECT 2", "schema[0].customProperties[4].value[0].query", "no semicolon"},
		{"name: dear", "name: orders", "schema[0].customProperties[4].value[0].name", "already"},
		{"value: csv", "value: parket", "schema[0].customProperties[0].value", "did you mean parquet?"},
		{"value: csv", "value: ndjson", "schema[0].customProperties[1].value", "only CSV has a delimiter"},
		{`value: ";"`, `value: ab`, "schema[0].customProperties[1].value", "one character"},
		{"share: 0.1,", "share: 10,", "schema[0].customProperties[2].value.share", "at most 1"},
		{"count: 50", "count: 0", "schema[0].customProperties[2].value.count", "above 0"},
		{"property: delimiter, value: \";\"", "property: overwrite, value: merge", "schema[0].customProperties[1].value", "upsert or replace"},
		{"property: delimiter, value: \";\"", "property: publish, value: chunk", "schema[0].customProperties[1].value", "a count and no share"},
		{
			`{property: delimiter, value: ";"}`, "{property: publish, value: chunk}\n      - {property: overwrite, value: replace}",
			"schema[0].customProperties[1].value", "write overwrite: upsert, or publish: file",
		},
		{"count: 50", "cuont: 50", "schema[0].customProperties[2].value.cuont", "did you mean count?"},
		{"property: delimiter", "property: delimeter", "schema[0].customProperties[1]", "did you mean delimiter?"},
		{"property: delimiter", "property: format", "schema[0].customProperties[1]", "given twice"},
		{"{rate: 0.10}", "[rate]", "schema[0].customProperties[3].value", "a mapping is needed"},
		{"{rate: 0.10}", "{rate: 0.10, shop: x}", "schema[0].customProperties[3].value.shop", "a column is called shop already"},
		{"status: active", "status: active\nstatus: draft", "status", "given twice"},
		{"{day: placed,", "{day: price,", "schema[0].customProperties[5].value.day", "type date"},
		{"dimensions: [shop]", "dimensions: [city]", "schema[0].customProperties[5].value.kpis[0].dimensions", "no column city"},
		{"dimensions: [shop], ", "", "schema[0].customProperties[5].value.kpis[0].top", "the top of what"},
	} {
		doc := strings.Replace(valid, tt.old, tt.broken, 1)
		if doc == valid {
			t.Errorf("%q is not in the document", tt.old)
			continue
		}
		_, err := contract.Parse([]byte(doc))
		var invalid *contract.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", tt.broken, err)
			continue
		}
		found := false
		for _, p := range invalid.Problems {
			found = found || p.Path == tt.path && strings.Contains(p.Message, tt.message) && p.Line > 0
		}
		if !found {
			t.Errorf("%s: want %s: …%s…\n%v", tt.broken, tt.path, tt.message, err)
		}
	}
}

func TestParseReportsAllProblemsInTheirOrder(t *testing.T) {
	t.Parallel()
	doc := strings.NewReplacer("kind: DataContract", "kind: X", "primaryKeyPosition: 2", "requird: true", "rowCount", "lines").Replace(valid)
	_, err := contract.Parse([]byte(doc))
	var invalid *contract.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Problems) < 3 {
		t.Fatalf("%v", err)
	}
	for i := 1; i < len(invalid.Problems); i++ {
		if invalid.Problems[i].Line < invalid.Problems[i-1].Line {
			t.Errorf("line %d after line %d", invalid.Problems[i].Line, invalid.Problems[i-1].Line)
		}
	}
	for _, line := range []string{"kind (line 3): ", "requird (line 14): "} {
		if !strings.Contains(err.Error(), line) {
			t.Errorf("no %q in\n%v", line, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{valid, "", "a: b", "[1]", "schema: [null]", "schema: [{properties: [{}]}]", "a: &a [*a]", "schema: &s [{properties: *s}]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		c, err := contract.Parse(doc)
		var invalid *contract.InvalidError
		if (c == nil) != (err != nil) || err != nil && (!errors.As(err, &invalid) || len(invalid.Problems) == 0) {
			t.Fatalf("%v, %v", c, err)
		}
	})
}
