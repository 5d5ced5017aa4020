package expression_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"acequia/shared/contract/expression"
)

var scope = expression.Scope{
	Variables: []expression.Variable{
		{Name: "quantity", Kind: expression.Number},
		{Name: "price", Kind: expression.Number},
		{Name: "city", Kind: expression.Text},
		{Name: "paid", Kind: expression.Boolean},
		{Name: "sold", Kind: expression.Date},
		{Name: "at", Kind: expression.Timestamp},
		{Name: "tags", Kind: expression.None},
	},
	Parameters: map[string]string{"tax_rate": "0.10", "country": "PE"},
}

// row gives a row of the scope; a missing name is NULL.
func row(t interface{ Fatal(...any) }, texts map[string]string) []expression.Value {
	values := make([]expression.Value, len(scope.Variables))
	for i, v := range scope.Variables {
		text, ok := texts[v.Name]
		if !ok {
			values[i].Null = true
		} else if err := values[i].Read(v.Kind, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return values
}

// evaluate gives the canonical text of the expression's value, NULL, or its error.
func evaluate(t interface{ Fatal(...any) }, source string, texts map[string]string) string {
	e, err := expression.Compile(source, scope)
	if err != nil {
		t.Fatal(source, err)
	}
	v, err := e.Eval(row(t, texts))
	switch {
	case err != nil:
		return err.Error()
	case v.Null:
		return "NULL"
	}
	return string(v.Append(e.Kind(), nil))
}

func TestEval(t *testing.T) {
	t.Parallel()
	full := map[string]string{
		"quantity": "3", "price": "19.90", "city": " Cusco ", "paid": "true", "sold": "2026-11-24", "at": "2026-11-24T10:00:00-05:00",
	}
	for source, want := range map[string]string{
		"quantity * price":                      "59.70",
		"quantity * price - 0.30":               "59.40",
		"-price + +quantity":                    "-16.90",
		"0.1 + 0.2":                             "0.3",
		"0.1 + 0.2 == 0.3":                      "true",
		"12345678901234567.89 + 0.01":           "12345678901234567.90",
		"1_000 * 2":                             "2000",
		"1 / 3":                                 "0.33333333333333333333333333333333333333",
		"price * 100 / 2":                       "995",
		"price / 0":                             "divides by zero",
		"round(quantity * price * tax_rate, 2)": "5.97",
		"round(2.345, 2)":                       "2.35",
		"round(-2.345, 2)":                      "-2.35",
		"round(2.5)":                            "3",
		"round(1, 2)":                           "1.00",
		"abs(1 - price)":                        "18.90",
		`price < 100 ? "Small" : "Large"`:       "Small",
		`if price < 1 { "a" } else { "b" }`:     "b",
		`price < 10 ? "S" : price < 500 ? "M" : "L"`: "M",
		"upper(trim(city))":                          "CUSCO",
		`concat(lower(trim(city)), "-", country)`:    "cusco-PE",
		"city == nil":                                "false",
		"nil != city":                                "true",
		`trim(city) in ["Lima", "Cusco"]`:            "true",
		`trim(city) not in ["Lima", "Cusco"]`:        "false",
		"quantity in [1, 2]":                         "false",
		"paid and quantity > 2":                      "true",
		"!paid || not (quantity >= 3)":               "false",
		`sold >= date("2026-11-01")`:                 "true",
		"sold":                                       "2026-11-24",
		"at":                                         "2026-11-24T10:00:00-05:00",
		"paid != true":                               "false",
	} {
		if got := evaluate(t, source, full); got != want {
			t.Errorf("%s = %s, want %s", source, got, want)
		}
	}
}

func TestNullIsUnknown(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"quantity * price":                  "NULL",
		"round(price, 2)":                   "NULL",
		`price < 100 ? "Small" : "Large"`:   "NULL",
		"price == price":                    "NULL",
		"city == nil":                       "true",
		"price ?? 7":                        "7",
		"coalesce(price, quantity, nil, 1)": "1",
		"paid and 1 > 2":                    "false",
		"1 > 2 and paid":                    "false",
		"paid or 1 < 2":                     "true",
		"paid or 1 > 2":                     "NULL",
		"not paid":                          "NULL",
		"concat(city, \"x\")":               "NULL",
		"1 in [2, price]":                   "NULL",
		"2 in [2, price]":                   "true",
		"price in [1]":                      "NULL",
		"1 > 0 ? nil : price":               "NULL",
	} {
		if got := evaluate(t, source, nil); got != want {
			t.Errorf("%s = %s, want %s", source, got, want)
		}
	}
}

func TestCompileSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"quantiy * price":                 "no column quantiy that could be read here; did you mean quantity? (at character 1)",
		"quantity * city":                 "city is a text where a number is needed (at character 12)",
		"quantity == city":                "mixes a number with a text",
		"paid ? 1 : city":                 "mixes a number with a text",
		"quantity ? 1 : 2":                "where a boolean is needed",
		"price <":                         "unexpected token EOF",
		"":                                "unexpected token EOF",
		"rond(price, 2)":                  "no function rond; did you mean round?",
		"round(price, quantity)":          "written as a number from 0 to 100",
		"round(price, 101)":               "written as a number from 0 to 100",
		"price % 2":                       "no operator %",
		"1e3 * price":                     "1e3 is not a plain decimal number",
		"0x10":                            "0x10 is not a plain decimal number",
		"city[0:1]":                       "cannot stand here",
		"let x = 1; x":                    "cannot stand here",
		"map([1], # + 1)":                 "cannot stand here",
		"tags == nil":                     "cannot read tags",
		"nil":                             "always NULL",
		"city < nil":                      "nil is neither less nor more",
		"price in city":                   "behind in stands a list",
		`date("2026-02-30")`:              "is not a date",
		"lower(city, city)":               "needs 1 argument(s), and has 2",
		"round()":                         "needs an argument",
		strings.Repeat("1+", 20000) + "1": "exceeds maximum allowed nodes",
	} {
		if _, err := expression.Compile(source, scope); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v; want an error with %q", source, err, want)
		}
	}
}

