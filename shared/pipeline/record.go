package pipeline

import "unicode/utf8"

// Place is where in an object a record lies.
type Place struct {
	// Offset and Length are in bytes of the object.
	Offset int64 `json:"byte_offset"`
	Length int64 `json:"byte_length"`
	// Line is the number, from 1, of the line that the record starts on.
	Line int64 `json:"line"`
}

// Kind tells what a field of a decoded record is, before the contract has typed it.
type Kind uint8

// The kinds of field. CSV has only Text and, where a column or a field is missing, Absent.
const (
	Absent  Kind = iota // not in the record
	Null                // JSON null
	Text                // a CSV field, or a JSON string, unescaped
	Literal             // a JSON number, true or false, as written
	Nested              // a JSON object or array, as written
	Moment              // a date or time of a typed format (Parquet), as ISO 8601 writes it
)

// Field is one undigested value of a record. Bytes is valid until the next record is decoded.
type Field struct {
	Kind  Kind
	Bytes []byte
}

// Record is what decode gives: a record's bytes with their place, taken apart but not yet typed.
type Record struct {
	Place
	// Raw holds the record's bytes as they lie in the object, without the line end or comma after it; nil in a typed format.
	Raw []byte
	// Render gives a record of a typed format as text for reading, bounded: few records are ever read. Else it is nil.
	Render func() []byte
	// Fields holds one field per requested source column, in the requested order.
	Fields []Field
	// Malformed says why the record could not be taken apart; Fields is empty then.
	Malformed *Failure
}

// Text is the record as a person reads it.
func (r *Record) Text() []byte {
	if r.Render != nil {
		return r.Render()
	}
	return r.Raw
}

// RuleEncoding is the rule that a record breaks which holds NUL, or what is no Unicode text.
const RuleEncoding = "encoding"

// Value is a typed value in its canonical text: numbers as plain decimals ("-12.50"), dates as 2006-01-02, timestamps as
// RFC 3339 with their offset, booleans as true and false.
type Value struct {
	Null bool
	Text []byte
}

// CleanRecord is a record that keeps its contract: one value per declared column, in the contract's order.
type CleanRecord struct {
	Place
	Values []Value
}

// Failure is one broken rule.
type Failure struct {
	// Column is empty where the rule is about the record as a whole.
	Column string `json:"column_name"`
	// Rule is the rule's name in the contract's words: required, type, minimum, …
	Rule string `json:"rule"`
	// Reason is a sentence for a person.
	Reason string `json:"reason"`
}

// Reject is a record that broke at least one rule, kept with its place, its text and every reason.
type Reject struct {
	Place
	// Failures are in the contract's order; the first is the one that the ledger shows beside the record.
	Failures []Failure `json:"failures"`
	// Raw is for reading: bounded, and invalid bytes escaped. The exact bytes are in the object at Place.
	Raw string `json:"raw"`
}

// RejectReason names the column that stands before all others in a file of rejects, and says why. Such a file can be corrected
// and uploaded as it is: the column is ignored on the way in, whatever the contract says of columns that it does not know.
const RejectReason = "_reject_reason"

// maxRawBytes bounds Reject.Raw; a longer record is cut, and says so.
const maxRawBytes = 2048

// NewReject makes a reject of the record whose bytes are raw.
func NewReject(at Place, raw []byte, failures ...Failure) Reject {
	return Reject{Place: at, Failures: failures, Raw: readable(raw)}
}

// readable makes text that Postgres can store (no NUL, valid UTF-8) and a person can read out of any bytes.
func readable(raw []byte) string {
	const mark = "… (cut)"
	cut := len(raw) > maxRawBytes
	if cut {
		raw = raw[:wholeCharacters(raw, maxRawBytes)]
	}
	out := make([]byte, 0, len(raw)+len(mark))
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		if (r == utf8.RuneError && n == 1) || r == 0 {
			const digits = "0123456789abcdef"
			out = append(out, '\\', 'x', digits[raw[0]>>4], digits[raw[0]&15])
		} else {
			out = append(out, raw[:n]...)
		}
		raw = raw[n:]
	}
	if cut {
		out = append(out, mark...)
	}
	return string(out)
}

// wholeCharacters gives an index of at most end at which no character of b is cut through.
func wholeCharacters(b []byte, end int) int {
	for start := end - 1; start >= 0 && start > end-utf8.UTFMax; start-- {
		if _, size := utf8.DecodeRune(b[start:]); start+size > end {
			return start
		}
	}
	return end
}
