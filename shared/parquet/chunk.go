package parquet

import (
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go/format"

	"acequia/shared/pipeline"
)

// meta is what the footer says of a column chunk.
type meta struct {
	elsewhere, encrypted, described bool

	physical                   format.Type
	path                       []string
	codec                      format.CompressionCodec
	values                     int64
	packed, unpacked           int64 // sizes in bytes
	dataOffset, dictionaryPage int64
}

// readMeta reads a ColumnChunk.
func readMeta(t *thrift, kind byte) (m meta) {
	t.structure(kind, func(id int16, kind byte) {
		switch id {
		case 1:
			m.elsewhere = t.text(kind) != ""
		case 3:
			m.described = true
			t.structure(kind, func(id int16, kind byte) { m.read(t, id, kind) })
		case 8, 9:
			m.encrypted = true
			t.skip(kind)
		default:
			t.skip(kind)
		}
	})
	return m
}

// read reads a field of ColumnMetaData.
func (m *meta) read(t *thrift, id int16, kind byte) {
	switch id {
	case 1:
		m.physical = format.Type(t.small(kind))
	case 3:
		t.list(kind, func(kind byte) {
			m.path = append(m.path, t.text(kind))
			t.expect(len(m.path) <= maxLevels)
		})
	case 4:
		m.codec = format.CompressionCodec(t.small(kind))
	case 5:
		m.values = t.integer(kind)
	case 6:
		m.unpacked = t.integer(kind)
	case 7:
		m.packed = t.integer(kind)
	case 9:
		m.dataOffset = t.integer(kind)
	case 11:
		m.dictionaryPage = t.integer(kind)
	default:
		t.skip(kind)
	}
}

// chunk holds what the footer says of column n in row group g to the file.
func (m *meta) chunk(f *File, g *group, n *node) (chunk, error) {
	c := chunk{codec: m.codec, start: m.dataOffset, unpacked: m.unpacked}
	if 0 < m.dictionaryPage && m.dictionaryPage < m.dataOffset {
		c.start = m.dictionaryPage
	}
	c.end = c.start + m.packed
	where := fmt.Sprintf("column %s in row group %d", n.path(), g.Index)
	switch {
	case m.encrypted:
		return c, pipeline.Refuse("%s of the Parquet file is encrypted, and no key is known; write it without encryption", where)
	case m.elsewhere:
		return c, pipeline.Refuse("%s of the Parquet file lies in another file; write one file that holds all", where)
	case unpackers[m.codec] == nil:
		return c, pipeline.Refuse("%s of the Parquet file is compressed with %s, which is not read; compress it with zstd or snappy",
			where, m.codec)
	case !m.described, strings.Join(m.path, ".") != n.path(), m.physical != n.physical:
		return c, damaged("its footer describes %s as another column", where)
	case m.values != g.Rows:
		return c, damaged("%s has %d values for %d rows", where, m.values, g.Rows)
	case m.packed < 0, m.unpacked < 0, c.start < int64(len(magic)), c.start > f.size, m.packed > f.size-c.start:
		return c, damaged("%s would lie at bytes %d to %d of %d", where, c.start, c.end, f.size)
	}
	return c, nil
}
