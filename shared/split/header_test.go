package split_test

import (
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// found leaves nothing but the header to the file.
var found = contract.Source{Format: pipeline.CSV, Detect: contract.Detect{Header: true}}

func TestHeadersThatAreFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		head string
		want string
		line int64
	}{
		"the first row":                     {"unidad,año,valor\nmiles,2026,3\n", "unidad año valor", 2},
		"below titles":                      {"Población\n\"por provincias, 2026\"\nunidad,año,valor\nmiles,2026,3\n", "unidad año valor", 4},
		"below a misquoted title":           {"\"Población\" total\nunidad,año,valor\n", "unidad año valor", 3},
		"with other columns":                {"x,unidad,año,y,z\n", "x unidad año y z", 2},
		"one of the columns alone":          {"valor\n3\n", "valor", 2},
		"repeated":                          {"unidad,año,valor\nmiles,2026,3\nunidad,año,valor\n", "unidad año valor", 2},
		"above a record that names columns": {"unidad,año,valor\nunidad,año,3\n", "unidad año valor", 2},
		"none":                              {"miles,2026,3\nmiles,2027,4\n", "unidad año valor", 1},
		"none, and a cell that is a name":   {"miles,'valor',3\n", "unidad año valor", 1},
		"none, and short rows":              {"miles\nmiles,2027,4\n", "unidad año valor", 1},
		"none, the first row misquoted":     {"\"miles\" x,2026,3\nmiles,2027,4\n", "unidad año valor", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := found
			source.Dialect.PadShort = name == "none, and short rows"
			got, err := split.Probe([]byte(test.head), true, source, columns)
			if err != nil || strings.Join(got.Header, " ") != test.want || got.BodyLine != test.line {
				t.Errorf("header %q, records from line %d, %v; want %s, %d", got.Header, got.BodyLine, err, test.want, test.line)
			}
		})
	}
}

func TestHeadersThatAreRefused(t *testing.T) {
	t.Parallel()
	absent := written(contract.Dialect{NoHeader: true})
	for name, test := range map[string]struct {
		head   string
		source contract.Source
		want   []string
	}{
		"nothing behind what is skipped": {"Población\n\n", written(contract.Dialect{SkipLines: 1}), []string{"no header behind the 1 lines"}},
		"two fit":                        {"unidad,2025,2026\nvalor,7,8\n", found, []string{"lines 1 and 2", "skipLines"}},
		"a header, or a record":          {"miles,2026,3\nunidad,2027,4\n", found, []string{"line 2 names 1", "3 columns", "header: present"}},
		"records above it":               {"miles,2026,3\nunidad,año,valor\n", found, []string{"line 2 is the header", "line 1 above", "skipLines: 1"}},
		"spelt otherwise":                {"Unidad,AÑO,valores\nmiles,2026,3\n", found, []string{"line 1", "Unidad for unidad, AÑO for año"}},
		"none, and not as many fields":   {"1,2\n", found, []string{"2 fields", "3 columns", "unidad, año, valor"}},
		"a header that should be absent": {"unidad,año,valor\nmiles,2026,3\n", absent, []string{"line 1 names 3", "no header", "header: present", "header: auto"}},
		"further down": {
			"Población\n\nunidad,año,valor\nmiles,2026,3\n", csv, []string{"line 1 names no column", "line 3 names 3", "skipLines: 2", "header: auto"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := split.Probe([]byte(test.head), true, test.source, columns)
			checkRefused(t, err, test.want)
		})
	}
}

// Columns that a contract ignores may lack names or share them.
func TestHeadersWithColumnsThatAreIgnored(t *testing.T) {
	t.Parallel()
	source := csv
	source.UnknownColumns = contract.Ignore
	for head, want := range map[string]string{
		"unidad,x,año,x,valor\n": "unidad|x|año|x|valor", ",unidad,año,valor\n": "|unidad|año|valor", "unidad,año,valor,,\n": "unidad|año|valor||",
	} {
		got, err := split.Probe([]byte(head), true, source, columns)
		if err != nil || strings.Join(got.Header, "|") != want || got.TrailingDelimiter {
			t.Errorf("%q has the header %q, %v", head, got.Header, err)
		}
		_, err = split.Probe([]byte(head), true, csv, columns)
		checkRefused(t, err, []string{"upload the file again"})
	}
	_, err := split.Probe([]byte("unidad,unidad\n"), true, source, columns)
	checkRefused(t, err, []string{"column unidad twice"})
}
