package transform_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"acequia/shared/contract"
	"acequia/shared/contract/decimal"
	"acequia/shared/contract/expression"
	"acequia/shared/rows"
	"acequia/shared/transform"
)

// Numbers that stay numbers from the expression to the row are those that their canonical text gives, and fit where it does; a
// column that is derived of a derived one reads the same number.
func TestDerivedNumbersAreThoseOfTheirText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		precision := rapid.IntRange(1, 25).Draw(rt, "precision")
		scale := rapid.IntRange(0, min(precision, 8)).Draw(rt, "scale")
		of := rapid.SampledFrom([]string{"id", "id * 3", "id * id", "0 - id", "round(id, 1)", "id / 8"}).Draw(rt, "expression")
		c := parse(t, fmt.Sprintf(`
      - {name: derived, physicalType: "numeric(%[1]d,%[2]d)", transformLogic: "%[3]s"}
      - {name: again, physicalType: "numeric(%[1]d,%[2]d)", transformLogic: "derived"}
`, precision, scale, of))
		written := rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{1,3})?`).Draw(rt, "number")
		id, fault := decimal.Append(nil, []byte(written), 20, 4)
		if fault != decimal.None {
			rt.Fatal(fault)
		}
		row, failures := transformer(t, c).Row(object, record(0, map[string]string{"code": "x", "id": string(id)}), nil)
		text, fault := decimal.Append(nil, evaluated(rt, of, c, id), precision, scale)
		if fault != decimal.None {
			if len(failures) == 0 {
				rt.Fatalf("%s of %s fits into numeric(%d,%d), which its text does not", of, id, precision, scale)
			}
			return
		}
		if len(failures) > 0 {
			rt.Fatalf("%s of %s: %v", of, id, failures)
		}
		tuple, err := rows.Parse(row, len(c.Key))
		if err != nil {
			rt.Fatal(err)
		}
		want, _ := transform.AppendNumeric(nil, text)
		for i, name := range []string{"derived", "again"} {
			if got, _ := tuple.Field(rows.Leading + len(columns) + i); !bytes.Equal(got, want) {
				rt.Fatalf("%s: %s of %s in numeric(%d,%d) is %x, want %x (%s)", name, of, id, precision, scale, got, want, text)
			}
		}
	})
}

// evaluated gives the text of an expression's value for a record with that id.
func evaluated(t *rapid.T, of string, c *contract.Contract, id []byte) []byte {
	scope := c.Scope(0)
	e, err := expression.Compile(of, scope)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]expression.Value, len(scope.Variables))
	place := slices.IndexFunc(scope.Variables, func(v expression.Variable) bool { return v.Name == "id" })
	if err := row[place].Read(expression.Number, id); err != nil {
		t.Fatal(err)
	}
	value, err := e.Eval(row)
	if err != nil {
		t.Fatal(err)
	}
	return value.Append(expression.Number, nil)
}
