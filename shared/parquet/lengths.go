package parquet

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
