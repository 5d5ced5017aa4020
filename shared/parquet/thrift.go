package parquet

import (
	"encoding/binary"
	"math"
)

// The types of thrift's compact protocol, in which the footer and the headers of pages are written.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
const (
	typeStop   = 0
	typeTrue   = 1
	typeFalse  = 2
	typeByte   = 3
	typeInt16  = 4
	typeInt32  = 5
	typeInt64  = 6
	typeDouble = 7
	typeBinary = 8
	typeList   = 9
	typeSet    = 10
	typeMap    = 11
	typeStruct = 12
)

// maxNesting bounds how deep structures may nest: parquet's own take about eight.
const maxNesting = 32

// thrift reads structures off b. It takes no memory for what b claims to hold. Once something makes no sense it is broken, and
// gives zeros from then on.
type thrift struct {
	b      []byte
	at     int
	depth  int
	broken bool
}

// fields gives the fields of a structure. Each must be consumed: what field does not want, it skips.
func (t *thrift) fields(field func(id int16, kind byte)) {
	if t.depth++; t.depth > maxNesting {
		t.broken = true
	}
	id := int16(0)
	for head := t.byte(); head != typeStop; head = t.byte() {
		if delta := head >> 4; delta != 0 {
			id += int16(delta)
		} else {
			id = int16(t.varint())
		}
		field(id, head&15)
	}
	t.depth--
}

// structure gives the fields of a field that is a structure.
func (t *thrift) structure(kind byte, field func(id int16, kind byte)) {
	if t.expect(kind == typeStruct) {
		t.fields(field)
	}
}

// list gives the elements of a field that is a list, each of which must be consumed.
func (t *thrift) list(kind byte, element func(kind byte)) {
	if !t.expect(kind == typeList || kind == typeSet) {
		return
	}
	head := t.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = t.uvarint()
	}
	for ; n > 0 && !t.broken; n-- { // Each takes a byte or more, so that b ends before a count that lies.
		element(head & 15)
	}
}

// integer gives a field that is a whole number of any size.
func (t *thrift) integer(kind byte) int64 {
	switch kind {
	case typeByte:
		return int64(int8(t.byte()))
	case typeInt16, typeInt32, typeInt64:
		return t.varint()
	default:
		t.broken = true
		return 0
	}
}

// small gives a field that is a whole number of 32 bits.
func (t *thrift) small(kind byte) int {
	n := t.integer(kind)
	if t.expect(math.MinInt32 <= n && n <= math.MaxInt32) {
		return int(n)
	}
	return 0
}

// boolean gives a field that is true or false, which is written in its kind.
func (t *thrift) boolean(kind byte) bool {
	t.expect(kind == typeTrue || kind == typeFalse)
	return kind == typeTrue
}

// text gives a field that is text or bytes.
func (t *thrift) text(kind byte) string {
	if t.expect(kind == typeBinary) {
		return string(t.take(t.uvarint()))
	}
	return ""
}

// skip consumes a field, or an element of a list.
func (t *thrift) skip(kind byte) {
	switch kind {
	case typeTrue, typeFalse:
	case typeByte:
		t.byte()
	case typeInt16, typeInt32, typeInt64:
		t.varint()
	case typeDouble:
		t.take(8)
	case typeBinary:
		t.take(t.uvarint())
	case typeList, typeSet:
		t.list(kind, t.skipElement)
	case typeMap:
		t.skipMap()
	case typeStruct:
		t.fields(func(_ int16, kind byte) { t.skip(kind) })
	default:
		t.broken = true
	}
}

// skipElement consumes an element of a list or map, where true and false take a byte. Lists of lists are in no part of parquet.
func (t *thrift) skipElement(kind byte) {
	switch kind {
	case typeTrue, typeFalse:
		t.byte()
	case typeList, typeSet, typeMap:
		t.broken = true
	default:
		t.skip(kind)
	}
}

func (t *thrift) skipMap() {
	n := t.uvarint()
	if n == 0 {
		return
	}
	kinds := t.byte()
	for ; n > 0 && !t.broken; n-- {
		t.skipElement(kinds >> 4)
		t.skipElement(kinds & 15)
	}
}

func (t *thrift) varint() int64 {
	n := t.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

func (t *thrift) uvarint() uint64 {
	n, size := binary.Uvarint(t.b[t.at:])
	if !t.expect(size > 0) {
		return 0
	}
	t.at += size
	return n
}

func (t *thrift) byte() byte {
	if b := t.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (t *thrift) take(n uint64) []byte {
	if !t.expect(n <= uint64(len(t.b)-t.at)) {
		return nil
	}
	t.at += int(n)
	return t.b[t.at-int(n) : t.at]
}

func (t *thrift) expect(ok bool) bool {
	if !ok {
		t.broken = true
	}
	if t.broken {
		t.at = len(t.b)
	}
	return !t.broken
}
