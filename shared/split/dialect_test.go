package split_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"acequia/shared/charset"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// auto leaves everything to the file.
var auto = contract.Source{
	Format: pipeline.CSV, Detect: contract.Detect{Delimiter: true, Quote: true, Header: true, Encoding: true},
}

// shown gives a layout in a line: delimiter, quote, encoding, header, where the body starts, what was detected.
func shown(l pipeline.Layout) string {
	quote := string(rune(l.Quote))
	if l.Unquoted {
		quote = "none"
	}
	trailing := ""
	if l.TrailingDelimiter {
		trailing = " trailing"
	}
	return fmt.Sprintf("%q %s %s [%s]%s from %d, line %d; %s", l.Delimiter, quote, l.Encoding, strings.Join(l.Header, " "), trailing,
		l.BodyStart, l.BodyLine, strings.Join(l.Detected, " "))
}

func utf16(t *testing.T, text string) string {
	t.Helper()
	s, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Heads as real tools write them.
func TestDialects(t *testing.T) {
	t.Parallel()
	columns := []string{"unidad", "año", "valor"}
	for name, test := range map[string]struct {
		head   string
		source contract.Source
		want   string
	}{
		"Excel in Spain": {
			"sep=;\r\nunidad;a\xf1o;valor\r\nmiles;2026;1.234,5\r\n", auto,
			`';' " windows-1252 [unidad año valor] from 25, line 3; delimiter encoding header quote`,
		},
		"its first line counts whatever the contract says": {
			"\"sep=;\"\nunidad;año;valor\n", contract.Source{Format: pipeline.CSV}, `';' "  [unidad año valor] from 26, line 3; delimiter`,
		},
		"decimal commas": {
			"unidad;año;valor\nmiles;2026;1,5\nmiles;2027;2,5\n", auto, `';' "  [unidad año valor] from 18, line 2; delimiter encoding header quote`,
		},
		"a title above, and a unit": {
			"Población por provincias,,\n\nUnidades: miles,,\nunidad,año,valor\nmiles,2026,3\n", auto,
			`',' "  [unidad año valor] from 65, line 5; delimiter encoding header quote`,
		},
		"a title, skipped": {
			"Población\n\nunidad,año,valor\n",
			contract.Source{Format: pipeline.CSV, Dialect: contract.Dialect{SkipLines: 2}},
			`',' "  [unidad año valor] from 30, line 4; `,
		},
		"SAP, with bars behind the last field": {
			"unidad|año|valor|\nmiles|2026|1.234,56-|\n", auto, `'|' "  [unidad año valor] trailing from 19, line 2; delimiter encoding header quote`,
		},
		"tabs, no quotes": {
			"unidad\taño\tvalor\nmonitor 5\"\t2026\t3\nmiles\t2026\t\"\n", auto,
			`'\t' none  [unidad año valor] from 18, line 2; delimiter encoding header quote`,
		},
		"single quotes": {
			"unidad,año,valor\n'uno, dos',2026,3\n'tres',2026,4\n", auto, `',' '  [unidad año valor] from 18, line 2; delimiter encoding header quote`,
		},
		"no header": {
			"miles;2026;3\nmiles;2027;4\n", auto, `';' "  [unidad año valor] from 0, line 1; delimiter encoding header quote`,
		},
		"no header, says the contract": {
			"miles,2026,3\n",
			contract.Source{Format: pipeline.CSV, Dialect: contract.Dialect{NoHeader: true}},
			`',' "  [unidad año valor] from 0, line 1; `,
		},
		"PowerShell": {
			utf16(t, "unidad,año,valor\r\n\"miles\",\"2026\",\"3\"\r\n"),
			contract.Source{Format: pipeline.CSV},
			`',' " utf-16le [unidad año valor] from 38, line 2; encoding`,
		},
		"UTF-16 without a mark": {
			utf16(t, "unidad,año,valor\r\n")[2:], auto, `',' " utf-16le [unidad año valor] from 36, line 2; delimiter encoding header quote`,
		},
		"a mark of UTF-8 whatever the contract says": {
			"\xef\xbb\xbfunidad,año,valor\n",
			contract.Source{Format: pipeline.CSV, Encoding: charset.Windows1252},
			`',' "  [unidad año valor] from 21, line 2; encoding`,
		},
		"a Mac of old": {"unidad,año,valor\rmiles,2026,3\r", auto, `',' "  [unidad año valor] from 18, line 2; delimiter encoding header quote`},
		"one column":   {"valor\n3\n4\n", auto, `',' "  [valor] from 6, line 2; delimiter encoding header quote`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := split.Probe([]byte(test.head), true, test.source, columns)
			if err != nil {
				t.Fatal(err)
			}
			if shown(got) != test.want {
				t.Errorf("got  %s\nwant %s", shown(got), test.want)
			}
		})
	}
}

