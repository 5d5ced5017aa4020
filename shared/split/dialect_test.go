package split_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"acequia/shared/charset"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// auto leaves everything to the file, csv nothing but what is usual.
var (
	auto = contract.Source{
		Format: pipeline.CSV, Detect: contract.Detect{Delimiter: true, Quote: true, Header: true, Encoding: true},
	}
	csv = contract.Source{Format: pipeline.CSV}
)

// columns are those of the contract in most tests.
var columns = []string{"unidad", "año", "valor"}

// written is a source whose contract says how CSV is written.
func written(d contract.Dialect) contract.Source {
	return contract.Source{Format: pipeline.CSV, Dialect: d}
}

// padded leaves the dialect to a file whose rows may be short.
var padded = contract.Source{
	Format: pipeline.CSV, Dialect: contract.Dialect{PadShort: true}, Detect: contract.Detect{Delimiter: true, Quote: true},
}

// shown gives a layout in a line: delimiter, quote, encoding, header, and the line on which the body starts.
func shown(l pipeline.Layout) string {
	quote, encoding, trailing := string(rune(l.Quote)), l.Encoding, ""
	if l.Unquoted {
		quote = "none"
	}
	if encoding == "" {
		encoding = charset.UTF8
	}
	if l.TrailingDelimiter {
		trailing = " trailing"
	}
	return fmt.Sprintf("%q %s %s [%s]%s line %d", l.Delimiter, quote, encoding, strings.Join(l.Header, " "), trailing, l.BodyLine)
}

// in is a text in the given encoding.
func in(t *testing.T, encoding, text string) string {
	t.Helper()
	set, known := charset.Find(encoding)
	if !known {
		t.Fatal(encoding)
	}
	return string(set.Bytes(text))
}

