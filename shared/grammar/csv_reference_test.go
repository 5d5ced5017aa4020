package grammar_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// reference is the state machine of doc.go, a byte at a time over a whole text: slow, and plain enough to be believed. It is what
// the scanner is compared with.
type reference struct {
	pipeline.Layout
	text string

	// The record at hand: where it starts and ends, its fields, what the one at hand stands for and where that begins; and in fault
	// what is wrong with the record.
	start, end int
	fields     []string
	value      []byte
	field      int
	fault      grammar.Record
	// steps counts the bytes that the machine has met, those that it has met twice as two.
	steps int
}

// referenceRecord is a record with what its fields stand for.
type referenceRecord struct {
	grammar.Record
	raw    string
	fields []string
}

func newReference(text string, layout pipeline.Layout) *reference {
	return &reference{Layout: grammar.WithDefaults(layout), text: text}
}

// records gives the records of the text.
func (m *reference) records() (records []referenceRecord) {
	line := int64(1)
	for at := 0; at < len(m.text); {
		end, isRecord := m.line(at)
		if isRecord {
			end = m.record(at)
		}
		next := end + m.lineEnd(end)
		if raw := m.text[at:end]; isRecord && !m.repeatsHeader(raw) {
			r := m.fault
			r.Start, r.End, r.Next, r.Offset, r.Line = at, end, next, int64(at), line
			if r.Fault != grammar.Sound {
				m.fields = nil
			}
			records = append(records, referenceRecord{r, raw, m.fields})
		}
		line += grammar.CountLines([]byte(m.text[at:next]))
		at = next
	}
	return records
}

func (m *reference) repeatsHeader(raw string) bool {
	return m.HeaderText != "" && (raw == m.HeaderText || raw == "\ufeff"+m.HeaderText)
}

// line gives the end of the line that starts at at, and whether it begins a record.
func (m *reference) line(at int) (end int, isRecord bool) {
	for end = at; end < len(m.text) && m.lineEnd(end) == 0; end++ {
	}
	return end, end > at && (m.Comment == 0 || m.text[at] != m.Comment)
}

// lineEnd gives the length of the line end at at, or 0.
func (m *reference) lineEnd(at int) int {
	rest := m.text[at:]
	switch {
	case strings.HasPrefix(rest, "\r\n"):
		return 2
	case strings.HasPrefix(rest, "\r"), strings.HasPrefix(rest, "\n"):
		return 1
	default:
		return 0
	}
}

// state is what the machine does with a byte, or with the end of the file. It gives the next state, nil at the record's end.
type state func(m *reference, at int) state

// record runs the machine from the start of a record to its end.
func (m *reference) record(start int) (end int) {
	m.start, m.fields, m.value, m.fault = start, nil, nil, grammar.Record{}
	next := state((*reference).begin)
	for at := start; next != nil; at++ {
		next = next(m, at)
		m.steps++
	}
	if m.end-start > m.MaxRecordBytes {
		m.broken(grammar.TooLarge, start+m.MaxRecordBytes, 0)
	}
	return m.end
}

func (m *reference) begin(at int) state {
	m.field = at
	if at < len(m.text) && !m.Unquoted && m.text[at] == m.Quote {
		return (*reference).quoted
	}
	return m.plain(at)
}

func (m *reference) plain(at int) state {
	if m.ends(at) {
		if at-m.field > m.MaxFieldBytes {
			m.broken(grammar.TooLarge, m.field+m.MaxFieldBytes, len(m.fields)+1)
		}
		return m.close(at)
	}
	m.value = append(m.value, m.text[at])
	return (*reference).plain
}

func (m *reference) quoted(at int) state {
	switch {
	case at >= min(m.field+m.MaxFieldBytes+2, m.start+m.MaxRecordBytes):
		return m.malformed(grammar.TooLarge, at)
	case at == len(m.text):
		return m.malformed(grammar.Unclosed, at)
	case m.text[at] == m.Quote:
		return (*reference).afterQuote
	case m.Escape != 0 && m.text[at] == m.Escape:
		return (*reference).afterEscape
	}
	m.value = append(m.value, m.text[at])
	return (*reference).quoted
}

func (m *reference) afterQuote(at int) state {
	switch {
	case m.ends(at):
		return m.close(at)
	case m.text[at] == m.Quote:
		m.value = append(m.value, m.text[at])
		return (*reference).quoted
	default:
		return m.malformed(grammar.BadQuote, at-1)
	}
}

