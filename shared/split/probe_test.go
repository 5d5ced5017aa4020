package split_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/pipeline"
	"acequia/shared/split"
)

func TestProbeFindsTheLayout(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		head string
		want split.Want
		got  pipeline.Layout
	}{
		"CSV": {
			"id,name\n1,a\n", split.Want{Format: pipeline.CSV},
			pipeline.Layout{Format: pipeline.CSV, Delimiter: ',', Quote: '"', Header: []string{"id", "name"}, BodyStart: 8, BodyLine: 2},
		},
		"CSV with a byte order mark, empty lines and spaces": {
			"\xef\xbb\xbf\r\n id ;\"na\nme\"\r\n1;a", split.Want{Format: pipeline.CSV, Delimiter: ';'},
			pipeline.Layout{Format: pipeline.CSV, Delimiter: ';', Quote: '"', Header: []string{"id", "na\nme"}, BodyStart: 19, BodyLine: 4},
		},
		"a header alone": {
			"id,name", split.Want{Format: pipeline.CSV},
			pipeline.Layout{Format: pipeline.CSV, Delimiter: ',', Quote: '"', Header: []string{"id", "name"}, BodyStart: 7, BodyLine: 1},
		},
		"JSON": {
			"\n [\n{}]", split.Want{Format: pipeline.JSON},
			pipeline.Layout{Format: pipeline.JSON, BodyStart: 3, BodyLine: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := split.Probe([]byte(test.head), true, test.want)
			if err != nil {
				t.Fatal(err)
			}
			test.got.MaxFieldBytes, test.got.MaxRecordBytes = split.MaxFieldBytes, split.MaxRecordBytes
			if diff := cmp.Diff(test.got, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestProbeRefuses(t *testing.T) {
	t.Parallel()
	csv, json := split.Want{Format: pipeline.CSV}, split.Want{Format: pipeline.JSON}
	for name, test := range map[string]struct {
		head string
		want split.Want
		says string
	}{
		"nothing":                    {"", csv, "empty"},
		"nothing but a mark":         {"\xef\xbb\xbf", csv, "empty"},
		"nothing but space":          {" \r\n\n", json, "empty"},
		"an Excel workbook":          {"PK\x03\x04\x14", csv, "save it as CSV"},
		"gzip":                       {"\x1f\x8b\x08", csv, "unpack it"},
		"a PDF":                      {"%PDF-1.7", csv, "PDF"},
		"UTF-16":                     {"\xff\xfei\x00d\x00", csv, "UTF-16"},
		"binary":                     {"id,na\x00me\n", csv, "byte 5 is NUL"},
		"JSON for CSV":               {` {"id": 1}`, csv, "looks like JSON"},
		"CSV for JSON":               {"id,name\n", json, "not a JSON array"},
		"NDJSON for JSON":            {"{}\n{}\n", json, "put its objects into one array"},
		"a name twice":               {"id,name,id\n", csv, "names the column id twice, in places 1 and 3"},
		"no name":                    {"id,,name\n", csv, "column 2 of 3 has no name"},
		"a header not in UTF-8":      {"id,a\xf1o\n", csv, "not UTF-8 in column 2"},
		"a header that is malformed": {"\"id\"x,name\n1,2\n", csv, "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := split.Probe([]byte(test.head), true, test.want)
			var refused *pipeline.RefusedError
			if !errors.As(err, &refused) || !strings.Contains(refused.Reason, test.says) {
				t.Errorf("error = %v, want a refusal that says %q", err, test.says)
			}
		})
	}
}

func TestProbeRefusesAHeaderThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	_, err := split.Probe([]byte(strings.Repeat("x", 100)), false, split.Want{Format: pipeline.CSV})
	if err == nil || !strings.Contains(err.Error(), "does not end within 100 bytes") {
		t.Errorf("error = %v", err)
	}
}
