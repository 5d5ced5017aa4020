package parquet

import (
	"github.com/parquet-go/parquet-go/format"
)

// values gives the values of a page one after another, each as PLAIN writes it: numbers in little-endian order, a truth value
// in one byte, text without its length. A value is good until the next; false means that there is none where one must be.
type values interface {
	next() ([]byte, bool)
}

// newValues gives the values, at most n, that are written in b in that encoding; false if it is none for the column, or b is
// not written so.
func newValues(e *element, encoding format.Encoding, b []byte, n int, d *dictionary) (values, bool) {
	width := e.width()
	whole := e.physical == format.Int32 || e.physical == format.Int64
	switch {
	case encoding == plainDictionary || encoding == format.RLEDictionary:
		if d == nil || len(b) == 0 {
			return nil, false
		}
		return &indexes{hybrid{b: b[1:], width: uint(b[0])}, d}, true
	case encoding == format.Plain:
		return newPlain(e, b), true
	case encoding == format.RLE && e.physical == format.Boolean:
		return newRuns(b)
	case encoding == format.ByteStreamSplit && width > 0 && e.physical != format.Int96:
		return &split{b: b, n: len(b) / width, value: make([]byte, width)}, len(b)%width == 0
	case encoding == format.DeltaBinaryPacked && whole:
		d, ok := newDelta(b, n)
		return &differences{delta: d, width: width}, ok
	case encoding == format.DeltaLengthByteArray && e.physical == format.ByteArray:
		return newLengths(b, n)
	case encoding == format.DeltaByteArray && (e.physical == format.ByteArray || e.physical == format.FixedLenByteArray):
		return newPrefixes(b, n, width)
	default:
		return nil, false
	}
}

// width is the size of a value in bytes; 0 if it varies, or if values take less than a byte.
func (e *element) width() int {
	switch e.physical {
	case format.Int32, format.Float:
		return 4
	case format.Int64, format.Double:
		return 8
	case format.Int96:
		return 12
	case format.FixedLenByteArray:
		return e.length
	default:
		return 0
	}
}