func TestUses(t *testing.T) {
	t.Parallel()
	e, err := expression.Compile("price > 1 ? quantity : price", scope)
	if err != nil {
		t.Fatal(err)
	}
	if uses := e.Uses(); len(uses) != 2 || uses[0] != 0 || uses[1] != 1 {
		t.Errorf("uses %v, want quantity and price", uses)
	}
}

// Cents computed as integers and as decimals are the same, whatever the amounts.
func TestMoneyIsExact(t *testing.T) {
	t.Parallel()
	cents := func(n int64) string {
		sign := ""
		if n < 0 {
			sign, n = "-", -n
		}
		return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
	}
	rapid.Check(t, func(t *rapid.T) {
		quantity := rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "quantity")
		price := rapid.Int64Range(-1_000_000_000, 1_000_000_000).Draw(t, "price")
		got := evaluate(t, "quantity * price", map[string]string{"quantity": cents(quantity * 100), "price": cents(price)})
		if got = strings.TrimSuffix(got, "00"); strings.TrimPrefix(got, "-") != strings.TrimPrefix(cents(quantity*price), "-") {
			t.Fatalf("%d × %s = %s, want %s", quantity, cents(price), got, cents(quantity*price))
		}
	})
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"quantity * price", `paid ? "a" : nil`, "round(price, 2)", "1 in [1, 2]", "((((", "\x00", "é + 1", "1.5.5", "a.b.c()"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		e, err := expression.Compile(source, scope)
		if err != nil {
			return
		}
		if _, err := e.Eval(row(t, nil)); err != nil && err.Error() == "" {
			t.Fatal("an error without words")
		}
	})
}

func BenchmarkEval(b *testing.B) {
	e, err := expression.Compile("round(quantity * price * tax_rate, 2)", scope)
	if err != nil {
		b.Fatal(err)
	}
	values := row(b, map[string]string{"quantity": "3", "price": "19.90"})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Eval(values); err != nil {
			b.Fatal(err)
		}
	}
}
