package contract

import (
	"cmp"
	"strings"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// The customProperties that say how CSV is written, and how much of a file is read.
var (
	dialectCustom = []string{"delimiter", "quote", "escape", "comment", "header", "skipLines", "trailingDelimiter", "raggedRows"}
	limitCustom   = []string{"maxFieldBytes", "maxRecordBytes", "maxRatio", "maxBytes"}
)

// parseDialect reads how CSV is written; nothing else has a dialect.
func (s *Source) parseDialect(custom map[string]place) {
	if s.Format != pipeline.CSV {
		for _, name := range dialectCustom {
			if p := custom[name]; !p.missing() {
				p.fail("only CSV has a %s; leave it out", name)
			}
		}
		return
	}
	d := &s.Dialect
	d.Delimiter, s.Detect.Delimiter = characterOrAuto(custom["delimiter"], "separate fields", `";", "|" or "\t"`)
	s.parseQuote(custom["quote"])
	s.parseEscape(custom["escape"])
	d.Comment = oneCharacter(custom["comment"], "begin comments", `"#"`)
	s.parseHeader(custom["header"])
	d.SkipLines = custom["skipLines"].count()
	d.TrailingDelimiter = custom["trailingDelimiter"].flag()
	if ragged := custom["raggedRows"]; !ragged.missing() {
		d.PadShort = ragged.oneOf("reject", "pad") == "pad"
	}
	s.holdApart(custom)
}

func (s *Source) parseQuote(quote place) {
	switch {
	case quote.missing():
	case quote.text() == "none":
		s.Dialect.Unquoted = true
	default:
		s.Dialect.Quote, s.Detect.Quote = characterOrAuto(quote, "enclose fields", `"'" or none`)
	}
}

// parseEscape reads how a quote is written in a quoted field. An escape that is the quote itself is a doubled quote.
func (s *Source) parseEscape(escape place) {
	d := &s.Dialect
	switch {
	case escape.missing(), escape.text() == "doubled":
		return
	case escape.text() == "backslash":
		d.Escape = '\\'
	default:
		d.Escape = oneCharacter(escape, "escape quotes", `doubled, backslash, or "^"`)
	}
	if d.Unquoted {
		escape.fail("an escape stands in quoted fields, and there are none; leave it or quote: none out")
	}
	if d.Escape == cmp.Or(d.Quote, '"') && !s.Detect.Quote {
		d.Escape = 0
	}
}

func (s *Source) parseHeader(header place) {
	if header.missing() {
		return
	}
	switch header.oneOf("present", "absent", auto) {
	case "absent":
		s.Dialect.NoHeader = true
	case auto:
		s.Detect.Header = true
	}
}

// holdApart sees to it that one character does not mean two things.
func (s *Source) holdApart(custom map[string]place) {
	d := &s.Dialect
	meanings := []struct {
		name string
		c    byte
	}{{"delimiter", d.Delimiter}, {"quote", d.Quote}, {"escape", d.Escape}, {"comment", d.Comment}}
	if d.Delimiter == 0 && !s.Detect.Delimiter {
		meanings[0].c = ','
	}
	if d.Quote == 0 && !d.Unquoted && !s.Detect.Quote {
		meanings[1].c = '"'
	}
	for i, one := range meanings {
		for _, other := range meanings[:i] {
			if one.c != 0 && one.c == other.c {
				custom[one.name].fail("%q cannot be the %s and the %s, too", one.c, other.name, one.name)
			}
		}
	}
}

// characterOrAuto is oneCharacter for one that the file may have to tell.
func characterOrAuto(p place, purpose, examples string) (c byte, detect bool) {
	if p.text() == auto {
		return 0, true
	}
	return oneCharacter(p, purpose, examples+", or auto"), false
}

// oneCharacter reads a character that can be told from letters, digits and line ends; a missing one is 0.
func oneCharacter(p place, purpose, examples string) byte {
	text := p.text()
	switch {
	case p.missing():
	case len(text) != 1 || text[0] > '~' || strings.ContainsAny(text, "\r\n\x00") || isAlphanumeric(text[0]):
		p.fail("%q cannot %s; write one character, such as %s", text, purpose, examples)
	default:
		return text[0]
	}
	return 0
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// maxRecordBound bounds what a contract may allow for a record: the chunk that holds it must fit into a function's memory.
const maxRecordBound = 32 << 20

func (s *Source) parseLimits(custom map[string]place) {
	if s.Format == pipeline.Parquet {
		for _, name := range limitCustom {
			if p := custom[name]; !p.missing() {
				p.fail("Parquet has bounds of its own, which no contract changes; leave %s out", name)
			}
		}
		return
	}
	l := &s.Limits
	field, record := custom["maxFieldBytes"], custom["maxRecordBytes"]
	l.MaxFieldBytes, l.MaxRecordBytes = int(field.size()), int(record.size())
	l.MaxRatio, l.MaxBytes = custom["maxRatio"].size(), custom["maxBytes"].size()
	bound := cmp.Or(l.MaxRecordBytes, grammar.DefaultMaxRecordBytes)
	switch {
	case l.MaxRecordBytes > maxRecordBound:
		record.fail("a record of more than %d bytes does not fit into the memory of a function; split it before it is sent", maxRecordBound)
	case l.MaxFieldBytes > 0 && s.Format != pipeline.CSV:
		field.fail("only CSV has a bound of its own for fields; write maxRecordBytes")
	case l.MaxFieldBytes > bound:
		field.fail("a field cannot be larger than its record, of which there may be %d bytes", bound)
	}
}