func TestDialectsThatAreRefused(t *testing.T) {
	t.Parallel()
	columns := []string{"unidad", "año", "valor"}
	for name, test := range map[string]struct {
		head   string
		source contract.Source
		want   []string
	}{
		"two delimiters fit": {
			"x,y;z\nu,v;w\n", auto, []string{"fit equally well", "delimiter: ','", "delimiter: ';'", "say in the contract"},
		},
		"two headers fit": {
			"unidad,2025,2026\nvalor,7,8\n", auto, []string{"lines 1 and 2", "skipLines"},
		},
		"another delimiter": {
			"unidad;año;valor\nmiles;2026;3\n", contract.Source{Format: pipeline.CSV}, []string{`delimiter: ';'`, "delimiter: auto", "3 columns"},
		},
		"no header, and not as many fields": {"1;2\n", auto, []string{"2 fields", "3 columns", "unidad, año, valor"}},
		"neither UTF-8 nor Windows-1252":    {"unidad,a\x81o,valor\n", auto, []string{"byte 8 (0x81)", "neither UTF-8 nor"}},
		"another encoding":                  {"unidad,a\xf1o,valor\n", contract.Source{Format: pipeline.CSV}, []string{"name its encoding"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := split.Probe([]byte(test.head), true, test.source, columns)
			var refused *pipeline.RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("error = %v", err)
			}
			for _, word := range test.want {
				if !strings.Contains(refused.Reason, word) {
					t.Errorf("reason = %q, want %q in it", refused.Reason, word)
				}
			}
		})
	}
}

// A file in whatever dialect is found to be in it, or refused; it is never read as another.
func TestWhatIsWrittenIsDetected(t *testing.T) {
	t.Parallel()
	columns := []string{"id", "fecha", "descripción", "importe"}
	refused, found := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		delimiter := rapid.SampledFrom([]string{",", ";", "\t", "|"}).Draw(t, "delimiter")
		quote := rapid.SampledFrom([]string{`"`, "'", ""}).Draw(t, "quote")
		rows := [][]string{columns}
		for range rapid.IntRange(2, 30).Draw(t, "rows") {
			rows = append(rows, []string{
				rapid.StringMatching(`[A-Z]{1,3}[0-9]{2,6}`).Draw(t, "id"),
				rapid.StringMatching(`20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9])`).Draw(t, "fecha"),
				rapid.StringMatching(`[A-Za-zñáé]{2,8}( [A-Za-zñáé]{2,8}){0,3}`).Draw(t, "descripción"),
				rapid.StringMatching(`-?[0-9]{1,4}[.,][0-9]{2}`).Draw(t, "importe"),
			})
		}
		file := written(t, rows, delimiter, quote)
		got, err := split.Probe([]byte(file), true, auto, columns)
		if errors.As(err, new(*pipeline.RefusedError)) {
			refused++
			return
		}
		found++
		if err != nil || string(got.Delimiter) != delimiter || !slices.Equal(got.Header, columns) {
			t.Fatalf("%q is read as %s, %v", file, shown(got), err)
		}
	})
	t.Logf("%d found, %d refused", found, refused)
	if refused*20 > found {
		t.Errorf("%d of %d files are refused", refused, refused+found)
	}
}

// written writes rows; what holds the delimiter is quoted, or left out where there are no quotes.
func written(t *rapid.T, rows [][]string, delimiter, quote string) string {
	var b strings.Builder
	all := quote != "" && rapid.Bool().Draw(t, "all quoted")
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteString(delimiter)
			}
			holds := strings.Contains(cell, delimiter)
			switch {
			case quote == "":
				b.WriteString(strings.ReplaceAll(cell, delimiter, ""))
			case all || holds:
				b.WriteString(quote + cell + quote)
			default:
				b.WriteString(cell)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// What shops send in one byte a character is Windows-1252, unless they say otherwise.
func TestEncodingsAreDetected(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := "id,valor\n" + rapid.StringOf(rapid.SampledFrom([]rune("aZ 9ñÑáéíóúü€“”¿¡,\n"))).Draw(t, "text") + "ñ\n"
		encoded, err := charmap.Windows1252.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		for want, head := range map[string]string{"": text, charset.Windows1252: encoded} {
			source := contract.Source{Format: pipeline.CSV, Detect: contract.Detect{Encoding: true}}
			got, err := split.Probe([]byte(head), true, source, nil)
			if err != nil || got.Encoding != want {
				t.Fatalf("%q is %q, %v; want %q", head, got.Encoding, err, want)
			}
		}
	})
}

func FuzzProbe(f *testing.F) {
	for _, head := range []string{
		"sep=;\r\na;b\r\n1;2\r\n", "a,b;c\n1,2;3\n", "# comment\n\na\t'b'\n", "\xff\xfea\x00,\x00b\x00\n\x00", "\"a\nb\",c\n", "a|b|\n1|2|\n", "[{}]",
	} {
		for _, complete := range []bool{false, true} {
			f.Add([]byte(head), complete, byte(0), byte(0xff))
		}
	}
	f.Fuzz(func(t *testing.T, head []byte, complete bool, skip, detect byte) {
		source := contract.Source{
			Format:  pipeline.CSV,
			Dialect: contract.Dialect{SkipLines: int(skip % 4), Comment: '#'},
			Detect:  contract.Detect{Delimiter: detect&1 > 0, Quote: detect&2 > 0, Header: detect&4 > 0, Encoding: detect&8 > 0},
		}
		layout, err := split.Probe(head, complete, source, []string{"a", "b"})
		if err != nil {
			if !errors.As(err, new(*pipeline.RefusedError)) {
				t.Fatal(err)
			}
			return
		}
		if layout.BodyStart < 0 || layout.BodyStart > int64(len(head)) || layout.BodyLine < 1 {
			t.Fatalf("the body starts at byte %d, line %d", layout.BodyStart, layout.BodyLine)
		}
		var size int64
		end, err := split.Walk(strings.NewReader(string(head)), layout, int64(len(head)), 1, split.Mark{}, func(p split.Piece) error {
			size = p.End
			return nil
		})
		if err != nil && !errors.As(err, new(*pipeline.RefusedError)) || err == nil && size != int64(len(head)) {
			t.Fatalf("%+v: walked to %d (%+v), %v", layout, size, end, err)
		}
	})
}
