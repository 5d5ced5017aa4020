package grammar_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

func TestDialects(t *testing.T) {
	t.Parallel()
	with := func(change func(*pipeline.Layout)) pipeline.Layout {
		layout := dialect
		change(&layout)
		return layout
	}
	tabs := with(func(l *pipeline.Layout) { l.Delimiter, l.Quote = '\t', '\'' })
	unquoted := with(func(l *pipeline.Layout) { l.Unquoted, l.Escape = true, '\\' })
	escape := with(func(l *pipeline.Layout) { l.Escape = '\\' })
	comment := with(func(l *pipeline.Layout) { l.Comment = '#' })
	header := with(func(l *pipeline.Layout) { l.HeaderText = `a,"b"` })
	for name, test := range map[string]struct {
		file   string
		layout pipeline.Layout
		want   []string
	}{
		"other characters": {"'a\tb'\t\"c\"\n", tabs, []string{"0:1 \"'a\\tb'\\t\\\"c\\\"\" a\tb|\"c\""}},

		"no quotes":                       {"\"a,b\"\n\"\n", unquoted, []string{`0:1 "\"a,b\"" "a|b"`, `6:2 "\"" "`}},
		"no quotes, and no escapes":       {`\,"\"` + "\n", unquoted, []string{`0:1 "\\,\"\\\"" \|"\"`}},
		"NUL is no quote":                 {"\x00a\nb\x00\n", unquoted, []string{"0:1 \"\\x00a\" \x00a", "3:2 \"b\\x00\" b\x00"}},
		"too large without quotes":        {"1,123456789\n", unquoted, []string{`0:1 "1,123456789" too large, field 2, byte 10`}},
		"an escaped quote":                {`"a\"b",c`, escape, []string{`0:1 "\"a\\\"b\",c" a"b|c`}},
		"an escaped delimiter":            {`"a\,",c`, escape, []string{`0:1 "\"a\\,\",c" a\,|c`}},
		"an escaped escape":               {`"a\\",c`, escape, []string{`0:1 "\"a\\\\\",c" a\|c`}},
		"an escaped letter":               {`"\n"`, escape, []string{`0:1 "\"\\n\"" \n`}},
		"an escaped line end":             {"\"\\\n\"\nb", escape, []string{"0:1 \"\\\"\\\\\\n\\\"\" \n", `5:3 "b" b`}},
		"an escaped CR of CR LF":          {"\"\\\r\n\"\nb", escape, []string{"0:1 \"\\\"\\\\\\r\\n\\\"\" \r\n", `6:3 "b" b`}},
		"an escaped letter, not ASCII":    {`"\ñ"`, escape, []string{`0:1 "\"\\ñ\"" \ñ`}},
		"doubled where there are escapes": {`"a""b",""""`, escape, []string{`0:1 "\"a\"\"b\",\"\"\"\"" a"b|"`}},
		"an escape outside quotes":        {`\,a\"`, escape, []string{`0:1 "\\,a\\\"" \|a\"`}},
		"an escape behind a quote":        {`"a"\` + "\nb", escape, []string{`0:1 "\"a\"\\" bad quote, field 1, byte 2`, `5:2 "b" b`}},
		"an escape before the end":        {`a,"b\`, escape, []string{`0:1 "a,\"b\\" unclosed, field 2, byte 2`}},
		"an escape keeps a field open":    {"\"C:\\\"\n1\n", escape, []string{`0:1 "\"C:\\\"" unclosed, field 1, byte 0`, `6:2 "1" 1`}},
		"escapes that just fit":           {`"\\\\\\\\"`, escape, []string{`0:1 "\"\\\\\\\\\\\\\\\\\"" \\\\`}},
		"escapes that do not":             {`"\\\\\\\\9"`, escape, []string{`0:1 "\"\\\\\\\\\\\\\\\\9\"" too large, field 1, byte 10`}},

		"comments":                   {"#\"\na\n#b\r\n\n#\n", comment, []string{`3:2 "a" a`}},
		"a comment that is all":      {"#", comment, nil},
		"no comment behind a space":  {" #a\n", comment, []string{`0:1 " #a"  #a`}},
		"no comment in a record":     {"a,#\n\"#\"\n", comment, []string{`0:1 "a,#" a|#`, `4:2 "\"#\"" #`}},
		"no comment between quotes":  {"\"a\n#\"\n", comment, []string{"0:1 \"\\\"a\\n#\\\"\" a\n#"}},
		"a comment behind a fault":   {"\"a\n#b\n", comment, []string{`0:1 "\"a" unclosed, field 1, byte 0`}},
		"no comments in the dialect": {"#a\n", dialect, []string{`0:1 "#a" #a`}},

		"a header again":                {"1,2\na,\"b\"\n3,4\n", header, []string{`0:1 "1,2" 1|2`, `10:3 "3,4" 3|4`}},
		"a header again and again":      {"a,\"b\"\r\na,\"b\"\r\na,\"b\"", header, nil},
		"a header behind a mark":        {"\ufeffa,\"b\"\n1,2\n\ufeff\n", header, []string{`9:2 "1,2" 1|2`, "13:3 \"\\ufeff\" \ufeff"}},
		"not the header byte for byte":  {"a,b\na,\"b\" \n", header, []string{`0:1 "a,b" a|b`, `4:2 "a,\"b\" " bad quote, field 2, byte 4`}},
		"a header in a malformed field": {"\"\na,\"b\"\n", header, []string{`0:1 "\"" unclosed, field 1, byte 0`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, scanCSV(t, test.file, test.layout)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", test.file, diff)
			}
		})
	}
}

func TestDialectsThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, layout := range map[string]pipeline.Layout{
		"delimiter and quote are both '\"'":    {Delimiter: '"'},
		"delimiter and quote are both ';'":     {Delimiter: ';', Quote: ';'},
		"delimiter and escape are both ','":    {Escape: ','},
		"quote and escape are both '\"'":       {Escape: '"'},
		"quote and comment are both '\"'":      {Comment: '"'},
		"delimiter and comment are both ','":   {Comment: ','},
		"escape and comment are both '#'":      {Escape: '#', Comment: '#'},
		"'\\n' cannot be the delimiter":        {Delimiter: '\n'},
		"'\\r' cannot be the quote":            {Quote: '\r'},
		"'\\n' cannot be the escape":           {Escape: '\n'},
		"'\\n' cannot be the comment":          {Comment: '\n'},
		"'§' cannot be the delimiter":          {Delimiter: 0xa7},
		"delimiter and comment are both '\\t'": {Delimiter: '\t', Comment: '\t', Unquoted: true},
	} {
		layout.Format = pipeline.CSV
		_, err := grammar.NewCSV(layout, 0, 1, 0)
		if refused := (*pipeline.RefusedError)(nil); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		} else if !strings.HasPrefix(refused.Reason, name) || !strings.HasSuffix(refused.Reason, "correct the contract") {
			t.Errorf("%s: %s", name, refused.Reason)
		}
	}
	// Where there are no quotes, there are no escapes, and the contract's are of no account.
	if _, err := grammar.NewCSV(pipeline.Layout{Format: pipeline.CSV, Unquoted: true, Quote: ',', Escape: ','}, 0, 1, 0); err != nil {
		t.Error(err)
	}
}

// Lines that are no records are dropped as they come by, however long they are and however many there are.
func TestLinesThatAreNoRecordsTakeNoMemory(t *testing.T) { //nolint:paralleltest // It counts what is allocated meanwhile.
	layout := pipeline.Layout{Format: pipeline.CSV, Comment: '#', HeaderText: "a,b"}
	for name, line := range map[string]string{
		"a comment without end": "#\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"comments":              "#\"\r\n",
		"headers":               "a,b\n",
		"blank lines":           "\n\r\r\n",
	} {
		s, err := grammar.NewCSV(layout, 0, 1, 2)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		window := make([]byte, 0, 1<<10)
		for range 10_000 {
			window = append(window, line...)
			r, err := s.Next(window, false)
			if !errors.Is(err, grammar.ErrMore) || len(window)-r.Next > 4 {
				t.Fatalf("%s: record %+v, %v, and %d bytes are left", name, r, err, len(window)-r.Next)
			}
			window = append(window[:0], window[r.Next:]...)
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 64<<10 {
			t.Errorf("%s take %d bytes of memory", name, got)
		}
	}
}
