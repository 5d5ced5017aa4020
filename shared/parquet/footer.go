package parquet

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

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

// readAt fills b with the bytes at offset.
func readAt(r io.ReaderAt, b []byte, offset int64) error {
	n, err := r.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading %d bytes at byte %d of the Parquet file: %w", len(b), offset, err)
}
