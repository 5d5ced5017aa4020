package decode

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

func failure(rule, format string, args ...any) *pipeline.Failure {
	return &pipeline.Failure{Rule: rule, Reason: fmt.Sprintf(format, args...)}
}

// fault says in words what the grammar found wrong.
func (d *Decoder) fault(r *grammar.Record, text []byte) *pipeline.Failure {
	at := r.Offset + d.size(text[:r.FaultAt])
	switch r.Fault {
	case grammar.BadQuote:
		return failure(RuleQuote, "the quote at byte %d closes field %d, but neither a delimiter nor a line end follows; "+
			"a quote inside a quoted field must be doubled", at, r.Field)
	case grammar.Unclosed:
		return failure(RuleQuote, "the quote at byte %d opens field %d, and no quote before a delimiter or a line end closes it "+
			"within %d bytes", at, r.Field, d.layout.MaxFieldBytes)
	case grammar.TooLarge:
		if r.Field > 0 {
			return failure(RuleSize, "field %d is larger than %d bytes, or makes the record larger than %d", r.Field,
				d.layout.MaxFieldBytes, d.layout.MaxRecordBytes)
		}
		return failure(RuleSize, "the record is larger than %d bytes", d.layout.MaxRecordBytes)
	case grammar.Empty:
		return failure(RuleJSON, "a comma is one too many, or the record before or after it is missing")
	case grammar.Sound:
	}
	return nil
}

// unreadable says which byte makes the text of the record at an offset unreadable.
func (d *Decoder) unreadable(text []byte, offset int64) *pipeline.Failure {
	if grammar.IsReadable(text) {
		return nil
	}
	i := bytes.IndexByte(text, 0)
	if i >= 0 {
		return failure(RuleEncoding, "byte %d is NUL, which no text holds", offset+d.size(text[:i]))
	}
	i = invalidUTF8(text)
	at := offset + d.size(text[:i])
	if !d.isText {
		return failure(RuleEncoding, "byte %d is no character in %s; is that the file's encoding?", at, d.charset.Name())
	}
	return failure(RuleEncoding, "byte %d (0x%02x) is not UTF-8; save the file as UTF-8, or name its encoding in the contract", at, text[i])
}

// invalidUTF8 gives the index of the first byte that is not UTF-8.
func invalidUTF8(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}
