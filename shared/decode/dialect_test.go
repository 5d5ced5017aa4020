package decode_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"acequia/shared/charset"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// dialectOf makes any number a dialect, with small bounds.
func dialectOf(n uint32) pipeline.Layout {
	pick := func(choices int) int {
		choice := int(n % uint32(choices))
		n /= uint32(choices)
		return choice
	}
	return pipeline.Layout{
		Format: pipeline.CSV, Delimiter: ",;\t|"[pick(4)], Quote: "\"'"[pick(2)], Escape: "\x00\\"[pick(2)], Comment: "\x00#"[pick(2)],
		TrailingDelimiter: pick(2) == 1, PadShort: pick(2) == 1, Unquoted: pick(6) == 5,
		Encoding:      []string{"", charset.UTF16LE, charset.Windows1252, charset.UTF16BE, charset.Latin1}[pick(5)],
		MaxFieldBytes: 12 - pick(12), MaxRecordBytes: 40 - pick(40),
	}
}

// withHeader gives the file of which text is all but the header, in the layout's encoding, and says in the layout where the
// header is. Where a byte is a character, any text is in the encoding as it stands.
func withHeader(layout *pipeline.Layout, text string) (file string) {
	layout.Header, layout.HeaderText = []string{"a", "b"}, "a"+string(layout.Delimiter)+"b"
	header := inEncoding(layout.Encoding, layout.HeaderText+"\n")
	layout.BodyStart, layout.BodyLine = int64(len(header)), 2
	return header + inEncoding(layout.Encoding, text)
}

func inEncoding(encoding, text string) string {
	endianness := map[string]unicode.Endianness{charset.UTF16LE: unicode.LittleEndian, charset.UTF16BE: unicode.BigEndian}
	order, isUTF16 := endianness[encoding]
	if !isUTF16 {
		return text
	}
	encoded, _ := unicode.UTF16(order, unicode.IgnoreBOM).NewEncoder().String(text) // of any text there is a form
	return encoded
}

// Promise 1, in every dialect and encoding.
func TestChunkSizesDoNotChangeDialects(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layout := dialectOf(rapid.Uint32().Draw(t, "dialect"))
		d, q := string(layout.Delimiter), string(layout.Quote)
		text := draw(t, 30, d, d, q, q+q, q+d, d+q, q+"\n", "\n", "\r\n", "\r", `\`, `\`+q, "#", "\n#"+q, "\na"+d+"b\n", "x", "ñ", "日", "\xff",
			"\x00", "1"+d+"2\n", "1"+d+"2"+d+"\n", "1\n", "1"+d+"2"+d+d+"\n", q+"1"+q+d+q+"2"+q+"\r\n", "long text")
		file := withHeader(&layout, text)
		if rapid.Bool().Draw(t, "odd") {
			file += "\x00"
		}
		checkChunks(t, file, layout, []string{"b", "a", "c"})
	})
}

func TestDialectsOfCSV(t *testing.T) {
	t.Parallel()
	trailing := pipeline.Layout{TrailingDelimiter: true}
	short := pipeline.Layout{PadShort: true}
	both := pipeline.Layout{TrailingDelimiter: true, PadShort: true}
	three := "columns: has 3 fields where the header has 2"
	four := "columns: has 4 fields where the header has 2"
	one := "columns: has 1 field where the header has 2"
	for name, test := range map[string]struct {
		layout    pipeline.Layout
		body      string
		fields    []string
		malformed string
	}{
		"a delimiter behind the last field":      {trailing, "1,2,", []string{"'1", "'2"}, ""},
		"none behind the last field":             {trailing, "1,2", []string{"'1", "'2"}, ""},
		"none behind the last field, it's empty": {trailing, "1,", []string{"'1", "'"}, ""},
		"one behind quotes":                      {trailing, `"1","2",`, []string{"'1", "'2"}, ""},
		"an empty field behind the last":         {trailing, `1,2,""`, []string{"'1", "'2"}, ""},
		"a field behind the last":                {trailing, "1,2,3", nil, three},
		"a field with a blank behind the last":   {trailing, "1,2, ", nil, three},
		"two delimiters behind the last field":   {trailing, "1,2,,", nil, four},
		"too short for a trailing delimiter":     {trailing, "1", nil, one},

		"a field is absent":            {short, "1", []string{"'1", "-"}, ""},
		"an empty one is not absent":   {short, "1,", []string{"'1", "'"}, ""},
		"surplus delimiters":           {short, "1,2,,,", []string{"'1", "'2"}, ""},
		"surplus empty fields":         {short, `1,2,"",`, []string{"'1", "'2"}, ""},
		"surplus":                      {short, "1,2,,3", nil, four},
		"surplus line ends":            {short, "1,2,\"\n\"", nil, three + ", and its quotes make 2 lines one record: is one of them misplaced?"},
		"both: absent":                 {both, "1", []string{"'1", "-"}, ""},
		"both: with trailing":          {both, "1,2,", []string{"'1", "'2"}, ""},
		"both: surplus":                {both, "1,2,,3", nil, four},
		"neither: a delimiter more":    {pipeline.Layout{}, "1,2,", nil, three},
		"neither: a field less":        {pipeline.Layout{}, "1", nil, one},
		"escapes":                      {pipeline.Layout{Escape: '\\'}, `"\"1\"","\\""2\n"`, []string{`'"1"`, `'\"2\n`}, ""},
		"no escapes":                   {pipeline.Layout{}, `1,"\"`, []string{"'1", `'\`}, ""},
		"no quotes":                    {pipeline.Layout{Unquoted: true}, `"1,2"`, []string{`'"1`, `'2"`}, ""},
		"comments and headers":         {pipeline.Layout{Comment: '#'}, "#1\na,b\n1,2\n#\na,b", []string{"'1", "'2"}, ""},
		"a header with a blank behind": {pipeline.Layout{}, "a,b ", []string{"'a", "'b "}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layout := test.layout
			layout.Format, layout.Delimiter = pipeline.CSV, ','
			file := withHeader(&layout, test.body)
			got, _ := checkChunks(t, file, layout, []string{"a", "b"})
			if len(got) != 1 {
				t.Fatalf("%d records: %+v", len(got), got)
			}
			if diff := cmp.Diff(test.fields, got[0].Fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if got[0].Malformed != test.malformed {
				t.Errorf("malformed = %s\nwant        %s", got[0].Malformed, test.malformed)
			}
		})
	}
}

// A contract may read two columns from one place, and a file without a header has its columns from the contract.
func TestANameTwiceIsThatOfTheFirst(t *testing.T) {
	t.Parallel()
	layout := pipeline.Layout{Format: pipeline.CSV, Header: []string{"a", "a"}, BodyLine: 1}
	got := whole(t, "1,2\n", layout, []string{"a", "a"})
	if diff := cmp.Diff([]string{"'1", "'1"}, got[0].Fields); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The golden file shows what becomes of each kind of fault in a file that uses all of a dialect.
func TestGoldenDialect(t *testing.T) {
	t.Parallel()
	const name = "testdata/dialect.csv"
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	layout, err := split.Probe(file, true, contract.Source{Format: pipeline.CSV, Dialect: contract.Dialect{
		Delimiter: ';', Quote: '\'', Escape: '\\', Comment: '#', SkipLines: 2, TrailingDelimiter: true, PadShort: true,
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	records, accepted := checkChunks(t, string(file), layout, []string{"id", "name", "path"})
	if !accepted {
		t.Error("the walk refuses the file")
	}
	checkGolden(t, name+".golden", listing(records))
}
