package parquet

import (
	"iter"

	"acequia/shared/pipeline"
)

// Records gives the records of the rows from first on, that many of them. A record's Offset is the number of its row in the
// file, from 0, its Length is 1 and its Line is the row's number from 1. It has no Raw but renders its row. It is good until the
// next, and it is malformed where a value is no text although it should be, or does not exist in its type.
//
// The last pair may be an error instead: a *pipeline.RefusedError if the file is damaged, or what went wrong with reading it,
// wrapped, which is worth a retry. Rows that start or end within a row group cost as much as those before them in it.
func (f *File) Records(first, rows int64) iter.Seq2[*pipeline.Record, error] {
	return func(yield func(*pipeline.Record, error) bool) {
		if first < 0 || rows < 0 || rows > f.rows-first {
			yield(nil, pipeline.Refuse("the Parquet file has %d rows, and %d rows from number %d on were to be read: "+
				"it is not the file that was planned; upload it again", f.rows, rows, first))
			return
		}
		r := newReader(f)
		for i := range f.groups {
			g := &f.groups[i]
			skip, end := max(first-g.First, 0), min(first+rows-g.First, g.Rows)
			if skip >= end {
				continue
			}
			if !r.rows(g, skip, end, yield) {
				return
			}
		}
	}
}

// reader reads the rows of one row group after another.
type reader struct {
	file    *File
	columns []*column
	span    []byte
	fields  []pipeline.Field
	record  pipeline.Record
	// text is what the fields of the records of this row group took so far.
	text int64
}

func newReader(f *File) *reader {
	r := &reader{file: f, fields: make([]pipeline.Field, len(f.sources))}
	for _, n := range f.columns {
		r.columns = append(r.columns, newColumn(n))
	}
	r.record.Render = r.render
	return r
}

// rows gives the records of a row group's rows from number skip up to end. It gives false when there shall be no more.
func (r *reader) rows(g *group, skip, end int64, yield func(*pipeline.Record, error) bool) bool {
	if err := r.open(g); err != nil {
		yield(nil, err)
		return false
	}
	for row := range end {
		if err := r.row(g); err != nil {
			yield(nil, err)
			return false
		}
		if row < skip {
			r.text = 0
			continue
		}
		r.record.Place = pipeline.Place{Offset: g.First + row, Length: 1, Line: g.First + row + 1}
		if !yield(&r.record, nil) {
			return false
		}
	}
	return true
}

// open goes to a row group.
func (r *reader) open(g *group) (err error) {
	defer recovered(&err)
	r.text = 0
	for i, c := range r.columns {
		c.open(r.file, g, i)
	}
	return r.readSpan(g)
}

// readSpan reads all chunks of the row group at once if they lie close together.
func (r *reader) readSpan(g *group) error {
	start, end := r.file.size, int64(0)
	for _, at := range g.chunks {
		start, end = min(start, at.start), max(end, at.end)
	}
	if start >= end || end-start > spanBytes {
		return nil
	}
	if int64(cap(r.span)) < end-start {
		r.span = make([]byte, end-start)
	}
	span := r.span[:end-start]
	if err := readAt(r.file.r, span, start); err != nil {
		return err
	}
	for _, c := range r.columns {
		c.in.unread, c.in.at = span[c.in.at-start:c.in.end-start], c.in.end
	}
	return nil
}

// row reads the next row into the record.
func (r *reader) row(g *group) (err error) {
	defer recovered(&err)
	r.record.Malformed = nil
	for _, c := range r.columns {
		if err := c.next(); err != nil {
			return err
		}
		if r.record.Malformed == nil {
			r.record.Malformed = c.fault()
		}
		r.text += int64(len(c.field.Bytes))
	}
	if r.text > r.file.limits.TextBytes {
		return r.file.tooMuchText(g)
	}
	for i, s := range r.file.sources {
		if s.column >= 0 {
			r.fields[i] = r.columns[s.column].field
		}
	}
	if r.record.Fields = r.fields; r.record.Malformed != nil {
		r.record.Fields = nil
	}
	return nil
}
