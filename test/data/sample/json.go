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
	oneLine bool
	started bool
}

func newJSONWriter(out *output, oneLine bool) *jsonWriter {
	return &jsonWriter{out: out, oneLine: oneLine}
}

func (w *jsonWriter) start(columns []string) error {
	w.columns = columns
	return w.out.write([]byte("["))
}

func (w *jsonWriter) blankLine() error { return w.layout("\n") }

// layout writes what stands between the parts of the file: without line ends, and the indents behind them, if it is one line.
func (w *jsonWriter) layout(text string) error {
	if w.oneLine {
		text = strings.TrimRight(strings.ReplaceAll(text, "\n", ""), " ")
	}
	return w.out.write([]byte(text))
}

func (w *jsonWriter) record(cells []string) (Place, error) {
	before := ",\n  "
	if !w.started {
		before, w.started = "\n  ", true
	}
	if err := w.layout(before); err != nil {
		return Place{}, err
	}
	object := w.object(cells)
	if w.oneLine {
		object = onOneLine(object)
	}
	at := w.out.place(len(object))
	return at, w.out.write(object)
}

func (w *jsonWriter) size() int64 { return w.out.offset }

func (w *jsonWriter) end() error { return w.layout("\n]\n") }

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

// onOneLine takes out the line ends, and the indents behind them. Strings have none: there they are escaped.
func onOneLine(object []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(object) {
		b.Write(bytes.TrimSpace(line))
	}
	return b.Bytes()
}
