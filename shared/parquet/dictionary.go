package parquet

import "github.com/parquet-go/parquet-go/format"

// plainDictionary is what older writers call the encodings of a dictionary and of what refers to it.
const plainDictionary format.Encoding = 2

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
