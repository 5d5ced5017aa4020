package parquet

import (
	"encoding/binary"

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
	case encoding == format.PlainDictionary || encoding == format.RLEDictionary:
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

func newPlain(e *element, b []byte) values {
	switch {
	case e.physical == format.Boolean:
		return &flags{b: b}
	case e.physical == format.ByteArray:
		return &prefixed{b: b}
	default:
		return &fixed{b: b, width: e.width()}
	}
}

// fixed are values of one size.
type fixed struct {
	b     []byte
	width int
}

func (v *fixed) next() ([]byte, bool) {
	if len(v.b) < v.width {
		return nil, false
	}
	value := v.b[:v.width:v.width]
	v.b = v.b[v.width:]
	return value, true
}

// prefixed are values with their size before them.
type prefixed struct{ b []byte }

func (v *prefixed) next() ([]byte, bool) {
	if len(v.b) < 4 {
		return nil, false
	}
	size := int64(binary.LittleEndian.Uint32(v.b))
	rest := v.b[4:]
	if size > int64(len(rest)) {
		return nil, false
	}
	v.b = rest[size:]
	return rest[:size:size], true
}

// flags are truth values of one bit.
type flags struct {
	b     []byte
	bit   int
	value [1]byte
}

func (v *flags) next() ([]byte, bool) {
	if v.bit >= 8*len(v.b) {
		return nil, false
	}
	v.value[0] = v.b[v.bit/8] >> (v.bit % 8) & 1
	v.bit++
	return v.value[:], true
}

// runs are truth values in runs.
type runs struct {
	hybrid
	value [1]byte
}

func newRuns(b []byte) (values, bool) {
	if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
		return nil, false
	}
	return &runs{hybrid: hybrid{b: b[4 : 4+binary.LittleEndian.Uint32(b)], width: 1}}, true
}

func (v *runs) next() ([]byte, bool) {
	flag, ok := v.hybrid.next()
	v.value[0] = byte(flag & 1)
	return v.value[:], ok
}

// split are values whose first bytes stand together, then their second ones, and so on.
type split struct {
	b     []byte
	i, n  int
	value []byte
}

func (v *split) next() ([]byte, bool) {
	if v.i == v.n {
		return nil, false
	}
	for j := range v.value {
		v.value[j] = v.b[j*v.n+v.i]
	}
	v.i++
	return v.value, true
}

// differences are whole numbers.
type differences struct {
	delta
	width int
	value [8]byte
}

func (v *differences) next() ([]byte, bool) {
	n, ok := v.delta.next()
	binary.LittleEndian.PutUint64(v.value[:], uint64(n))
	return v.value[:v.width], ok
}

// lengths are values whose sizes stand before all of them.
type lengths struct {
	sizes delta
	b     []byte
}

func newLengths(b []byte, n int) (*lengths, bool) {
	sizes, ok := newDelta(b, n)
	if !ok {
		return nil, false
	}
	b, ok = sizes.rest()
	return &lengths{sizes, b}, ok
}

func (v *lengths) next() ([]byte, bool) {
	size, ok := v.sizes.next()
	if !ok || size < 0 || size > int64(len(v.b)) {
		return nil, false
	}
	value := v.b[:size:size]
	v.b = v.b[size:]
	return value, true
}

// prefixes are values that each begin as the one before does, for so many bytes, and then go on in their own way.
type prefixes struct {
	shared delta
	own    *lengths
	width  int // 0: any
	value  []byte
}

func newPrefixes(b []byte, n, width int) (values, bool) {
	shared, ok := newDelta(b, n)
	if !ok {
		return nil, false
	}
	if b, ok = shared.rest(); !ok {
		return nil, false
	}
	own, ok := newLengths(b, n)
	return &prefixes{shared: shared, own: own, width: width}, ok
}

func (v *prefixes) next() ([]byte, bool) {
	size, ok := v.shared.next()
	own, owned := v.own.next()
	if !ok || !owned || size < 0 || size > int64(len(v.value)) {
		return nil, false
	}
	v.value = append(v.value[:size], own...)
	return v.value, v.width == 0 || len(v.value) == v.width
}

// dictionary holds the values that a column's pages refer to by their number.
type dictionary struct {
	b       []byte
	width   int      // 0: it varies
	offsets []uint32 // of values whose size varies, and of the end
	n       int
}

// newDictionary takes n values off b, which is PLAIN.
func newDictionary(e *element, b []byte, n int) (*dictionary, bool) {
	d := &dictionary{b: b, width: e.width(), n: n}
	switch {
	case e.physical == format.Boolean:
		return nil, false
	case d.width > 0:
		return d, n <= len(b)/d.width
	case n > len(b)/4:
		return nil, false
	}
	d.offsets = make([]uint32, 0, n)
	all := prefixed{b}
	for range n {
		d.offsets = append(d.offsets, uint32(len(b)-len(all.b)))
		if _, ok := all.next(); !ok {
			return nil, false
		}
	}
	return d, true
}

// value gives the value with that number.
func (d *dictionary) value(i uint32) ([]byte, bool) {
	if uint64(i) >= uint64(d.n) {
		return nil, false
	}
	if d.width > 0 {
		one := fixed{d.b[int(i)*d.width:], d.width}
		return one.next()
	}
	one := prefixed{d.b[d.offsets[i]:]}
	return one.next()
}

// indexes are values in a dictionary.
type indexes struct {
	hybrid
	dictionary *dictionary
}

func (v *indexes) next() ([]byte, bool) {
	i, ok := v.hybrid.next()
	if !ok {
		return nil, false
	}
	return v.dictionary.value(i)
}
