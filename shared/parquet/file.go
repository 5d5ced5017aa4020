package parquet

import (
	"cmp"
	"fmt"
	"io"

	"acequia/shared/pipeline"
)

// The limits where there are none.
const (
	DefaultFooterBytes   = 32 << 20
	DefaultRowGroupBytes = 256 << 20
	DefaultRowGroupRows  = 1 << 24
	DefaultTextBytes     = 64 << 20
)

// Limits bound what is read of a file; 0 stands for the default.
type Limits struct {
	// FooterBytes bounds the footer.
	FooterBytes int64
	// RowGroupBytes bounds what the pages of the columns that are asked for take in one row group when they are uncompressed, by
	// the footer.
	RowGroupBytes int64
	// TextBytes bounds the text that one call of Records gives of one row group: dictionaries make much of little.
	TextBytes int64
	// RowGroupRows bounds the rows of one row group: a column of NULLs takes no bytes that would.
	RowGroupRows int64
}

// File is a Parquet file. It may be shared.
type File struct {
	r       io.ReaderAt
	size    int64
	limits  Limits
	names   []string
	sources []source
	columns []*node     // those that are asked for, each once
	asked   map[int]int // their numbers among those, by their numbers among all
	groups  []group
	rows    int64
}

// source is what a record is asked for.
type source struct {
	name string
	// column is the number among those that are asked for; -1 if the file lacks it.
	column int
}

// RowGroup is a row group that has rows.
type RowGroup struct {
	// Index is its number in the file, from 0.
	Index int
	// First is the number of its first row, from 0; Rows is how many there are.
	First, Rows int64
	// Bytes is what the columns that are asked for take when they are uncompressed, by the footer.
	Bytes int64
}

// Open reads the footer of the file that r gives, which has size bytes. Each of sources names what a record is
// asked for: a column by its name, or one in a group by a path such as $.address.city.
//
// What is no Parquet file or one that is damaged, encrypted or beyond the limits, and a source that is not a single value, is a
// *pipeline.RefusedError. What went wrong with reading r comes wrapped, and is worth a retry.
func Open(r io.ReaderAt, size int64, sources []string, limits Limits) (f *File, err error) {
	defer recovered(&err)
	f = &File{r: r, size: size, asked: map[int]int{}, limits: Limits{
		FooterBytes:   cmp.Or(limits.FooterBytes, DefaultFooterBytes),
		RowGroupBytes: cmp.Or(limits.RowGroupBytes, DefaultRowGroupBytes),
		RowGroupRows:  cmp.Or(limits.RowGroupRows, DefaultRowGroupRows),
		TextBytes:     cmp.Or(limits.TextBytes, DefaultTextBytes),
	}}
	footer, err := f.readFooter()
	if err != nil {
		return nil, err
	}
	root, leaves, err := readSchema(footer)
	if err != nil {
		return nil, err
	}
	for _, column := range root.children {
		f.names = append(f.names, column.name)
	}
	if err := f.locate(root, sources); err != nil {
		return nil, err
	}
	if err := f.readRowGroups(footer, leaves); err != nil {
		return nil, err
	}
	return f, nil
}

// locate finds the columns of the sources.
func (f *File) locate(root *node, sources []string) error {
	numbers := map[*node]int{}
	for _, name := range sources {
		names, err := steps(name)
		if err != nil {
			return err
		}
		n, err := root.find(names)
		if err != nil {
			return err
		}
		number, known := numbers[n]
		switch {
		case n == nil:
			number = -1
		case !known:
			if err := n.readable(); err != nil {
				return err
			}
			number = len(f.columns)
			numbers[n] = number
			f.asked[n.leaf] = number
			f.columns = append(f.columns, n)
		}
		f.sources = append(f.sources, source{name, number})
	}
	return nil
}

// Rows is how many rows the file has.
func (f *File) Rows() int64 { return f.rows }

// Columns gives the names of the file's columns and groups at the top, in the file's order.
func (f *File) Columns() []string { return f.names }

// Lacking gives those of the sources that the file does not have. Their fields are Absent.
func (f *File) Lacking() []string {
	var lacking []string
	for _, s := range f.sources {
		if s.column < 0 {
			lacking = append(lacking, s.name)
		}
	}
	return lacking
}

// Unasked gives those of Columns that no source leads to.
func (f *File) Unasked() []string {
	asked := map[string]bool{}
	for _, s := range f.sources {
		if names, err := steps(s.name); err == nil { // as it was when the file was opened
			asked[names[0]] = true
		}
	}
	var unasked []string
	for _, name := range f.names {
		if !asked[name] {
			unasked = append(unasked, name)
		}
	}
	return unasked
}

// RowGroups gives the row groups that have rows, in the file's order. They tile the file's rows.
func (f *File) RowGroups() []RowGroup {
	groups := make([]RowGroup, len(f.groups))
	for i := range f.groups {
		groups[i] = f.groups[i].RowGroup
	}
	return groups
}

// damaged refuses a file that is not what its own parts say.
func damaged(format string, args ...any) error {
	return pipeline.Refuse("the Parquet file is damaged: %s; write it again and upload that", fmt.Sprintf(format, args...))
}

// recovered makes a panic a refusal. Behind it are codecs that unpack what anyone may have written, in code that is not ours; if
// one stumbles over a page, it would with every retry, and take the function down with all else that it does.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = damaged("reading it %s %v", panicked, r)
	}
}

// panicked is said of nothing else, so that tests can tell.
const panicked = "ran into"
