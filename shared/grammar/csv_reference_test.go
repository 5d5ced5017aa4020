package grammar_test

import (
	"strings"

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
}

// referenceRecord is a record with what its fields stand for.
type referenceRecord struct {
	grammar.Record
	raw    string
	fields []string
}

// referenceRecords gives the records of a text.
func referenceRecords(text string, layout pipeline.Layout) (records []referenceRecord) {
	m := &reference{Layout: grammar.WithDefaults(layout), text: text}
	line := int64(1)
	for at := 0; at < len(text); {
		end, isRecord := m.line(at)
		if isRecord {
			end = m.record(at)
		}
		next := end + m.lineEnd(end)
		if raw := text[at:end]; isRecord && raw != m.HeaderText {
			r := m.fault
			r.Start, r.End, r.Next, r.Offset, r.Line = at, end, next, int64(at), line
			if r.Fault != grammar.Sound {
				m.fields = nil
			}
			records = append(records, referenceRecord{r, raw, m.fields})
		}
		line += grammar.CountLines([]byte(text[at:next]))
		at = next
	}
	return records
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
