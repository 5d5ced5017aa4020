package parquet

import "github.com/parquet-go/parquet-go/format"

// header is what a PageHeader says.
type header struct {
	kind             format.PageType
	packed, unpacked int // sizes of the page as it lies there, and uncompressed
	hasCRC           bool
	crc              uint32
	values           int
	encoding         format.Encoding
	levelsEncoding   format.Encoding
	// Of the second version of data pages: the levels stand before what is compressed.
	definitionBytes, repetitionBytes int
	isPlain                          bool
}

// readHeader reads a PageHeader.
func readHeader(t *thrift) (h header) {
	h.levelsEncoding = format.RLE
	t.fields(func(id int16, kind byte) {
		switch id {
		case 1:
			h.kind = format.PageType(t.small(kind))
		case 2:
			h.unpacked = t.small(kind)
		case 3:
			h.packed = t.small(kind)
		case 4:
			h.crc, h.hasCRC = uint32(t.small(kind)), true
		case 5, 7:
			t.structure(kind, func(id int16, kind byte) { h.readFirst(t, id, kind) })
		case 8:
			t.structure(kind, func(id int16, kind byte) { h.readSecond(t, id, kind) })
		default:
			t.skip(kind)
		}
	})
	return h
}

// readFirst reads a field of DataPageHeader, or of DictionaryPageHeader, which has the first two of them.
func (h *header) readFirst(t *thrift, id int16, kind byte) {
	switch {
	case id == 1:
		h.values = t.small(kind)
	case id == 2:
		h.encoding = format.Encoding(t.small(kind))
	case id == 3 && h.kind == format.DataPage:
		h.levelsEncoding = format.Encoding(t.small(kind))
	default:
		t.skip(kind)
	}
}

// readSecond reads a field of DataPageHeaderV2.
func (h *header) readSecond(t *thrift, id int16, kind byte) {
	switch id {
	case 1:
		h.values = t.small(kind)
	case 4:
		h.encoding = format.Encoding(t.small(kind))
	case 5:
		h.definitionBytes = t.small(kind)
	case 6:
		h.repetitionBytes = t.small(kind)
	case 7:
		h.isPlain = !t.boolean(kind)
	default:
		t.skip(kind)
	}
}
