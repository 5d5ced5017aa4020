package grammar

import "acequia/shared/pipeline"

// Scanner finds records one after another.
type Scanner interface {
	// Next finds the record at or after b[at]. last tells whether the file ends with b; if it does not, enough is false when b
	// ends too early to tell, and the call must be made again with more bytes. At the end of the file the extent is blank, and its
	// Next is len(b). The error is a *StructureError.
	Next(b []byte, at int, last bool) (e Extent, enough bool, err error)
}

// NewScanner gives the scanner of the records in a file's body.
func NewScanner(layout pipeline.Layout) Scanner {
	if layout.Format == pipeline.JSON {
		return &jsonScanner{JSON{MaxRecord: layout.MaxRecordBytes}, Array{First: true}}
	}
	return csvScanner{NewCSV(layout)}
}

// NewContinuedScanner gives the scanner of the records in a part of a file's body that follows a record.
func NewContinuedScanner(layout pipeline.Layout) Scanner {
	s := NewScanner(layout)
	if s, ok := s.(*jsonScanner); ok {
		s.array.First = false
	}
	return s
}

// NewCSV gives the grammar of a file's dialect.
func NewCSV(layout pipeline.Layout) CSV {
	return CSV{Delimiter: layout.Delimiter, Quote: layout.Quote, MaxField: layout.MaxFieldBytes}
}

type csvScanner struct{ CSV }

func (s csvScanner) Next(b []byte, at int, last bool) (Extent, bool, error) {
	if at == len(b) {
		return Extent{Start: at, End: at, Next: at, Blank: true}, last, nil
	}
	e, enough := s.Record(b, at, last, nil)
	return e, enough, nil
}

type jsonScanner struct {
	JSON
	array Array
}

func (s *jsonScanner) Next(b []byte, at int, last bool) (Extent, bool, error) {
	return s.Record(b, at, last, &s.array)
}
