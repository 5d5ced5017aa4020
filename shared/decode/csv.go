package decode

import (
	"fmt"
	"slices"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// csvFields takes the records of a CSV file apart.
type csvFields struct {
	grammar grammar.CSV
	header  int
	// places holds for each source its place in the header, or -1.
	places  []int
	found   []grammar.Field
	scratch []byte
}

func newCSVFields(layout pipeline.Layout, sources []string) *csvFields {
	f := &csvFields{grammar: grammar.NewCSV(layout), header: len(layout.Header)}
	for _, source := range sources {
		f.places = append(f.places, slices.Index(layout.Header, source))
	}
	return f
}

func (f *csvFields) take(raw []byte, fields []pipeline.Field) *pipeline.Failure {
	f.found, f.scratch = f.found[:0], f.scratch[:0]
	f.grammar.Record(raw, 0, true, &f.found)
	if len(f.found) != f.header {
		return &pipeline.Failure{Rule: "columns", Reason: fmt.Sprintf(
			"has %s where the header has %d", counted(len(f.found)), f.header)}
	}
	for i, place := range f.places {
		if place < 0 {
			continue
		}
		fields[i].Kind = pipeline.Text
		fields[i].Bytes, f.scratch = f.grammar.Unquoted(raw, f.found[place], f.scratch)
	}
	return nil
}

func counted(fields int) string {
	if fields == 1 {
		return "1 field"
	}
	return fmt.Sprintf("%d fields", fields)
}
