package sample

import (
	"bytes"
	"strings"
)

// jsonWriter writes records as the objects of a pretty-printed array. A column with a dot in its name, a.b, is the member
// b of the object a. Cells are JSON text, written as they are; an empty one leaves its member out.
type jsonWriter struct {
	out     *output
	columns []string
	started bool
}

func newJSONWriter(out *output) *jsonWriter { return &jsonWriter{out: out} }

func (w *jsonWriter) start(columns []string) error {
	w.columns = columns
	return w.out.write([]byte("["))
}

func (w *jsonWriter) blankLine() error { return w.out.write([]byte("\n")) }

func (w *jsonWriter) record(cells []string) (Place, error) {
	before := ",\n  "
	if !w.started {
		before, w.started = "\n  ", true
	}
	if err := w.out.write([]byte(before)); err != nil {
		return Place{}, err
	}
	object := w.object(cells)
	at := w.out.place(len(object))
	return at, w.out.write(object)
}

func (w *jsonWriter) size() int64 { return w.out.offset }

func (w *jsonWriter) end() error { return w.out.write([]byte("\n]\n")) }

// object lays out one record with an indent of two, its members in the order of the columns.
func (w *jsonWriter) object(cells []string) []byte {
	var b bytes.Buffer
	b.WriteString("{")
	group, separator := "", ""
	leave := func() {
		if group != "" {
			b.WriteString("\n    }")
			group = ""
		}
	}
	for i, column := range w.columns {
		if cells[i] == "" {
			continue
		}
		parent, name, nested := strings.Cut(column, ".")
		if !nested {
			parent, name = "", column
		}
		if parent != group {
			leave()
		}
		indent := "\n    "
		if nested {
			if group == "" {
				b.WriteString(separator + indent + quote(parent) + ": {")
				group, separator = parent, ""
			}
			indent = "\n      "
		}
		b.WriteString(separator + indent + quote(name) + ": " + cells[i])
		separator = ","
	}
	leave()
	b.WriteString("\n  }")
	return b.Bytes()
}
