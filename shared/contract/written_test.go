package contract_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/contract/decimal"
)

// writtenHere gives the valid contract with custom properties at the data set, at the column price and at the column placed.
func writtenHere(dataset, price, placed string) string {
	return strings.NewReplacer(
		"      - {property: format, value: csv}\n", "      - {property: format, value: csv}\n"+dataset,
		"        logicalTypeOptions: {exclusiveMinimum: 0}\n", "        logicalTypeOptions: {exclusiveMinimum: 0}\n        customProperties: ["+price+"]\n",
		"        logicalTypeOptions: {minimum: 2020-01-01}\n", "        logicalTypeOptions: {minimum: 2020-01-01}\n        customProperties: ["+placed+"]\n",
	).Replace(valid)
}

func TestNumbersAreWrittenAsTheDataSetSays(t *testing.T) {
	t.Parallel()
	c, err := contract.Parse([]byte(writtenHere(
		"      - {property: numbers, value: {decimalMark: ',', thousandsMark: '.', currencySigns: [S/, S/., PEN]}}\n",
		"{property: numbers, value: {thousandsMark: ' ', percent: points, scientific: true}}",
		"{property: formats, value: [dd/MM/yy, d/M/yyyy]}, {property: twoDigitYearsFrom, value: 1920}",
	)))
	if err != nil {
		t.Fatal(err)
	}
	dataset := decimal.Notation{Comma: true, Thousands: '.', Currencies: []string{"S/.", "PEN", "S/"}}
	price := dataset
	price.Thousands, price.Percent, price.Scientific = ' ', decimal.Points, true
	for name, want := range map[string]decimal.Notation{"number": dataset, "price": price, "shop": {}, "placed": {}} {
		if diff := cmp.Diff(want, c.Columns[c.Index(name)].Numbers); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if m, _ := c.Columns[c.Index("placed")].DateFormats[0].Read([]byte("24/11/19")); m.Year != 2019 {
		t.Errorf("the year 19 is %d", m.Year)
	}
	if m, _ := c.Columns[c.Index("placed")].DateFormats[0].Read([]byte("24/11/20")); m.Year != 1920 {
		t.Errorf("the year 20 is %d", m.Year)
	}
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	numbers := func(value string) string { return "{property: numbers, value: {" + value + "}}" }
	formats := func(value string) string { return "{property: formats, value: [" + value + "]}" }
	const schema, price, placed = "schema[0].customProperties[1].value", "schema[0].properties[3].customProperties[0].value", "schema[0].properties[2].customProperties[0].value"
	for _, tt := range []struct{ dataset, price, placed, path, message string }{
		{numbers("decimalMark: '·'"), "", "", schema + ".decimalMark", "write . or ,"},
		{numbers("thousandsMark: ' .'"), "", "", schema + ".thousandsMark", "does not stand between thousands"},
		{numbers("decimal: ','"), "", "", schema + ".decimal", "there is no decimal here"},
		{"", numbers("decimalMark: ',', thousandsMark: ','"), "", price, "a , cannot stand before the decimals and between thousands"},
		{"", numbers("thousandsMark: '.'"), "", price, "give both"},
		{numbers("thousandsMark: ','"), numbers("decimalMark: ','"), "", price, "give both"},
		{"", numbers("currencySigns: $"), "", price + ".currencySigns", "a list is needed"},
		{"", numbers("currencySigns: ['']"), "", price + ".currencySigns[0]", "cannot stand beside a number"},
		{"", numbers("currencySigns: ['$', ' €']"), "", price + ".currencySigns[1]", "cannot stand beside a number"},
		{"", numbers("currencySigns: ['%']"), "", price + ".currencySigns[0]", "cannot stand beside a number"},
		{"", numbers("currencySigns: [5]"), "", price + ".currencySigns[0]", "cannot stand beside a number"},
		{"", numbers("percent: yes"), "", price + ".percent", "write share or points or none"},
		{"", numbers("scientific: maybe"), "", price + ".scientific", "neither true nor false"},
		{"", "", numbers("decimalMark: ','"), placed, "for columns of the type numeric or bigint"},
		{"", "", formats("dd/MM/yyyy, MM/dd/yyyy"), placed, `dd/MM/yyyy and MM/dd/yyyy both read "12/11/2026", but not as the same date`},
		{"", "", formats("yyyyMMdd, d.M.yyyy, excelDays, yyMMdd"), placed, "excelDays and yyMMdd both read"},
		{"", "", formats("epochSeconds"), placed + "[0]", "no time of day"},
		{"", "", formats("dd/MM/yyyy") + ", {property: twoDigitYearsFrom, value: 1950}", strings.Replace(placed, "[0].value", "[1].value", 1), "has a year of two digits"},
		{"", "", formats("dd/MM/yy") + ", {property: twoDigitYearsFrom, value: 50}", "", ""},
		{"", "", formats("dd/MM/yy") + ", {property: twoDigitYearsFrom, value: 9901}", strings.Replace(placed, "[0].value", "[1].value", 1), "such as 1950"},
		{"", "{property: twoDigitYearsFrom, value: 1950}", "", price, "for columns of the type date"},
	} {
		if tt.dataset != "" {
			tt.dataset = "      - " + tt.dataset + "\n"
		}
		_, err := contract.Parse([]byte(writtenHere(tt.dataset, tt.price, tt.placed)))
		var invalid *contract.InvalidError
		if !errors.As(err, &invalid) {
			if tt.message != "" || err != nil {
				t.Errorf("%+v: %v", tt, err)
			}
			continue
		}
		found := false
		for _, p := range invalid.Problems {
			found = found || p.Path == tt.path && strings.Contains(p.Message, tt.message) && p.Line > 0
		}
		if !found {
			t.Errorf("%+v\n%v", tt, err)
		}
	}
}

func TestCountedSecondsNeedATimeZone(t *testing.T) {
	t.Parallel()
	doc := strings.Replace(writtenHere("", "", "{property: formats, value: [epochSeconds]}"), "physicalType: date\n", "physicalType: %\n", 1)
	doc = strings.Replace(doc, "logicalTypeOptions: {minimum: 2020-01-01}", "description: when", 1)
	doc = strings.Replace(doc, "      - {property: summary, value: {day: placed, kpis: [{name: sold, value: sum(price), dimensions: [shop], top: 1}]}}\n", "", 1)
	if _, err := contract.Parse([]byte(strings.Replace(doc, "%", "timestamptz", 1))); err != nil {
		t.Error(err)
	}
	if _, err := contract.Parse([]byte(strings.Replace(doc, "%", "timestamp", 1))); err == nil || !strings.Contains(err.Error(), "store the column as timestamptz") {
		t.Error(err)
	}
}
