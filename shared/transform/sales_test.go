package transform_test

import (
	"os"
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// The shipped contract's arithmetic, in cents that were worked out by hand.
func TestSales(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../infra/contracts/sales" + contract.Extension)
	if err != nil {
		t.Fatal(err)
	}
	c, err := contract.Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	made := transformer(t, c)
	for _, tt := range []struct{ quantity, price, discount, want string }{
		{"3", "19.90", "0.00", "59.7 5.97 65.67 Small"},
		{"1", "0.05", "0.00", "0.05 0.01 0.06 Small"}, // half a cent of tax is rounded up
		{"1", "0.04", "0.00", "0.04 0 0.04 Small"},
		{"1", "90.91", "0.00", "90.91 9.09 100 Medium"},
		{"1", "90.91", "0.01", "90.91 9.09 99.99 Small"},
		{"10", "45.46", "0.06", "454.6 45.46 500 Large"},
		{"1", "1.00", "5.00", "1 0.1 -3.9 Small"},
		{"2147483647", "9999999999.99", "0.00", "21474836469978525163.53 2147483646997852516.35 23622320116976377679.88 Large"},
	} {
		r := &pipeline.CleanRecord{Values: make([]pipeline.Value, len(c.Columns))}
		for name, text := range map[string]string{"transaction_id": "T1", "quantity": tt.quantity, "unit_price": tt.price, "discount": tt.discount} {
			r.Values[c.Index(name)].Text = []byte(text)
		}
		for i := range r.Values {
			r.Values[i].Null = r.Values[i].Text == nil
		}
		row, failures := made.Row(object, r, nil)
		if len(failures) > 0 {
			t.Fatal(failures)
		}
		tuple, err := rows.Parse(row, len(c.Key))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range c.Derived {
			field, _ := tuple.Field(rows.Leading + len(c.Columns) + i)
			if c.Derived[i].Type.Kind == contract.Numeric {
				got = append(got, numeric(t, field))
			} else {
				got = append(got, string(field))
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s × %s - %s: %s, want %s", tt.quantity, tt.price, tt.discount, strings.Join(got, " "), tt.want)
		}
	}
}
