package parquet

import (
	"github.com/parquet-go/parquet-go/format"

	"acequia/shared/pipeline"
)

// group is a row group with the places of the columns that are asked for.
type group struct {
	RowGroup
	chunks []chunk
}

// chunk is where a column's values of one row group lie.
type chunk struct {
	codec format.CompressionCodec
	// start and end are offsets in the file.
	start, end int64
	// unpacked is the size of its pages when they are uncompressed.
	unpacked int64
}

// readRowGroups reads the row groups from the footer.
func (f *File) readRowGroups(footer []byte, leaves int) error {
	t := thrift{b: footer}
	var total int64
	var err error
	t.fields(func(id int16, kind byte) {
		switch id {
		case 3:
			total = t.integer(kind)
		case 4:
			index := 0
			t.list(kind, func(kind byte) {
				if err == nil {
					err = f.readRowGroup(&t, kind, index, leaves)
				}
				t.expect(err == nil)
				index++
			})
		default:
			t.skip(kind)
		}
	})
	switch {
	case err != nil:
		return err
	case t.broken:
		return damaged("its footer of %d bytes cannot be read", len(footer))
	case total != f.rows:
		return damaged("it has %d rows by its footer, and %d by its row groups", total, f.rows)
	}
	return nil
}

// readRowGroup reads a RowGroup and keeps it if it has rows.
func (f *File) readRowGroup(t *thrift, kind byte, index, leaves int) error {
	g := group{RowGroup: RowGroup{Index: index, First: f.rows, Rows: -1}}
	metas := make([]meta, len(f.columns))
	columns := 0
	t.structure(kind, func(id int16, kind byte) {
		switch id {
		case 1:
			t.list(kind, func(kind byte) {
				if i, ok := f.asked[columns]; ok {
					metas[i] = readMeta(t, kind)
				} else {
					t.skip(kind)
				}
				columns++
			})
		case 3:
			g.Rows = t.integer(kind)
		default:
			t.skip(kind)
		}
	})
	if t.broken || g.Rows < 0 || columns != leaves {
		return damaged("row group %d of its footer cannot be read", index)
	}
	if g.Rows == 0 {
		return nil
	}
	if len(f.groups) == maxRowGroups {
		return pipeline.Refuse("the Parquet file has more than %d row groups; write it with larger ones", maxRowGroups)
	}
	if err := f.checkRowGroup(&g, metas); err != nil {
		return err
	}
	f.groups = append(f.groups, g)
	f.rows += g.Rows
	return nil
}

// checkRowGroup holds a row group to the file and to the limits, and adds its chunks.
func (f *File) checkRowGroup(g *group, metas []meta) error {
	if g.Rows > f.limits.RowGroupRows {
		return pipeline.Refuse("row group %d of the Parquet file has %d rows, and %d are read at once; "+
			"write it with smaller row groups, such as row_group_size=1000000", g.Index, g.Rows, f.limits.RowGroupRows)
	}
	var size int64
	for i := range metas {
		c, err := metas[i].chunk(f, g, f.columns[i])
		if err != nil {
			return err
		}
		g.chunks = append(g.chunks, c)
		taken := max(c.unpacked, c.end-c.start)
		if taken > f.limits.RowGroupBytes-size {
			return f.tooLarge(g, size, taken)
		}
		size += taken
	}
	g.Bytes = size
	return nil
}

func (f *File) tooLarge(g *group, known, more int64) error {
	return pipeline.Refuse("of row group %d of the Parquet file, %d bytes and %d more would be read, and %d is the limit; "+
		"write it with smaller row groups, such as row_group_size=100000", g.Index, known, more, f.limits.RowGroupBytes)
}

func (f *File) tooMuchText(g *group) error {
	return pipeline.Refuse("the text of rows in row group %d of the Parquet file takes more than %d bytes, which is the limit; "+
		"write it with smaller row groups, such as row_group_size=10000", g.Index, f.limits.TextBytes)
}
