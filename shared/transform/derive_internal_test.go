package transform

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"acequia/shared/contract"
	"acequia/shared/contract/decimal"
	"acequia/shared/contract/expression"
	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// Numbers that stay numbers from the expression to the row are those that their canonical text gives, and fit where it does; a
// column that is derived of a derived one reads the same number.
func TestDerivedNumbersAreThoseOfTheirText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		precision := rapid.IntRange(1, 25).Draw(t, "precision")
		scale := rapid.IntRange(0, min(precision, 8)).Draw(t, "scale")
		of := rapid.SampledFrom([]string{"given", "given * 3", "given * given", "0 - given", "round(given, 1)", "given / 8"}).Draw(t, "expression")
		c, err := contract.Parse(fmt.Appendf(nil, derivedDoc, precision, scale, of))
		if err != nil {
			t.Skip(err)
		}
		made, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		written := rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{1,3})?`).Draw(t, "number")
		given, fault := decimal.Append(nil, []byte(written), 20, 4)
		if fault != decimal.None {
			t.Fatal(fault)
		}
		row, failures := made.Row(pipeline.ObjectID{}, &pipeline.CleanRecord{Values: []pipeline.Value{{Text: given}}}, nil)
		text, fault := decimal.Append(nil, evaluated(t, of, c.Scope(0), given), precision, scale)
		if fault != decimal.None {
			if len(failures) == 0 {
				t.Fatalf("%s of %s fits into numeric(%d,%d), which its text does not", of, given, precision, scale)
			}
			return
		}
		if len(failures) > 0 {
			t.Fatalf("%s of %s: %v", of, given, failures)
		}
		for i, name := range []string{"derived", "again"} {
			want, _ := appendNumeric(nil, text)
			tuple, err := rows.Parse(row, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := tuple.Field(rows.Leading + 1 + i); !bytes.Equal(got, want) {
				t.Fatalf("%s: %s of %s in numeric(%d,%d) is %x, want %x (%s)", name, of, given, precision, scale, got, want, text)
			}
		}
	})
}

const derivedDoc = `
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    customProperties:
      - {property: format, value: csv}
    properties:
      - {name: given, physicalType: "numeric(20,4)"}
      - {name: derived, physicalType: "numeric(%[1]d,%[2]d)", transformLogic: "%[3]s"}
      - {name: again, physicalType: "numeric(%[1]d,%[2]d)", transformLogic: "derived"}
`

// evaluated gives the text of an expression's value.
func evaluated(t *rapid.T, of string, scope expression.Scope, given []byte) []byte {
	e, err := expression.Compile(of, scope)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]expression.Value, 1)
	if err := row[0].Read(expression.Number, given); err != nil {
		t.Fatal(err)
	}
	value, err := e.Eval(row)
	if err != nil {
		t.Fatal(err)
	}
	return value.Append(expression.Number, nil)
}
