package split_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

func TestProbeFindsTheLayout(t *testing.T) {
	t.Parallel()
	csv := func(start, line int64, header ...string) pipeline.Layout {
		return pipeline.Layout{
			Format: pipeline.CSV, Delimiter: ',', Quote: '"', Header: header, BodyStart: start, BodyLine: line,
			MaxFieldBytes: 1 << 20, MaxRecordBytes: 8 << 20,
		}
	}
	json := func(start, line int64) pipeline.Layout {
		return pipeline.Layout{
			Format: pipeline.JSON, Detected: []string{"format"}, BodyStart: start, BodyLine: line, MaxFieldBytes: 1 << 20, MaxRecordBytes: 8 << 20,
		}
	}
	lines := json(5, 2)
	lines.Format = pipeline.NDJSON
	lines.Detected = nil
	latin1 := csv(5, 2, "año")
	latin1.Delimiter, latin1.Quote, latin1.Encoding, latin1.MaxFieldBytes, latin1.MaxRecordBytes = ';', '\'', "iso-8859-1", 10, 20
	for name, test := range map[string]struct {
		head   string
		source contract.Source
		out    pipeline.Layout
	}{
		"CSV":               {"a,b\n1,2\n", contract.Source{Format: pipeline.CSV}, csv(4, 2, "a", "b")},
		"without line end":  {"a,b", contract.Source{Format: pipeline.CSV}, csv(3, 1, "a", "b")},
		"CR LF":             {"a,b\r\n1", contract.Source{Format: pipeline.CSV}, csv(5, 2, "a", "b")},
		"byte order mark":   {"\xef\xbb\xbfa,b\n", contract.Source{Format: pipeline.CSV}, csv(7, 2, "a", "b")},
		"blank lines first": {"\n\r\na\n", contract.Source{Format: pipeline.CSV}, csv(5, 4, "a")},
		"trimmed names":     {" a ,\"b\t\"\n", contract.Source{Format: pipeline.CSV}, csv(9, 2, "a", "b")},
		"quoted names":      {"\"a,\"\"\n\",b\n", contract.Source{Format: pipeline.CSV}, csv(10, 3, "a,\"", "b")},
		"ORCID is no ORC":   {"ORCID,GIF8\n", contract.Source{Format: pipeline.CSV}, csv(11, 2, "ORCID", "GIF8")},
		"names in brackets": {"[id],[name]\n", contract.Source{Format: pipeline.CSV}, csv(12, 2, "[id]", "[name]")},
		"as the contract says": {
			"'a\xf1o'\n",
			contract.Source{
				Format: pipeline.CSV, Encoding: "iso-8859-1",
				Dialect: contract.Dialect{Delimiter: ';', Quote: '\''}, Limits: contract.Limits{MaxFieldBytes: 10, MaxRecordBytes: 20},
			},
			func() pipeline.Layout { l := latin1; l.BodyStart = 6; return l }(),
		},
		"faults in records are not looked at": {"a\n\x00\xff\"\n", contract.Source{Format: pipeline.CSV}, csv(2, 2, "a")},

		"JSON":                      {`[{"a":1}]`, contract.Source{Format: pipeline.JSON}, json(1, 1)},
		"JSON with a mark":          {"\xef\xbb\xbf[]", contract.Source{Format: pipeline.JSON}, json(4, 1)},
		"JSON with space before it": {"\r\n \t\n[\n{}]", contract.Source{Format: pipeline.JSON}, json(6, 3)},
		"NDJSON":                    {"\xef\xbb\xbf\n {\n}\n", contract.Source{Format: pipeline.NDJSON}, lines},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := split.Probe([]byte(test.head), true, test.source, nil)
			got.HeaderText = "" // see TestDialects
			if diff := cmp.Diff(test.out, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestProbeRefuses(t *testing.T) {
	t.Parallel()
	xlsx := "PK\x03\x04....[Content_Types].xml....xl/workbook.xml"
	for name, test := range map[string]struct {
		head    string
		partial bool
		format  pipeline.Format
		want    []string
	}{
		"no bytes":              {"", false, pipeline.CSV, []string{"is empty", "upload it again"}},
		"a byte order mark":     {"\xef\xbb\xbf", false, pipeline.CSV, []string{"is empty"}},
		"white space":           {" \r\n\t", false, pipeline.JSON, []string{"is empty"}},
		"much white space":      {"   ", true, pipeline.JSON, []string{"nothing but white space in its first 3 bytes"}},
		"zip":                   {"PK\x03\x04\x14\x00", false, pipeline.CSV, []string{"zip archive", "unpack"}},
		"xlsx":                  {xlsx, false, pipeline.CSV, []string{"Excel workbook (.xlsx)", "as CSV"}},
		"xls":                   {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", false, pipeline.CSV, []string{"(.xls)", "as CSV"}},
		"gzip in gzip":          {"\x1f\x8b\x08", false, pipeline.JSON, []string{"gzip once more", "unpack"}},
		"zstd in zstd":          {"\x28\xb5\x2f\xfd", false, pipeline.JSON, []string{"zstd once more", "unpack"}},
		"PDF":                   {"%PDF-1.7", false, pipeline.CSV, []string{"PDF", "export"}},
		"PNG":                   {"\x89PNG\r\n\x1a\n", false, pipeline.CSV, []string{"PNG"}},
		"Parquet for CSV":       {"PAR1\x15\x04", false, pipeline.CSV, []string{"Parquet", "the contract says that it is text"}},
		"CSV for Parquet":       {"a,b\n", false, pipeline.Parquet, []string{"the contract says Parquet", `"a,b"`}},
		"UTF-32":                {"\xff\xfe\x00\x00a\x00\x00\x00", false, pipeline.CSV, []string{"UTF-32", "UTF-8"}},
		"UTF-16 without a mark": {"a\x00,\x00", false, pipeline.CSV, []string{"other byte is NUL", "encoding: utf-16le", "encoding: auto"}},
		"UTF-16 for JSON":       {"[\x00{\x00", false, pipeline.JSON, []string{"other byte is NUL", "encoding: utf-16le"}},
		"HTML":                  {"<!DOCTYPE html>", false, pipeline.CSV, []string{"HTML"}},
		"HTML for Parquet":      {"<!DOCTYPE html>", false, pipeline.Parquet, []string{"the contract says Parquet", "<!DOCTYPE html>"}},
		"HTML after a mark":     {"\xef\xbb\xbf\r\n<Html lang=es>", false, pipeline.JSON, []string{"HTML"}},
		"XML in UTF-16":         {"\xff\xfe<\x00?\x00x\x00m\x00l\x00", false, pipeline.CSV, []string{"XML"}},
		"bzip2":                 {"BZh91AY&SY\x0b\x01", false, pipeline.CSV, []string{"bzip2", "unpack"}},
		"ORC":                   {"ORC\x1a\x03", false, pipeline.CSV, []string{"ORC"}},
		"NUL in the header":     {"abcdef,\x00\n", false, pipeline.CSV, []string{"header on line 1 has a NUL byte"}},
		"Latin-1 in the header": {"a\xf1o\n", false, pipeline.CSV, []string{"header on line 1 is not in the encoding", "contract"}},
		"a header past the head": {
			strings.Repeat("x", 100), true, pipeline.CSV, []string{"does not end within 100 bytes"},
		},
		"a misquoted header":  {"a,\"b\nc,d\n", false, pipeline.CSV, []string{"line 1", "column 2"}},
		"a name twice":        {"a,b, a\n", false, pipeline.CSV, []string{"column a twice", "places 1 and 3"}},
		"a name missing":      {"a,,b\n", false, pipeline.CSV, []string{"column 2", "has no name"}},
		"JSON for CSV":        {` [{"a": 1}]`, false, pipeline.CSV, []string{"looks like JSON", "contract says CSV"}},
		"NDJSON for CSV":      {"{\"a\": 1}\n", false, pipeline.CSV, []string{"looks like JSON"}},
		"CSV for JSON":        {"a,b\n1,2\n", false, pipeline.JSON, []string{`begins with "a,b\n1,2"`, "CSV"}},
		"CSV for NDJSON":      {"a,b\n1,2\n", false, pipeline.NDJSON, []string{`begins with "a,b\n1,2"`, "CSV", "on each line"}},
		"an array for NDJSON": {"[{\"a\": 1}]\n", false, pipeline.NDJSON, []string{"contract says NDJSON", "JSON array", "jq -c '.[]'"}},
		"UTF-16 for NDJSON":   {"{\x00}\x00", false, pipeline.NDJSON, []string{"other byte is NUL", "encoding: utf-16le"}},
		"a text sequence":     {"\x1e{}\n", false, pipeline.JSON, []string{`begins with "\x1e{}"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := split.Probe([]byte(test.head), !test.partial, contract.Source{Format: test.format}, nil)
			checkRefused(t, err, test.want)
		})
	}
}
