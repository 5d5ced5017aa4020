package rejects

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// csv writes records as CSV.
type csv struct {
	text
	scanner grammar.CSV
	column  column
	// delimiter is the encoded one.
	delimiter []byte
	line      []byte
}

// column says where in the object the column of the reasons is.
type column int

const (
	newColumn column = iota // nowhere: it is put before the others
	oldColumn               // before the others, as in a rejects file that was uploaded: its fields are replaced
	noColumn                // where it cannot be told or replaced: reasons are left out
)

func newCSV(t text) (*csv, error) {
	c := &csv{text: t, delimiter: t.charset.Bytes(string(t.layout.Delimiter))}
	switch at := slices.Index(t.layout.Header, pipeline.RejectReason); {
	case t.layout.HeaderText == "", at > 0:
		c.column = noColumn
	case at == 0:
		c.column = oldColumn
	}
	utf8 := t.layout // a record is looked at as text
	utf8.Encoding, utf8.HeaderText = "", ""
	scanner, err := grammar.NewCSV(utf8, 0, 1, 1)
	if err != nil {
		return nil, err
	}
	c.scanner = *scanner
	return c, nil
}

// begin puts the column's name before the header, which is the last record in the head.
func (c *csv) begin() ([]byte, error) {
	head := c.charset.Text(c.head)
	at := bytes.LastIndex(head, []byte(c.layout.HeaderText))
	if at < 0 {
		return nil, fmt.Errorf("the header, %.100q, is not where the object's plan says", c.layout.HeaderText)
	}
	if c.column != newColumn {
		return c.head, nil
	}
	size := c.charset.Size(head[:at])
	return slices.Concat(c.head[:size], c.charset.Bytes(c.cell(pipeline.RejectReason)), c.delimiter, c.head[size:]), nil
}

func (c *csv) end() []byte { return nil }

func (c *csv) record(reason string, raw []byte) (line []byte, told, apart bool) {
	c.line = c.line[:0]
	if c.column != noColumn {
		c.line = append(c.line, c.charset.Bytes(c.reason(reason))...)
		c.line = append(c.line, c.delimiter...)
	}
	if c.column == oldColumn {
		raw = c.withoutFirst(raw)
	}
	c.line = append(c.line, raw...)
	end := len(c.line)
	c.line = append(c.line, c.lineEnd...)
	return c.line, c.column != noColumn, !c.endsAt(end)
}

// endsAt tells whether the record in the line is read back as it was, up to there, whatever stands behind the line. It is not if
// a quoted field is open, which the first quote behind it would close, or if the reason makes the record so large that it is no
// longer read as a whole.
func (c *csv) endsAt(end int) bool {
	scanner := c.scanner
	r, err := scanner.Next(append(c.charset.Text(c.line), c.layout.Quote, '\n'), true)
	return err == nil && r.Start == 0 && r.End == len(c.charset.Text(c.line[:end]))
}

// withoutFirst takes off a record's first field, with the delimiter behind it. A record where that cannot be told stays as it is.
func (c *csv) withoutFirst(raw []byte) []byte {
	scanner, text := c.scanner, c.charset.Text(raw)
	if _, err := scanner.Next(text, true); err != nil {
		return raw
	}
	fields, count := scanner.Fields()
	if count == 0 {
		return raw
	}
	end := len(fields.In(text, 0))
	if end >= len(text) || text[end] != c.layout.Delimiter {
		return raw
	}
	return raw[c.charset.Size(text[:end+1]):]
}

// reason writes a reason as a field. Half of what a field may hold is left to doubled quotes.
func (c *csv) reason(line string) string {
	return c.cell(cut(harmless(line), c.layout.MaxFieldBytes/2))
}

// cell writes a line as a field that is read back as that line. It is quoted, too, where a delimiter of another dialect might
// mislead whoever has to find out the file's.
func (c *csv) cell(line string) string {
	if c.layout.Unquoted {
		return c.unquoted(line)
	}
	delimiter, quote, escape := string(c.layout.Delimiter), string(c.layout.Quote), string(c.layout.Escape)
	if !c.isComment(line) && !strings.ContainsAny(line, ",;|\t"+delimiter+quote) {
		return line
	}
	if c.layout.Escape != 0 {
		line = strings.ReplaceAll(line, escape, escape+escape)
	}
	return quote + strings.ReplaceAll(line, quote, quote+quote) + quote
}

// unquoted writes a line where nothing can be quoted: what would end the field, or make a comment of it, becomes a space.
func (c *csv) unquoted(line string) string {
	space := " "
	if c.layout.Delimiter == ' ' {
		space = "_"
	}
	if c.isComment(line) {
		line = space + line[1:]
	}
	return strings.ReplaceAll(line, string(c.layout.Delimiter), space)
}

func (c *csv) isComment(line string) bool {
	return c.layout.Comment != 0 && strings.IndexByte(line, c.layout.Comment) == 0
}
