package decode

import (
	"strings"

	"acequia/shared/charset"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// jsonRecords takes the records of a JSON file of any kind apart.
type jsonRecords struct {
	scanner
	parser
	concatenated bool
}

// scanner finds records.
type scanner interface {
	Next(window []byte, atEOF bool) (grammar.Record, error)
}

func newJSON(layout pipeline.Layout, start pipeline.Place, sources []string) (func() format, error) {
	root, err := paths(sources)
	if err != nil {
		return nil, err
	}
	if _, err := newJSONScanner(layout, start); err != nil {
		return nil, err
	}
	set, _ := charset.Find(layout.Encoding) // the scanner knows it
	j := &jsonRecords{
		parser:       parser{root: root, charset: set, behind: behind[layout.Format]},
		concatenated: layout.Format == pipeline.ConcatenatedJSON,
	}
	return func() format {
		j.scanner, _ = newJSONScanner(layout, start) // has been made before
		return j
	}, nil
}

func newJSONScanner(layout pipeline.Layout, start pipeline.Place) (scanner, error) {
	switch layout.Format {
	case pipeline.NDJSON:
		return grammar.NewNDJSON(layout, start.Offset, start.Line)
	case pipeline.ConcatenatedJSON:
		return grammar.NewConcatenatedJSON(layout, start.Offset, start.Line)
	default:
		return grammar.NewJSON(layout, start.Offset, start.Line)
	}
}

// behind says what must follow a record. The scanner of concatenated JSON sees to it that nothing does.
var behind = map[pipeline.Format]string{
	pipeline.JSON:   "a comma must follow the record",
	pipeline.NDJSON: "the line must end behind the record",
}

func (j *jsonRecords) take(r *pipeline.Record) *pipeline.Failure {
	if j.concatenated && strings.IndexByte("}],", r.Raw[0]) >= 0 {
		return failure(RuleJSON, "a bracket or comma too many stands between two objects")
	}
	clear(r.Fields)
	return j.parse(r)
}
