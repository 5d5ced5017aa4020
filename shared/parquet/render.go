package parquet

import (
	"acequia/shared/pipeline"
)

// renderBytes is where the rendering of a row ends, which is for a person to read.
const renderBytes = 4096

// render gives the row at hand as a line of JSON, of what it was asked for. It is cut where it gets long, and what is not UTF-8
// stays as it is.
func (r *reader) render() []byte {
	out := []byte{'{'}
	for i, s := range r.file.sources {
		if s.column < 0 {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(appendQuoted(out, []byte(s.name)), ':')
		out = appendField(out, r.fields[i])
		if len(out) > renderBytes {
			return out[:renderBytes]
		}
	}
	return append(out, '}')
}

func appendField(out []byte, field pipeline.Field) []byte {
	text := field.Bytes[:min(len(field.Bytes), renderBytes)]
	switch field.Kind {
	case pipeline.Null, pipeline.Absent:
		return append(out, "null"...)
	case pipeline.Literal, pipeline.Nested:
		return append(out, text...)
	default:
		return appendQuoted(out, text)
	}
}

func appendQuoted(out, text []byte) []byte {
	out = append(out, '"')
	for _, b := range text {
		switch {
		case b == '"' || b == '\\':
			out = append(out, '\\', b)
		case b < ' ':
			const digits = "0123456789abcdef"
			out = append(out, `\u00`...)
			out = append(out, digits[b>>4], digits[b&15])
		default:
			out = append(out, b)
		}
	}
	return append(out, '"')
}
