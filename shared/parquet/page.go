package parquet

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"

	"github.com/parquet-go/parquet-go/format"
)

// headerBytes is how much is looked at for the header of a page. Most take less; of one that takes more, as its statistics have
// the longest texts of the page, ever more is looked at.
const headerBytes = 1 << 10

// pages reads the pages of a column chunk.
type pages struct {
	column *node
	group  int
	codec  format.CompressionCodec
	in     section
	// rows and unpacked are what is left of the rows, and of the bytes that the footer says the pages take uncompressed.
	rows, unpacked int64
	buffer         []byte // for a page uncompressed
	dictionary     *dictionary
}

// page is a data page, uncompressed.
type page struct {
	rows   int
	levels hybrid
	values values
}

func (p *pages) damaged(what string) error {
	return damaged("column %s in row group %d %s", p.column.path(), p.group, what)
}

// next gives the next page that has rows.
func (p *pages) next() (page, error) {
	for {
		h, err := p.header()
		if err != nil {
			return page{}, err
		}
		packed, err := p.body(&h)
		if err != nil {
			return page{}, err
		}
		switch h.kind {
		case format.DictionaryPage:
			err = p.readDictionary(&h, packed)
		case format.DataPage, format.DataPageV2:
			if h.values > 0 {
				return p.data(&h, packed)
			}
		}
		if err != nil {
			return page{}, err
		}
	}
}

// header takes the next header, and holds its sizes to what is left.
func (p *pages) header() (h header, err error) {
	for size := headerBytes; ; size *= 8 {
		b, err := p.in.peek(size)
		if err != nil {
			return h, err
		}
		t := thrift{b: b}
		if h = readHeader(&t); !t.broken {
			p.in.skip(t.at)
			break
		}
		switch {
		case p.in.left() == 0:
			return h, p.damaged("ends before its rows do")
		case int64(size) >= p.in.left():
			return h, p.damaged("has a page whose header cannot be read")
		}
	}
	switch {
	case h.packed < 0, int64(h.packed) > p.in.left(), h.unpacked < 0, int64(h.unpacked) > p.unpacked:
		return h, p.damaged("has a page that is larger than the footer says")
	case h.values < 0, h.kind != format.DictionaryPage && int64(h.values) > p.rows:
		return h, p.damaged("has a page with more values than there are rows")
	}
	p.unpacked -= int64(h.unpacked)
	return h, nil
}

// body takes the page behind the header, as it lies there.
func (p *pages) body(h *header) ([]byte, error) {
	b, err := p.in.peek(h.packed)
	if err != nil {
		return nil, err
	}
	p.in.skip(h.packed)
	if h.hasCRC && crc32.ChecksumIEEE(b) != h.crc {
		return nil, p.damaged("has a page whose checksum is another")
	}
	return b, nil
}

// unpack uncompresses a page, or that part of it which is compressed, to a size.
func (p *pages) unpack(dst, packed []byte) error {
	if err := unpackers[p.codec](dst, packed); err != nil {
		return p.damaged("has a page that cannot be uncompressed: " + err.Error())
	}
	return nil
}

// readDictionary takes the dictionary, which stands before all data. It stays when the buffers are read into again.
func (p *pages) readDictionary(h *header, packed []byte) error {
	if p.dictionary != nil || h.encoding != format.Plain && h.encoding != plainDictionary {
		return p.damaged("has two dictionaries, or one in an encoding that is none")
	}
	b := make([]byte, h.unpacked)
	if err := p.unpack(b, packed); err != nil {
		return err
	}
	var ok bool
	if p.dictionary, ok = newDictionary(&p.column.element, b, h.values); !ok {
		return p.damaged("has a dictionary that is shorter than its header says")
	}
	return nil
}

// data takes a data page apart.
func (p *pages) data(h *header, packed []byte) (page, error) {
	read := p.first
	if h.kind == format.DataPageV2 {
		read = p.second
	}
	levels, b, err := read(h, packed)
	if err != nil {
		return page{}, err
	}
	p.rows -= int64(h.values)
	out := page{rows: h.values, levels: hybrid{b: levels, width: uint(bits.Len(uint(p.column.levels)))}}
	var ok bool
	if out.values, ok = newValues(&p.column.element, h.encoding, b, h.values, p.dictionary); !ok {
		return page{}, p.damaged("has a page whose values are not in the encoding " + h.encoding.String())
	}
	return out, nil
}

// first gives the levels and values of a data page of the first version, which is compressed as a whole.
func (p *pages) first(h *header, packed []byte) (levels, b []byte, err error) {
	if b, err = p.whole(packed, h.unpacked); err != nil || p.column.levels == 0 {
		return nil, b, err
	}
	if h.levelsEncoding != format.RLE || len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
		return nil, nil, p.damaged("has a page whose definition levels cannot be read")
	}
	end := 4 + int(binary.LittleEndian.Uint32(b))
	return b[4:end], b[end:], nil
}

// second gives those of a data page of the second version, of which only the values may be compressed.
func (p *pages) second(h *header, packed []byte) (levels, b []byte, err error) {
	if h.repetitionBytes != 0 || h.definitionBytes < 0 || h.definitionBytes > min(len(packed), h.unpacked) {
		return nil, nil, p.damaged("has a page whose levels cannot be read")
	}
	levels, b = packed[:h.definitionBytes], packed[h.definitionBytes:]
	if size := h.unpacked - h.definitionBytes; !h.isPlain && len(b) > 0 {
		b, err = p.whole(b, size)
	}
	return levels, b, err
}

// whole uncompresses a page into the buffer, unless it is not compressed.
func (p *pages) whole(packed []byte, size int) ([]byte, error) {
	if p.codec == format.Uncompressed && len(packed) == size {
		return packed, nil
	}
	if cap(p.buffer) < size {
		p.buffer = make([]byte, size)
	}
	return p.buffer[:size], p.unpack(p.buffer[:size], packed)
}