// Heads as real tools write them. The body is what stands behind the bar "¦", which is not in the file.
func TestDialects(t *testing.T) {
	t.Parallel()
	const everything = "delimiter encoding header quote"
	for name, test := range map[string]struct {
		head     string
		encoding string
		source   contract.Source
		want     string
		detected string
	}{
		"Excel in Spain": {
			"sep=;\r\nunidad;año;valor\r\n¦miles;2026;1.234,5\r\n", charset.Windows1252, auto,
			`';' " windows-1252 [unidad año valor] line 3`, everything,
		},
		"Excel, whatever the contract says": {
			"\"sep=;\"\nunidad;año;valor\n¦miles;2026;3\n", charset.UTF8, csv, `';' " utf-8 [unidad año valor] line 3`, "delimiter",
		},
		"Excel, with what it would be anyway": {
			"sep=,\nunidad,año,valor\n¦miles,2026,3\n", charset.UTF8, auto, `',' " utf-8 [unidad año valor] line 3`, everything,
		},
		"Excel, Unicode text": {
			"\ufeffunidad\taño\tvalor\r\n¦miles\t2026\t\"1,5\"\r\n", charset.UTF16LE, auto, `'\t' " utf-16le [unidad año valor] line 2`, everything,
		},
		"SAP, with bars behind the last field": {
			"unidad|año|valor|\n¦miles|2026|1.234,56-|\nuds|2026|12,00 |\n", charset.Latin1, auto,
			`'|' " windows-1252 [unidad año valor] trailing line 2`, everything,
		},
		"a Mac of old": {"unidad,año,valor\r¦miles,2026,3\r", charset.UTF8, auto, `',' " utf-8 [unidad año valor] line 2`, everything},
		"pandas": {
			"unidad,año,valor\n¦\"miles, \"\"netos\"\"\",2026,1.5\nuds,2027,\n", charset.UTF8, csv, `',' " utf-8 [unidad año valor] line 2`, "",
		},
		"MySQL": {
			"\"unidad\",\"año\",\"valor\"\n¦\"dice \\\"miles\\\"\",\"2026\",\"3\"\n\"x\",\"2027\",\\N\n", charset.UTF8,
			contract.Source{
				Format: pipeline.CSV, Dialect: contract.Dialect{Escape: '\\'}, Detect: contract.Detect{Delimiter: true, Quote: true},
			},
			`',' " utf-8 [unidad año valor] line 2`, "delimiter quote",
		},
		"PowerShell": {
			"\ufeff#TYPE Selected.System.IO.FileInfo\r\n\"unidad\",\"año\",\"valor\"\r\n¦\"miles\",\"2026\",\"3\"\r\n", charset.UTF16LE,
			written(contract.Dialect{Comment: '#'}), `',' " utf-16le [unidad año valor] line 3`, "encoding",
		},
		"PowerShell, left to the file": {
			"\ufeff#TYPE Selected.System.IO.FileInfo\r\n\"unidad\",\"año\",\"valor\"\r\n¦\"miles\",\"2026\",\"3\"\r\n", charset.UTF16LE, auto,
			`',' " utf-16le [unidad año valor] line 3`, everything,
		},
		"Google Sheets": {
			"unidad,año,valor\r\n¦miles,2026,\"1.234,50 €\"\r\n\"a\nb\",2026,\"2,00 €\"\r\n", charset.UTF8, auto,
			`',' " utf-8 [unidad año valor] line 2`, everything,
		},
		"R, write.csv2": {
			"\"unidad\";\"año\";\"valor\"\n¦\"miles\";2026;1,5\n\"uds\";2026;NA\n", charset.UTF8, auto, `';' " utf-8 [unidad año valor] line 2`, everything,
		},
		"a statistics office": {
			"Población residente por provincias, sexo y edad\n\nUnidades: miles de personas\nunidad;año;valor\n" +
				"¦Total;2026;47.385,1\nAlbacete;2026;388,3\nFuente: Instituto Nacional de Estadística\n", charset.Windows1252, auto,
			`';' " windows-1252 [unidad año valor] line 5`, everything,
		},
		"a city's open data": {
			"\ufeff\"unidad\";\"año\";\"valor\";\r\n¦\"CALLE MAYOR, 3; BAJO\";\"2026\";\"3\";\r\n", charset.UTF8, auto,
			`';' " utf-8 [unidad año valor] trailing line 2`, everything,
		},
		"a title in a spreadsheet, and a unit": {
			"Población por provincias,,\n\nUnidades: miles,,\nunidad,año,valor\n¦miles,2026,3\n", charset.UTF8, auto,
			`',' " utf-8 [unidad año valor] line 5`, everything,
		},
		"decimal commas": {
			"unidad;año;valor\n¦miles;2026;1,5\nmiles;2027;2,5\n", charset.UTF8, auto, `';' " utf-8 [unidad año valor] line 2`, everything,
		},
		"decimal commas in a single column": {
			"valor\n¦1,5\n2,5\n-0,25\n", charset.UTF8, auto, `';' " utf-8 [valor] line 2`, everything,
		},
		"decimal commas, no header": {
			"¦1,5;2,5;3,5\n4,5;5,5;6,5\n", charset.UTF8, auto, `';' " utf-8 [unidad año valor] line 1`, everything,
		},
		"decimal commas that make as many fields": {
			"¦Lugo;1,5;2,5\nVigo;4,5;5,5\n", charset.UTF8, auto, `';' " utf-8 [unidad año valor] line 1`, everything,
		},
		"comments that begin with what may be a quote": {
			"' Población\nunidad,año,valor\n¦miles,2026,3\n", charset.UTF8,
			contract.Source{Format: pipeline.CSV, Dialect: contract.Dialect{Comment: '\''}, Detect: contract.Detect{Quote: true}},
			`',' " utf-8 [unidad año valor] line 3`, "quote",
		},
		"fields tell where types do not": {
			"¦x, y;5\";a, b\nx, y;5\";a, b, c\n", charset.UTF8, auto, `';' " utf-8 [unidad año valor] line 1`, everything,
		},
		"a title, skipped": {
			"Población\n\nunidad,año,valor\n¦", charset.UTF8, written(contract.Dialect{SkipLines: 2}), `',' " utf-8 [unidad año valor] line 4`, "",
		},
		"Excel's line is one of those skipped": {
			"sep=;\nPoblación\nunidad;año;valor\n¦", charset.UTF8, written(contract.Dialect{SkipLines: 2}),
			`';' " utf-8 [unidad año valor] line 4`, "delimiter",
		},
		"comments and blank lines": {
			"\n# Población\n\r\n# 2026\nunidad,año,valor\n¦# no\nmiles,2026,3\n", charset.UTF8, written(contract.Dialect{Comment: '#'}),
			`',' " utf-8 [unidad año valor] line 6`, "",
		},
		"comments that begin with what may be a delimiter": {
			"; Población\nunidad,año,valor\n¦miles,2026,3\n", charset.UTF8,
			contract.Source{Format: pipeline.CSV, Dialect: contract.Dialect{Comment: ';'}, Detect: contract.Detect{Delimiter: true}},
			`',' " utf-8 [unidad año valor] line 3`, "delimiter",
		},
		"tabs, no quotes": {
			"unidad\taño\tvalor\n¦monitor 5\"\t2026\t3\nmiles\t2026\t\"\n", charset.UTF8, auto, `'\t' none utf-8 [unidad año valor] line 2`, everything,
		},
		"short rows, and quotes that join lines": {
			"unidad;año;valor\n¦a;2026;3\nb;\"c\nd\";4\ne;2026\n", charset.UTF8, padded,
			`';' " utf-8 [unidad año valor] line 2`, "delimiter quote",
		},
		"single quotes": {
			"unidad,año,valor\n¦'uno, dos',2026,3\n'tres',2026,4\n", charset.UTF8, auto, `',' ' utf-8 [unidad año valor] line 2`, everything,
		},
		"quotes tell where types do not": {
			"unidad,año,valor\n¦\"5 1/2\"\"\",2026,3\n4',2027,3\n", charset.UTF8, auto, `',' " utf-8 [unidad año valor] line 2`, everything,
		},
		"texts with lines that look like rows": {
			"unidad,valor\n¦\"a, b\nc, d\ne, f\ng, h\ni, j\nk, l\",1\n", charset.UTF8, auto, `',' " utf-8 [unidad valor] line 2`, everything,
		},
		"an escape that may be a quote": {
			"unidad,año,valor\n¦'uno, ''dos''',2026,3\n", charset.UTF8,
			contract.Source{Format: pipeline.CSV, Dialect: contract.Dialect{Escape: '\''}, Detect: contract.Detect{Quote: true}},
			`',' ' utf-8 [unidad año valor] line 2`, "quote",
		},
		"no header": {
			"¦miles;2026;3\nmiles;2027;4\n", charset.UTF8, auto, `';' " utf-8 [unidad año valor] line 1`, everything,
		},
		"no header, and delimiters behind the last field": {
			"¦miles;2026;3;\nmiles;2027;4;\n", charset.UTF8, auto, `';' " utf-8 [unidad año valor] trailing line 1`, everything,
		},
		"no header, says the contract": {
			"¦miles,2026,3\n", charset.UTF8, written(contract.Dialect{NoHeader: true}), `',' " utf-8 [unidad año valor] line 1`, "",
		},
		"ragged rows": {
			"unidad,año,valor\n¦miles\nmiles,2026\nmiles,2026,3\n", charset.UTF8,
			contract.Source{Format: pipeline.CSV, Dialect: contract.Dialect{PadShort: true}, Detect: auto.Detect},
			`',' " utf-8 [unidad año valor] line 2`, everything,
		},
		"a single column": {"valor\n¦3\n4\n", charset.UTF8, auto, `',' " utf-8 [valor] line 2`, everything},
		"nothing but a header": {
			"unidad;año;valor\n¦", charset.UTF8, auto, `';' " utf-8 [unidad año valor] line 2`, everything,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, body, _ := strings.Cut(test.head, "¦")
			start, head := len(in(t, test.encoding, before)), in(t, test.encoding, before+body)
			got, err := split.Probe([]byte(head), true, test.source, columns)
			if err != nil {
				t.Fatal(err)
			}
			if shown(got) != test.want || got.BodyStart != int64(start) || strings.Join(got.Detected, " ") != test.detected {
				t.Errorf("got  %s, byte %d, %q\nwant %s, byte %d, %s", shown(got), got.BodyStart, got.Detected, test.want, start, test.detected)
			}
			if want := lastLine(before); got.HeaderText != want {
				t.Errorf("the header's text is %q, want %q", got.HeaderText, want)
			}
		})
	}
}

