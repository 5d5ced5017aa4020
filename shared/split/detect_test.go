package split_test

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/charset"
	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// file is a table as some tool writes it.
type file struct {
	delimiter, quote string // quote is empty where there is none
	quoteAll         bool
	lineEnd          string
	titles           []string
	header, trailing bool
	encoding, mark   string
	columns          []string
	rows             [][]string
}

// cells are columns with what people fill them with.
var cells = map[string]*rapid.Generator[string]{
	"id":          rapid.StringMatching(`[1-9][0-9]{0,5}`),
	"código":      rapid.StringMatching(`[A-Z]{2,3}-?[0-9]{2,4}`),
	"fecha":       rapid.StringMatching(`20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9])`),
	"día":         rapid.StringMatching(`(0[1-9]|1[0-9])/(0[1-9]|1[0-2])/20[0-9]{2}`),
	"momento":     rapid.StringMatching(`20[0-9]{2}-0[1-9]-1[0-9]T[01][0-9]:[0-5][0-9]:[0-5][0-9]Z`),
	"importe":     rapid.StringMatching(`-?[0-9]{1,3}\.[0-9]{2}`),
	"precio":      rapid.StringMatching(`-?[0-9]{1,3},[0-9]{2}( €)?`),
	"total":       rapid.StringMatching(`[1-9][0-9]{0,2}(\.[0-9]{3}){0,2},[0-9]{2}`),
	"porcentaje":  rapid.StringMatching(`[0-9]{1,2},[0-9] ?%`),
	"activo":      rapid.SampledFrom([]string{"sí", "no", ""}),
	"correo":      rapid.StringMatching(`[a-z]{3,8}@[a-z]{3,8}\.(es|com)`),
	"nombre":      rapid.StringMatching(`[A-ZÑÁ][a-zñáéó]{2,8}( [A-ZÑÁ][a-zñáéó]{2,8}){0,2}`),
	"descripción": rapid.StringMatching(`[A-Za-zñáé]{2,8}(( |, |; |: |\. | \| | "| '|\n)[A-Za-zñáé]{2,8}){0,4}`),
	"medida":      rapid.StringMatching(`[0-9]{1,2}("|'|,[0-9]"| 1/2")`),
}

var (
	columnNames = slices.Sorted(maps.Keys(cells))
	titles      = []string{"Población por provincias", "", "Unidades: miles, base 2021"}
)

func drawFile(t *rapid.T) file {
	f := file{
		delimiter: rapid.SampledFrom([]string{",", ";", "\t", "|"}).Draw(t, "delimiter"),
		quote:     rapid.SampledFrom([]string{`"`, `"`, "'", ""}).Draw(t, "quote"),
		quoteAll:  rapid.Bool().Draw(t, "quote all"),
		lineEnd:   rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "line end"),
		header:    rapid.IntRange(0, 3).Draw(t, "header") > 0,
		trailing:  rapid.IntRange(0, 5).Draw(t, "trailing") == 0,
		encoding:  rapid.SampledFrom(charset.Names()).Draw(t, "encoding"),
		columns:   rapid.SliceOfNDistinct(rapid.SampledFrom(columnNames), 1, 8, rapid.ID[string]).Draw(t, "columns"),
	}
	if strings.HasPrefix(f.encoding, "utf") {
		f.mark = rapid.SampledFrom([]string{"\ufeff", ""}).Draw(t, "mark")
	}
	if f.header {
		f.titles = rapid.SliceOfN(rapid.SampledFrom(titles), 0, 2).Draw(t, "titles")
	}
	for range rapid.IntRange(1, 30).Draw(t, "rows") {
		var row []string
		for _, name := range f.columns {
			row = append(row, f.fit(cells[name].Draw(t, name)))
		}
		f.rows = append(f.rows, row)
	}
	return f
}

// source is a contract that says how the file is written, or leaves that to it.
func (f file) source(detect contract.Detect) contract.Source {
	s := contract.Source{Format: pipeline.CSV, Detect: detect}
	if !detect.Delimiter {
		s.Dialect.Delimiter = f.delimiter[0]
	}
	if s.Dialect.Unquoted = !detect.Quote && f.quote == ""; !detect.Quote && f.quote != "" {
		s.Dialect.Quote = f.quote[0]
	}
	if !detect.Header {
		s.Dialect.NoHeader, s.Dialect.SkipLines = !f.header, len(f.titles)
	}
	if !detect.Encoding {
		s.Encoding = f.encoding
	}
	return s
}

// fit leaves out of a cell what the file has no way to write.
func (f file) fit(cell string) string {
	if f.quote == "" {
		cell = strings.NewReplacer(f.delimiter, "", "\n", " ").Replace(cell)
	}
	if cell == "" && len(f.columns) == 1 {
		cell = "no"
	}
	if f.encoding == charset.Latin1 {
		cell = strings.ReplaceAll(cell, "€", "")
	}
	return cell
}

