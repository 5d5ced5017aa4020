package grammar

import "encoding/binary"

// closing gives the index behind the bracket that closes the one at b[open], or len(b) and false if there is none. Strings are
// passed over; outside them brackets of both kinds count alike, so that one in the place of the other costs its record only.
func closing(b []byte, open int) (end int, ok bool) {
	n := nesting{depth: 1}
	for at := open + 1; at < len(b); {
		at = n.words(b, at)
		at = n.bytes(b, at, min(at+8, len(b)))
		if n.depth == 0 {
			return at, true
		}
	}
	return len(b), false
}

// nesting is where in an object or array a scan stands.
type nesting struct {
	// depth counts the brackets that are open.
	depth int
	// quoted has all bits set in a string, and none outside.
	quoted uint64
}

// words passes over the words from b[at] on, up to one that has a backslash, or whose brackets may close the outermost one.
func (n *nesting) words(b []byte, at int) int {
	depth, quoted := n.depth, n.quoted
	for ; at+8 <= len(b); at += 8 {
		x := binary.LittleEndian.Uint64(b[at:])
		// The product's high bits tell of each byte whether the quotes up to it are odd. It lies in a string if they are, or else
		// if they are not and the word before ended in one.
		inside := marks(x, '"')*eachByte ^ quoted
		const folded = 0x26 * eachByte // with these bits set, each of the four brackets is 0x7f
		escapes, brackets := hints(x, '\\'), hints(x|folded, 0x7f)&^inside
		if (escapes|brackets)&highBits != 0 {
			opens, closes := marks(x|0x20*eachByte, '{'), marks(x|0x20*eachByte, '}')
			if escapes&highBits != 0 || depth <= count(closes&^inside) {
				break
			}
			depth += count(opens&^inside) - count(closes&^inside)
		}
		quoted = uint64(int64(inside) >> 63)
	}
	n.depth, n.quoted = depth, quoted
	return at
}

// bytes goes on from b[at] to b[end], byte by byte, and further only to the end of an escape. It stops behind the bracket that
// closes the outermost one.
func (n *nesting) bytes(b []byte, at, end int) int {
	for ; at < end && n.depth > 0; at++ {
		switch c := b[at]; {
		case c == '"':
			n.quoted = ^n.quoted
		case n.quoted != 0:
			if c == '\\' {
				at++
			}
		case c == '{' || c == '[':
			n.depth++
		case c == '}' || c == ']':
			n.depth--
		}
	}
	return min(at, len(b))
}

// marks sets the high bit of each byte of x that is c, and no other bit.
func marks(x uint64, c uint64) uint64 { return zeros(x ^ c*eachByte) }

// hints sets the high bit of each byte of x that is c, and maybe those of bytes behind one: it is right about whether there are
// any, in half the time. The other bits mean nothing.
func hints(x uint64, c uint64) uint64 {
	x ^= c * eachByte
	return (x - eachByte) &^ x
}

// count counts marks.
func count(marks uint64) int { return int(marks >> 7 * eachByte >> 56) }
