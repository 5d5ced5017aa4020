package parquet

import (
	"acequia/shared/pipeline"
)

// column gives the fields of one column, row by row.
type column struct {
	pages
	write  writer
	isText bool

	// page is the one at hand, and full the definition level of a value that is not NULL.
	page    page
	full    uint32
	scratch []byte
	field   pipeline.Field
}

func newColumn(n *node) *column {
	return &column{pages: pages{column: n}, write: n.writer(), isText: n.isText(), full: uint32(n.levels)}
}

// open goes to a chunk of the column. Its buffers stay.
func (c *column) open(f *File, g *group, i int) {
	at := g.chunks[i]
	c.page = page{}
	c.pages = pages{
		column: c.column, group: g.Index, codec: at.codec, buffer: c.pages.buffer, rows: g.Rows, unpacked: at.unpacked,
		in: section{r: f.r, at: at.start, end: at.end, size: f.sectionBytes(), buffer: c.in.buffer},
	}
}

// next reads the field of the next row, which is good until the one after it.
func (c *column) next() error {
	for c.page.rows == 0 {
		var err error
		if c.page, err = c.pages.next(); err != nil {
			return err
		}
	}
	c.page.rows--
	if c.full > 0 {
		level, ok := c.page.levels.next()
		if !ok || level > c.full {
			return c.damaged("has a page with fewer definition levels than its header says")
		}
		if level < c.full {
			c.field = pipeline.Field{Kind: pipeline.Null}
			return nil
		}
	}
	value, ok := c.page.values.next()
	if !ok {
		return c.damaged("has a page with fewer values than its header says")
	}
	c.field.Bytes, c.field.Kind = c.write(c.scratch[:0], value)
	if !c.isText {
		c.scratch = c.field.Bytes
	}
	return nil
}
