package grammar

import "bytes"

// finder finds the next byte of one kind and remembers where it looked. Asked again and again from places that only grow, it
// looks at each byte of an object once, however many short records lie before the byte that it looks for.
type finder struct {
	c byte
	// There is none from offset from on until to; found says that there is one at to.
	from, to int64
	found    bool
}

// next gives the index of the first one in b[at:], or len(b). base is the offset of b[0] in the object.
func (f *finder) next(b []byte, base int64, at int) int {
	asked := base + int64(at)
	if asked < f.from || asked > f.to {
		f.from, f.to, f.found = asked, asked, false
	}
	if !f.found && f.to < base+int64(len(b)) {
		f.search(b, base)
	}
	return int(min(f.to-base, int64(len(b))))
}

// search goes on at f.to.
func (f *finder) search(b []byte, base int64) {
	rest := b[f.to-base:]
	i := bytes.IndexByte(rest, f.c)
	f.found = i >= 0
	if !f.found {
		i = len(rest)
	}
	f.to += int64(i)
}