func (f file) bytes() []byte {
	var b strings.Builder
	b.WriteString(f.mark)
	for _, title := range f.titles {
		b.WriteString(title + f.lineEnd)
	}
	lines := f.rows
	if f.header {
		lines = slices.Concat([][]string{f.columns}, f.rows)
	}
	for _, row := range lines {
		for i, cell := range row {
			if i > 0 {
				b.WriteString(f.delimiter)
			}
			if f.quote != "" && (f.quoteAll || strings.ContainsAny(cell, f.delimiter+f.quote+"\r\n")) {
				cell = f.quote + strings.ReplaceAll(cell, f.quote, f.quote+f.quote) + f.quote
			}
			b.WriteString(cell)
		}
		if f.trailing {
			b.WriteString(f.delimiter)
		}
		b.WriteString(f.lineEnd)
	}
	return f.text(b.String())
}

// text is a text in the file's encoding.
func (f file) text(text string) []byte {
	set, _ := charset.Find(f.encoding)
	return set.Bytes(text)
}

// rowsOf reads the rows of a file as the layout says.
func rowsOf(t *rapid.T, b []byte, layout pipeline.Layout) (rows [][]string) {
	set, _ := charset.Find(layout.Encoding)
	text := set.Text(b[layout.BodyStart:])
	scanner, err := grammar.NewCSV(layout, layout.BodyStart, layout.BodyLine, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for {
		r, err := scanner.Next(text, true)
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		raw := text[r.Start:r.End]
		row := []string{}
		fields, _ := scanner.Fields()
		for i := range fields.Len() {
			cell, _ := scanner.Unquote(fields.In(raw, i), nil)
			row = append(row, string(cell))
		}
		if last := len(row) - 1; layout.TrailingDelimiter && last == len(layout.Header) && row[last] == "" {
			row = row[:last]
		}
		if r.Fault != grammar.Sound {
			row = []string{"malformed: " + string(raw)}
		}
		rows = append(rows, row)
		text = text[r.Next:]
	}
}

// Whatever a contract says of a file, or leaves to it, it is read as it was written, or refused; it is never read otherwise.
func TestWhatIsWrittenIsDetected(t *testing.T) {
	t.Parallel()
	files, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t)
		detect := contract.Detect{
			Delimiter: rapid.Bool().Draw(t, "detect delimiter"), Quote: rapid.Bool().Draw(t, "detect quote"),
			Header: rapid.Bool().Draw(t, "detect header"), Encoding: rapid.Bool().Draw(t, "detect encoding"),
		}
		b := f.bytes()
		layout, err := split.Probe(b, true, f.source(detect), f.columns)
		files++
		if errors.As(err, new(*pipeline.RefusedError)) && detect != (contract.Detect{}) {
			refused++
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if diff := cmp.Diff(f.rows, rowsOf(t, b, layout)); diff != "" {
			t.Fatalf("%q is read as %s (-written +read):\n%s", b, shown(layout), diff)
		}
	})
	t.Logf("%d of %d files are refused", refused, files)
	if refused*10 > files {
		t.Error("those are too many")
	}
}

// A misquoted record is rejected on its own: it does not hide how all others are written.
func TestAMisquotedRecordDoesNotHideTheQuotes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t)
		f.quoteAll, f.quote, f.trailing, f.titles = true, rapid.SampledFrom([]string{`"`, "'"}).Draw(t, "quote"), false, nil
		f.columns, f.header = append(f.columns, "nota"), true
		for i := range f.rows {
			f.rows[i] = append(f.rows[i], "bien")
		}
		b := append(f.bytes(), f.text(strings.Repeat(f.quote+"a"+f.quote+f.delimiter, len(f.columns)-1)+f.quote+"mal"+f.quote+" escrito"+f.lineEnd)...)
		layout, err := split.Probe(b, true, auto, f.columns)
		if err != nil || string(layout.Delimiter) != f.delimiter || layout.Unquoted || string(layout.Quote) != f.quote {
			t.Fatalf("%q is read as %s, %v", b, shown(layout), err)
		}
	})
}

// Files without a header that drawn ones were like when they were misread.
func TestFewRowsWithoutAHeader(t *testing.T) {
	t.Parallel()
	for head, test := range map[string]struct {
		columns   string
		delimiter byte // 0: left to the file
		want      string
	}{
		"\"AA; AA; AA\"\n": {"id", ';', `';' " utf-8 [id] line 1`},
		"\"11\"\"\"\n\"59,2\"\"\"\n\"1'\"\n\"7 1/2\"\"\"\n": {"id", 0, `',' " utf-8 [id] line 1`},
		"AA, AA;\"0\"\"\"\nAA, AA;\"0,0\"\"\"\n":            {"id valor", 0, `';' " utf-8 [id valor] line 1`},
		"\tAA, AA\n":                                        {"id valor", 0, ""},
		"0\",AA; AA\n":                                      {"id valor", 0, ""},
		"\"A, A\nA\",x\n":                                   {"id valor", ',', ""},
	} {
		source := auto
		source.Dialect.Delimiter, source.Detect.Delimiter = test.delimiter, test.delimiter == 0
		got, err := split.Probe([]byte(head), true, source, strings.Fields(test.columns))
		switch {
		case test.want == "":
			checkRefused(t, err, []string{"fit equally well"})
		case err != nil || shown(got) != test.want:
			t.Errorf("%q is read as %s, %v; want %s", head, shown(got), err, test.want)
		}
	}
}
