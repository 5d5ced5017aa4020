package parquet

import (
	"encoding/binary"

	"github.com/parquet-go/parquet-go/format"
)

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