func (m *reference) afterEscape(at int) state {
	if at == len(m.text) {
		return m.malformed(grammar.Unclosed, at)
	}
	if c := m.text[at]; c != m.Quote && c != m.Escape && c != '\n' && c != '\r' {
		m.value = append(m.value, m.Escape)
	}
	m.value = append(m.value, m.text[at])
	return (*reference).quoted
}

// ends tells whether a field may end at at: at a delimiter, a line end or the end of the file.
func (m *reference) ends(at int) bool {
	return at == len(m.text) || m.text[at] == m.Delimiter || m.lineEnd(at) > 0
}

// close ends a field, and the record unless a delimiter follows.
func (m *reference) close(at int) state {
	m.fields = append(m.fields, string(m.value))
	m.value = nil
	if at < len(m.text) && m.text[at] == m.Delimiter {
		return (*reference).begin
	}
	m.end = at
	return nil
}

// malformed ends a record in a quoted field: with the line that the field begins on.
func (m *reference) malformed(fault grammar.Fault, at int) state {
	m.end, _ = m.line(m.field)
	if at >= m.end {
		fault, at = grammar.Unclosed, m.field
	}
	m.broken(fault, at, len(m.fields)+1)
	return nil
}

// broken keeps the first fault.
func (m *reference) broken(fault grammar.Fault, at, field int) {
	if m.fault.Fault == grammar.Sound {
		m.fault.Fault, m.fault.FaultAt, m.fault.Field = fault, at-m.start, field
	}
}

// scanned is what a scanner makes of a text that it sees through windows which grow by step bytes whenever it asks for more.
func scanned(t tester, text string, layout pipeline.Layout, keepFields, step int) (records []referenceRecord) {
	s, err := grammar.NewCSV(layout, 0, 1, keepFields)
	if err != nil {
		t.Fatal(err)
	}
	rest, passed := []byte(text), 0
	for n := min(step, len(rest)); ; {
		r, err := s.Next(rest[:n:n], n == len(rest))
		if err == nil {
			records = append(records, keep(s, r, rest[r.Start:r.End], passed))
		}
		rest, n, passed = rest[r.Next:], n-r.Next, passed+r.Next
		switch {
		case errors.Is(err, grammar.ErrMore) && n < len(rest):
			n = min(n+step, len(rest))
		case err != nil:
			if len(rest) > 0 {
				t.Fatalf("%v, before %q", err, rest)
			}
			return records
		}
	}
}

// keep makes a record that can be kept, with places in the text and not in the window, and with its fields if it is sound.
func keep(s *grammar.CSV, r grammar.Record, raw []byte, passed int) referenceRecord {
	r.Start, r.End, r.Next = r.Start+passed, r.End+passed, r.Next+passed
	kept := referenceRecord{Record: r, raw: string(raw)}
	if fields, _ := s.Fields(); r.Fault == grammar.Sound {
		for i := range fields.Len() {
			text, _ := s.Unquote(fields.In(raw, i), nil)
			kept.fields = append(kept.fields, string(text))
		}
	}
	return kept
}

// dialectOf makes any number a dialect, with small bounds.
func dialectOf(n uint32) pipeline.Layout {
	pick := func(choices int) int {
		choice := int(n % uint32(choices))
		n /= uint32(choices)
		return choice
	}
	return pipeline.Layout{
		Format: pipeline.CSV, Delimiter: ",;\t|\x01"[pick(5)], Quote: "\"'"[pick(2)], Escape: "\x00\\"[pick(2)], Comment: "\x00#"[pick(2)],
		HeaderText: []string{"", "a", "ab\"", "#a", "\"a\n\""}[pick(5)], Unquoted: pick(6) == 5,
		MaxFieldBytes: 12 - pick(12), MaxRecordBytes: 40 - pick(40),
	}
}

// checkCSV holds the scanner to the state machine, whatever it is asked to keep and through whatever windows it looks.
func checkCSV(t tester, text string, layout pipeline.Layout) {
	t.Helper()
	want := newReference(text, layout).records()
	var places []referenceRecord
	for _, r := range want {
		r.Fault, r.FaultAt, r.Field, r.fields = 0, 0, 0, nil
		places = append(places, r)
	}
	for _, step := range []int{1, 2, 3, 5, 8, 13, len(text)} {
		if diff := cmp.Diff(want, scanned(t, text, layout, 100, step), unexported); diff != "" {
			t.Fatalf("%q in windows of %d (-state machine +scanner):\n%s", text, step, diff)
		}
		got := scanned(t, text, layout, 0, step)
		for i := range got {
			got[i].Fault, got[i].FaultAt, got[i].Field = 0, 0, 0
		}
		if diff := cmp.Diff(places, got, unexported); diff != "" {
			t.Fatalf("%q in windows of %d, not taken apart (-state machine +scanner):\n%s", text, step, diff)
		}
	}
}

