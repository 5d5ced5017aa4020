package rejects_test

import (
	"bytes"
	"strings"
	"testing"

	"acequia/shared/charset"
	"acequia/shared/pipeline"
	"acequia/shared/rejects"
)

// file gives what is written of the records, each for the reasons beside it, and how the last of them was written.
func file(t testing.TB, layout pipeline.Layout, head string, records ...[]string) (string, rejects.Written) {
	t.Helper()
	var w, last bytes.Buffer
	f, err := rejects.New(&w, &last, layout, []byte(head))
	if err != nil {
		t.Fatal(err)
	}
	var written rejects.Written
	for _, r := range records {
		if written, err = f.Add(because(r[1:]...), []byte(r[0])); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return w.String() + last.String(), written
}

func because(reasons ...string) (r pipeline.Reject) {
	for _, reason := range reasons {
		r.Failures = append(r.Failures, pipeline.Failure{Reason: reason})
	}
	return r
}

// header is the layout of a file whose records begin behind the header, which is the end of head.
func header(head, text string, change ...func(*pipeline.Layout)) pipeline.Layout {
	layout := pipeline.Layout{
		Format: pipeline.CSV, Delimiter: ',', Quote: '"', Header: strings.Split(text, ","), HeaderText: text, BodyStart: int64(len(head)),
	}
	for _, c := range change {
		c(&layout)
	}
	return layout
}

func TestCSV(t *testing.T) {
	t.Parallel()
	unquoted := func(l *pipeline.Layout) { l.Unquoted, l.Quote, l.Comment = true, 0, '#' }
	for name, test := range map[string]struct {
		head, header string
		change       func(*pipeline.Layout)
		records      [][]string
		want         string
	}{
		"nothing": {"a,b\n", "a,b", nil, nil, "_reject_reason,a,b\n"},
		"each beside its reason": {
			"a,b\n", "a,b", nil,
			[][]string{{"1,2", "a is odd"}, {"3,4,5", "too many"}, {"6", "too few"}},
			"_reject_reason,a,b\na is odd,1,2\ntoo many,3,4,5\ntoo few,6\n",
		},
		"all reasons":        {"a\n", "a", nil, [][]string{{"1", "one", "two, three"}, {"2"}}, "_reject_reason,a\n\"one; two, three\",1\n,2\n"},
		"byte order mark":    {"\xef\xbb\xbfa\n", "a", nil, [][]string{{"1", "x"}}, "\xef\xbb\xbf_reject_reason,a\nx,1\n"},
		"junk lines":         {"Sales\n\n# a\na\n", "a", nil, [][]string{{"1", "x"}}, "Sales\n\n# a\n_reject_reason,a\nx,1\n"},
		"Windows line ends":  {"a\r\n", "a", nil, [][]string{{"1", "x"}}, "_reject_reason,a\r\nx,1\r\n"},
		"old Mac line ends":  {"a\r", "a", nil, [][]string{{"1", "x"}}, "_reject_reason,a\rx,1\r"},
		"quotes in a reason": {"a\n", "a", nil, [][]string{{"1", `"n" is none`}}, "_reject_reason,a\n\"\"\"n\"\" is none\",1\n"},
		"line ends in a reason": {
			"a\n", "a", nil, [][]string{{"1", " two\r\nlines\u2028and a tab\t"}}, "_reject_reason,a\ntwo  lines and a tab,1\n",
		},
		"formulas": {
			"a\n", "a", nil,
			[][]string{{"=1", "=1+1"}, {"+", "+1"}, {"-", "-1"}, {"@", "@x"}, {"1", "\t=x"}, {"2", "\r-1"}, {"3", "a=1"}},
			"_reject_reason,a\n'=1+1,=1\n'+1,+\n'-1,-\n'@x,@\n'=x,1\n'-1,2\na=1,3\n",
		},
		"another dialect": {
			"a;b\n", "a;b", func(l *pipeline.Layout) { l.Delimiter, l.Quote, l.Escape = ';', '\'', '\\' },
			[][]string{{"1;2", `o'clock \ x`, "and"}},
			"_reject_reason;a;b\n'o''clock \\\\ x; and';1;2\n",
		},
		"no quotes": {
			"a,b\n", "a,b", unquoted,
			[][]string{{"1,2", "# one, two"}, {`"3,4`, `say "x"`}},
			"_reject_reason,a,b\n  one  two,1,2\nsay \"x\",\"3,4\n",
		},
		"no quotes, and spaces between fields": {
			"a b\n", "a b", func(l *pipeline.Layout) { l.Unquoted, l.Delimiter = true, ' ' },
			[][]string{{"1 2", "not a number"}},
			"_reject_reason a b\nnot_a_number 1 2\n",
		},
		"a comment's mark": {
			"a\n", "a", func(l *pipeline.Layout) { l.Comment = '#' }, [][]string{{"1", "# is none"}}, "_reject_reason,a\n\"# is none\",1\n",
		},
		"a reason that is too long": {
			"a\n", "a", func(l *pipeline.Layout) { l.MaxFieldBytes = 40 },
			[][]string{{"1", strings.Repeat("ñ", 30)}},
			"_reject_reason,a\n" + strings.Repeat("ñ", 8) + "...,1\n",
		},
		"open quotes stand last": {
			"a,b\n", "a,b", nil,
			[][]string{{"1,\"x", "open"}, {"2,\"y\"z", "bad"}, {"3,\"\n\"", "x"}, {"\"", "open too"}},
			"_reject_reason,a,b\nbad,2,\"y\"z\nx,3,\"\n\"\nopen,1,\"x\nopen too,\"\n",
		},
		"one fault hides an open quote": {
			"a,b\n", "a,b", func(l *pipeline.Layout) { l.MaxFieldBytes = 8 },
			[][]string{{"123456789,\"", "big"}, {"1", "x"}},
			"_reject_reason,a,b\nx,1\nbig,123456789,\"\n",
		},
		"what the reason makes too large stands last": {
			"a,b\n", "a,b", func(l *pipeline.Layout) { l.MaxRecordBytes = 14 },
			[][]string{{"1,\"\n45678901\"", "reason"}, {"1", "reason"}, {"2,\"\n\"", "x"}},
			"_reject_reason,a,b\nreason,1\nx,2,\"\n\"\nreason,1,\"\n45678901\"\n",
		},
		"rejected again": {
			"_reject_reason,a\n", "_reject_reason,a", nil,
			[][]string{{"old,1", "new"}, {`"old, ""x""",2`, "new"}, {",3", "new"}, {"4", "too few"}, {`"5"6,7`, "bad quote"}},
			"_reject_reason,a\nnew,1\nnew,2\nnew,3\ntoo few,4\nbad quote,\"5\"6,7\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layout := header(test.head, test.header)
			if test.change != nil {
				test.change(&layout)
			}
			got, written := file(t, layout, test.head, test.records...)
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if len(test.records) > 0 && !written.Told {
				t.Error("the reason was not written")
			}
		})
	}
}

