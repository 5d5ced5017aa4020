package contract_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// source is a contract with the given customProperties, each as "name: value".
func source(properties ...string) string {
	var b strings.Builder
	b.WriteString(`apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    physicalType: table
    properties:
      - {name: number, logicalType: integer, physicalType: bigint, primaryKey: true, required: true}
    customProperties:
`)
	for _, p := range properties {
		name, value, _ := strings.Cut(p, ": ")
		b.WriteString("      - {property: " + name + ", value: " + value + "}\n")
	}
	return b.String()
}

func TestSources(t *testing.T) {
	t.Parallel()
	csv := func(d contract.Dialect) contract.Source { return contract.Source{Format: pipeline.CSV, Dialect: d} }
	for name, test := range map[string]struct {
		properties []string
		want       contract.Source
	}{
		"nothing said": {[]string{"format: csv"}, csv(contract.Dialect{})},
		"all said": {
			[]string{
				"format: csv", "delimiter: \";\"", "quote: \"'\"", "escape: backslash", "comment: \"#\"", "header: absent", "skipLines: 2",
				"trailingDelimiter: true", "raggedRows: pad", "encoding: windows-1252",
				"maxFieldBytes: 100", "maxRecordBytes: 200", "maxRatio: 300", "maxBytes: 5000000000",
			},
			contract.Source{
				Format: pipeline.CSV, Encoding: "windows-1252",
				Dialect: contract.Dialect{
					Delimiter: ';', Quote: '\'', Escape: '\\', Comment: '#', NoHeader: true, SkipLines: 2, TrailingDelimiter: true, PadShort: true,
				},
				Limits: contract.Limits{MaxFieldBytes: 100, MaxRecordBytes: 200, MaxRatio: 300, MaxBytes: 5_000_000_000},
			},
		},
		"a tab, no quotes": {[]string{"format: csv", `delimiter: "\t"`, "quote: none"}, csv(contract.Dialect{Delimiter: '\t', Unquoted: true})},
		"the usual, by name": {
			[]string{"format: csv", `delimiter: ","`, `quote: '"'`, "escape: doubled", "header: present", "raggedRows: reject"},
			csv(contract.Dialect{Delimiter: ',', Quote: '"'}),
		},
		"an escape that is the quote": {
			[]string{"format: csv", `quote: "'"`, `escape: "'"`}, csv(contract.Dialect{Quote: '\''}),
		},
		"left to the file": {
			[]string{"format: csv", "delimiter: auto", "quote: auto", "header: auto", "encoding: auto"},
			contract.Source{Format: pipeline.CSV, Detect: contract.Detect{Delimiter: true, Quote: true, Header: true, Encoding: true}},
		},
		"NDJSON in UTF-16": {
			[]string{"format: ndjson", "encoding: utf-16le"},
			contract.Source{Format: pipeline.NDJSON, Encoding: "utf-16le", UnknownColumns: contract.Ignore},
		},
		"Parquet": {[]string{"format: parquet"}, contract.Source{Format: pipeline.Parquet}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := contract.Parse([]byte(source(test.properties...)))
			if err != nil {
				t.Fatal(err)
			}
			test.want.Prefix, test.want.NullSpellings = "orders/", []string{""}
			if test.want.UnknownColumns == "" {
				test.want.UnknownColumns = contract.Refuse
			}
			if diff := cmp.Diff(test.want, c.Source); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSourcesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		properties []string
		want       string
	}{
		{[]string{"format: csv", "delimiter: ab"}, "write one character"},
		{[]string{"format: csv", "delimiter: x"}, "cannot separate fields"},
		{[]string{"format: csv", `delimiter: '"'`}, "cannot be the delimiter and the quote"},
		{[]string{"format: csv", `quote: ","`}, "cannot be the delimiter and the quote"},
		{[]string{"format: csv", "comment: auto"}, "cannot begin comments"},
		{[]string{"format: csv", "escape: auto"}, "cannot escape quotes"},
		{[]string{"format: csv", "quote: nothing"}, "cannot enclose fields"},
		{[]string{"format: csv", "quote: none", "escape: backslash"}, "there are none"},
		{[]string{"format: csv", `escape: ","`}, "the delimiter and the escape"},
		{[]string{"format: csv", `comment: ","`}, "the delimiter and the comment"},
		{[]string{"format: csv", "header: missing"}, "present or absent or auto"},
		{[]string{"format: csv", "skipLines: -1"}, "0 or more"},
		{[]string{"format: csv", "raggedRows: drop"}, "reject or pad"},
		{[]string{"format: csv", "encoding: latin1"}, "iso-8859-1"},
		{[]string{"format: json", "header: auto"}, "only CSV has a header"},
		{[]string{"format: json", "quote: none"}, "only CSV has a quote"},
		{[]string{"format: parquet", "encoding: utf-8"}, "leave encoding out"},
		{[]string{"format: csv", "maxRecordBytes: 100000000"}, "memory of a function"},
		{[]string{"format: csv", "maxFieldBytes: 300", "maxRecordBytes: 200"}, "cannot be larger than its record"},
		{[]string{"format: csv", "maxFieldBytes: 16000000"}, "there may be 8388608 bytes"},
		{[]string{"format: ndjson", "maxFieldBytes: 1000"}, "write maxRecordBytes"},
		{[]string{"format: parquet", "maxRatio: 1000"}, "leave maxRatio out"},
		{[]string{"format: csv", "maxRecordBytes: 0"}, "whole number above 0"},
		{[]string{"format: csv", "escape: \"\""}, "cannot escape quotes"},
		{[]string{"format: csv", "maxBytes: 1GB"}, "whole number above 0"},
		{[]string{"format: csv", "delimeter: auto"}, "did you mean delimiter?"},
	} {
		_, err := contract.Parse([]byte(source(test.properties...)))
		var invalid *contract.InvalidError
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.properties, err, test.want)
		}
	}
}
