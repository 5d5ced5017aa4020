package sample

import "strings"

// csvWriter writes records as CSV (RFC 4180). Cells are written as they are: text makes one of a value.
type csvWriter struct {
	out     *output
	lineEnd string
	bom     bool
	// pending is the line end of the record before, which the last one may lack.
	pending string
	final   bool
	buffer  []byte
}

func newCSVWriter(out *output, spec Spec) *csvWriter {
	w := &csvWriter{out: out, lineEnd: "\n", bom: spec.BOM, final: !spec.NoFinalNewline}
	if spec.CRLF {
		w.lineEnd = "\r\n"
	}
	return w
}

func (w *csvWriter) start(columns []string) error {
	header := strings.Join(columns, ",")
	if w.bom {
		header = "\ufeff" + header
	}
	w.pending = w.lineEnd
	return w.out.write([]byte(header))
}

func (w *csvWriter) blankLine() error { return w.out.write([]byte(w.lineEnd)) }

func (w *csvWriter) record(cells []string) (Place, error) {
	if err := w.out.write([]byte(w.pending)); err != nil {
		return Place{}, err
	}
	w.buffer = w.buffer[:0]
	for i, cell := range cells {
		if i > 0 {
			w.buffer = append(w.buffer, ',')
		}
		w.buffer = append(w.buffer, cell...)
	}
	w.pending = w.lineEnd
	at := w.out.place(len(w.buffer))
	return at, w.out.write(w.buffer)
}

func (w *csvWriter) size() int64 { return w.out.offset }

func (w *csvWriter) end() error {
	if !w.final {
		return nil
	}
	return w.out.write([]byte(w.pending))
}

// text gives the cell of a value: quoted only if it must be.
func text(value string) string {
	if strings.ContainsAny(value, ",\"\r\n") {
		return quoted(value)
	}
	return value
}

// quoted gives the cell of a value in quotes.
func quoted(value string) string { return `"` + strings.ReplaceAll(value, `"`, `""`) + `"` }
