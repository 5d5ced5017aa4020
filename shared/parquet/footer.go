package parquet

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go/format"

	"acequia/shared/pipeline"
)

const (
	magic          = "PAR1"
	magicEncrypted = "PARE"
	// tailBytes is how much of the end of a file is read first; most footers are smaller.
	tailBytes = 64 << 10
	// endBytes is the size of what stands behind the footer: its length and the magic.
	endBytes = 8
	// maxRowGroups is as many as Parquet's own numbers for them can tell apart, twice over.
	maxRowGroups = 1 << 16
)

// readFooter gives the bytes of the footer, a FileMetaData.
func (f *File) readFooter() ([]byte, error) {
	tail, err := f.read(max(0, f.size-tailBytes), f.size)
	if err != nil {
		return nil, err
	}
	if err := checkMagic(tail, int64(len(tail)) == f.size); err != nil {
		return nil, err
	}
	tail, end := tail[:len(tail)-endBytes], tail[len(tail)-endBytes:]
	size := int64(binary.LittleEndian.Uint32(end))
	switch {
	case size > f.size-endBytes-int64(len(magic)):
		return nil, damaged("its footer would take %d bytes of %d", size, f.size)
	case size > f.limits.FooterBytes:
		return nil, pipeline.Refuse("the footer of the Parquet file takes %d bytes, and %d are read; "+
			"write it with larger row groups, or as several files", size, f.limits.FooterBytes)
	case size <= int64(len(tail)):
		return tail[int64(len(tail))-size:], nil
	}
	return f.read(f.size-endBytes-size, f.size-endBytes)
}

// checkMagic looks for the marks at the two ends. The first one is only looked at where that takes no request of its own.
func checkMagic(tail []byte, whole bool) error {
	switch {
	case strings.HasSuffix(string(tail), magicEncrypted):
		return pipeline.Refuse("the Parquet file is encrypted, and no key is known; write it without encryption and upload that")
	case len(tail) < len(magic)+endBytes, !strings.HasSuffix(string(tail), magic), whole && !strings.HasPrefix(string(tail), magic):
		return pipeline.Refuse("the file does not begin and end with the mark of Parquet, %s: is it cut off, or of another format? "+
			"Write it again and upload that", magic)
	}
	return nil
}

// read gives the file's bytes from start up to end.
func (f *File) read(start, end int64) ([]byte, error) {
	b := make([]byte, end-start)
	return b, readAt(f.r, b, start)
}

// readSchema reads the schema from the footer.
func readSchema(footer []byte) (root *node, leaves int, err error) {
	t := thrift{b: footer}
	var elements []element
	t.fields(func(id int16, kind byte) {
		if id != 2 {
			t.skip(kind)
			return
		}
		t.list(kind, func(kind byte) {
			elements = append(elements, readElement(&t, kind))
			t.expect(len(elements) <= maxElements)
		})
	})
	switch {
	case len(elements) > maxElements:
		return nil, 0, pipeline.Refuse("the Parquet file has more than %d columns and groups; write fewer of them", maxElements)
	case t.broken:
		return nil, 0, damaged("its footer of %d bytes cannot be read", len(footer))
	}
	return tree(elements)
}

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

// readAt fills b with the bytes at offset.
func readAt(r io.ReaderAt, b []byte, offset int64) error {
	n, err := r.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF { //nolint:errorlint // What a ReadAt gives at the end is this very value.
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading %d bytes at byte %d of the Parquet file: %w", len(b), offset, err)
}