func TestReasonsThatHaveNoPlace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		head   string
		layout pipeline.Layout
		want   string
	}{
		"no header": {"\xef\xbb\xbf1,2\r\n3,4\r\n", pipeline.Layout{Format: pipeline.CSV, Header: []string{"a", "b"}, BodyStart: 3}, "\xef\xbb\xbf3,4\r\n"},
		"another place": {
			"a,_reject_reason\n1,old\n", header("a,_reject_reason\n", "a,_reject_reason"), "a,_reject_reason\n3,4\n",
		},
	} {
		if got, written := file(t, test.layout, test.head, []string{"3,4", "x"}); got != test.want || written.Told {
			t.Errorf("%s: %q, %+v; want %q", name, got, written, test.want)
		}
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	for _, name := range charset.Names() {
		set, _ := charset.Find(name)
		mark := ""
		if name == charset.UTF16LE || name == charset.UTF16BE {
			mark = "\ufeff"
		}
		head := string(set.Bytes(mark + "año,b\r\n"))
		layout := header(head, "año,b", func(l *pipeline.Layout) { l.Encoding = name })
		got, _ := file(t, layout, head, []string{string(set.Bytes("ñ,2")), "ñ is no year, \u2028and ☹ none at all"})
		face := "☹"
		if name == charset.Latin1 || name == charset.Windows1252 {
			face = "?"
		}
		want := mark + "_reject_reason,año,b\r\n\"ñ is no year,  and " + face + " none at all\",ñ,2\r\n"
		if text := string(set.Text([]byte(got))); text != want {
			t.Errorf("%s: %q, want %q", name, text, want)
		}
	}
}

// Half a code unit can only stand at an object's end, and may do no harm elsewhere.
func TestHalfACodeUnitStandsLast(t *testing.T) {
	t.Parallel()
	set, _ := charset.Find(charset.UTF16LE)
	head := string(set.Bytes("a\n"))
	layout := header(head, "a", func(l *pipeline.Layout) { l.Encoding = charset.UTF16LE })
	if _, written := file(t, layout, head, []string{"1\x00x", "cut"}); !written.Apart {
		t.Error("it stands among the others")
	}
}

func TestPlansThatDoNotFit(t *testing.T) {
	t.Parallel()
	for name, layout := range map[string]pipeline.Layout{
		"there are 4 bytes": {Format: pipeline.CSV, BodyStart: 5},
		`"ebcdic"`:          {Format: pipeline.CSV, Encoding: "ebcdic"},
		`"xml"`:             {Format: "xml"},
		"are both":          {Format: pipeline.CSV, Delimiter: '"'},
		`"x,y"`:             {Format: pipeline.CSV, HeaderText: "x,y", BodyStart: 4},
	} {
		f, err := rejects.New(&bytes.Buffer{}, &bytes.Buffer{}, layout, []byte("a,b\n"))
		if err == nil {
			err = f.Close()
		}
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