// lastLine gives the last line of a text that ends with a line end.
func lastLine(text string) string {
	text = strings.TrimRight(strings.TrimPrefix(text, "\ufeff"), "\r\n")
	return text[strings.LastIndexAny(text, "\r\n")+1:]
}

func TestDialectsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		head   string
		source contract.Source
		want   []string
	}{
		"two delimiters fit": {
			"x,y;z\nu,v;w\n", auto, []string{"fit equally well", `say in the contract delimiter: ",", or delimiter: ";"`},
		},
		"types tell too little": {"1;2;3,4,5\n", auto, []string{"fit equally well", `delimiter: ",", or delimiter: ";"`}},
		"types are too few":     {"0\",AA; BB,CC;DD\n", auto, []string{"fit equally well", `delimiter: ",", or delimiter: ";"`}},
		"nothing but the quotes tells where a record ends": {
			"valor\n\"a\nb\"\nc\n", auto, []string{"fit equally well", `quote: "\"", or quote: none`},
		},
		"another delimiter": {
			"unidad;año;valor\nmiles;2026;3\n", csv,
			[]string{"line 1 has one field and names 0", `delimiter: ";" it has 3 fields and names 3`, "or delimiter: auto"},
		},
		"another quote": {
			"'unidad','año','valor'\n'miles','2026','3'\n", csv, []string{`with quote: "'" it has 3 fields and names 3`, "or quote: auto"},
		},
		"quotes where there should be none": {
			"\"unidad\",\"año\",\"valor\"\n", written(contract.Dialect{Unquoted: true}), []string{`with quote: "\"" it has`, "or quote: auto"},
		},
		"another delimiter and another quote": {
			"'unidad';'año';'valor'\n'miles';'2026';'3'\n", csv, []string{`delimiter: ";" and quote: "'"`, "or delimiter: auto and quote: auto"},
		},
		"another delimiter, no header": {
			"miles;2026;3\n", written(contract.Dialect{NoHeader: true}), []string{"one field", `with delimiter: ";"`, "3 columns"},
		},
		"another delimiter below a title": {
			"Población\nunidad;año;valor\nmiles;2026;3\n",
			contract.Source{Format: pipeline.CSV, Detect: contract.Detect{Header: true}},
			[]string{"line 2", `with delimiter: ";"`},
		},
		"an index of pandas": {",unidad,año,valor\n0,miles,2026,3\n", csv, []string{"column 1 of the header's 4 has no name"}},
		"fewer lines than are skipped": {
			"Población\nunidad,año,valor", written(contract.Dialect{SkipLines: 2}), []string{"to skip 2", "no more than 2"},
		},
		"fewer lines than are skipped, no header": {
			"miles,2026,3\n", written(contract.Dialect{SkipLines: 2, NoHeader: true}), []string{"to skip 2", "no more than 2"},
		},
		"nothing but comments": {
			"# no\n# none\n", written(contract.Dialect{Comment: '#'}), []string{"no header", "nothing but comments"},
		},
		"too many columns": {strings.Repeat(",", 1<<17), csv, []string{"more than 131072 columns"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := split.Probe([]byte(test.head), true, test.source, columns)
			checkRefused(t, err, test.want)
		})
	}
}

// checkRefused sees to it that err refuses the file, and says so in these words.
func checkRefused(t *testing.T, err error, words []string) {
	t.Helper()
	var refused *pipeline.RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("error = %v", err)
	}
	for _, word := range words {
		if !strings.Contains(refused.Reason, word) {
			t.Errorf("reason = %q, want %q in it", refused.Reason, word)
		}
	}
}
