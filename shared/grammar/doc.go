// Package grammar says what a record is. It takes bytes and gives the extents of records, and of the fields in them; split
// uses it to cut and decode to take apart, so the two cannot disagree.
//
// # CSV
//
//	file    = record { line-end record } [ line-end ]
//	record  = field { delimiter field }            an empty line is no record
//	field   = quoted | text
//	quoted  = quote { any byte but quote | quote quote } quote
//	text    = { any byte but delimiter, CR and LF } that does not start with a quote
//	line-end = LF | CR LF | CR
//
// A quote opens a quoted field only as the field's first byte; elsewhere it is text. Between quotes, line ends and delimiters
// are text and two quotes are one. A closing quote must be followed by a delimiter, a line end or the end of the file.
//
// Where it is not, or where a field is longer than MaxField, or where the file ends between quotes, the record is malformed. It
// then extends from its first byte to the first line end after the first byte of that field, and the walk goes on behind it: one
// fault costs one record, and what is read twice is at most MaxField bytes. Misquoting that happens to be legal (a stray
// quote that opens a field, and another that closes it some lines later) joins lines; the number of columns then rejects the
// record.
//
// # JSON
//
// A file is one array; a record is one of its elements. An element ends where its brackets and braces are balanced outside
// strings, or, if it is a number or a word, before the next comma, bracket or space. Whether it is valid JSON, and an object, is
// for decode to say: an invalid element is a malformed record. What stands between elements must be a comma and space; if it is
// not, or if the array is cut off, there is no telling what was meant, and the whole file is refused.
package grammar

import "bytes"

// Version is the version of this grammar. A plan holds the one that its chunks were cut with.
const Version = 1

// Extent is where a record lies in the bytes in which it was looked for.
type Extent struct {
	// Start is the index of its first byte, End that of the byte behind its last, without line end or comma.
	Start, End int
	// Next is the index at which to look for the next record.
	Next int
	// Blank says that there is no record here, but something to pass over: an empty line, the end of an array.
	Blank bool
	// Fault says why the record is malformed; it is empty if it is not.
	Fault Fault
	// At is the index of the byte at which the malformed field begins.
	At int
}

// Fault is a kind of malformation.
type Fault string

// The malformations of CSV. They do not tell why a quote is not closed, for that can depend on bytes far behind the record.
const (
	BadQuote  Fault = "quote"
	LongField Fault = "length"
)

// CountLines counts the line ends (LF, CR LF or CR) in b.
func CountLines(b []byte) int64 {
	lines := bytes.Count(b, []byte{'\n'})
	for {
		cr := bytes.IndexByte(b, '\r')
		if cr < 0 {
			return int64(lines)
		}
		if b = b[cr+1:]; len(b) == 0 || b[0] != '\n' {
			lines++
		}
	}
}