var unexported = cmp.AllowUnexported(referenceRecord{})

func TestCSVIsTheStateMachine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layout := dialectOf(rapid.Uint32().Draw(t, "dialect"))
		checkCSV(t, drawCSV(t, layout, 50), layout)
	})
}

// drawCSV draws a text in which the characters that matter to a dialect are common.
func drawCSV(t *rapid.T, layout pipeline.Layout, most int) string {
	quote, delimiter := string(layout.Quote), string(layout.Delimiter)
	parts := []string{
		delimiter, delimiter, quote, quote + quote, quote + delimiter, delimiter + quote, quote + "\n", "\n" + quote, `\`, `\` + quote,
		"\n", "\r", "\r\n", "\n" + layout.HeaderText + "\n", "\n\ufeff" + layout.HeaderText + "\n",
		"\n#", "#" + quote, "a", "ñ", "\x00", "\xff", "\x8a\xa2", "12345", "a longer text",
	}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, most).Draw(t, "text"), "")
}

// TestTextsLongerThanABatch puts what is drawn behind so many lines that the places of its bytes are found in two batches.
func TestTextsLongerThanABatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layout := dialectOf(rapid.Uint32().Draw(t, "dialect"))
		text := drawCSV(t, layout, 30)
		before := strings.Repeat("\n", grammar.BatchBytes-rapid.IntRange(0, len(text)).Draw(t, "in the first batch"))
		want := newReference(before+text, layout).records()
		if diff := cmp.Diff(want, scanned(t, before+text, layout, 100, len(before+text)), unexported); diff != "" {
			t.Fatalf("%q behind %d lines (-state machine +scanner):\n%s", text, len(before), diff)
		}
	})
}

// TestLinesAreRecords holds Lines to Next: what it passes over, Next would have given.
func TestLinesAreRecords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layout := dialectOf(rapid.Uint32().Draw(t, "dialect"))
		text := []byte(drawCSV(t, layout, 50))
		want := newReference(string(text), layout).records()
		s, err := grammar.NewCSV(layout, 0, 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		size := rapid.Int64Range(1, 100).Draw(t, "size")
		for rest, found := text, 0; ; found++ {
			from := int64(len(text) - len(rest))
			records, passed := s.Lines(rest, from, size)
			rest, found = rest[passed:], found+int(records)
			if records > 0 && want[found-1].Offset >= from+size {
				t.Fatalf("%q: record %d is %d bytes or more behind %d", text, found-1, size, from)
			}
			r, err := s.Next(rest, true)
			if err != nil {
				if found != len(want) {
					t.Fatalf("%q: %d records, want %d", text, found, len(want))
				}
				return
			}
			if found >= len(want) || r.Offset != want[found].Offset || r.Line != want[found].Line || r.End-r.Start != len(want[found].raw) {
				t.Fatalf("%q: record %d is %+v, want %+v", text, found, r, want)
			}
			rest = rest[r.Next:]
		}
	})
}

func FuzzCSV(f *testing.F) {
	for n, seed := range []string{
		"", "1,2\n\"3\",\"4\"\"\"\r\n", "a,\"b\nc\"\r\r\n\n,d", "\"a\"b\nc", "\"a\n\"b\n\"c", "\"123456789012\",\"1234567890123\"",
		"#\"\n\"a\\\"b\\\n\"\n", "a\n#a\na\n", "\"a\n\"\nb\n\"a\n\"", "1;2\n", "'1''2'\n", "\"\\",
	} {
		f.Add(uint32(n*20), seed)
		f.Add(uint32(60), seed)
	}
	f.Fuzz(func(t *testing.T, dialect uint32, text string) {
		if len(text) < 400 {
			checkCSV(t, text, dialectOf(dialect))
		}
	})
}

// What is read again behind a malformed record is bounded, whatever the bounds of fields and records are: the machine meets no byte
// more than twice, but for the end of the file, which each record may meet.
func TestNoByteIsReadThrice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layout := dialectOf(rapid.Uint32().Draw(t, "dialect"))
		layout.MaxFieldBytes, layout.MaxRecordBytes = 1<<20, 1<<20
		m := newReference(drawCSV(t, layout, 200), layout)
		records := m.records()
		if most := 2*len(m.text) + len(records); m.steps > most {
			t.Fatalf("%q: %d steps, more than %d", m.text, m.steps, most)
		}
	})
}
