package grammar

import (
	"bytes"
	"fmt"
)

// JSON is the grammar of the elements of an array.
type JSON struct {
	// MaxRecord is the largest number of bytes in an element.
	MaxRecord int
}

// StructureError says what between the elements of an array is not as it must be.
type StructureError struct {
	// At is the index of the byte at which it was seen.
	At int
	// What is a sentence's predicate: "ends before its closing bracket".
	What string
}

func (e *StructureError) Error() string { return "the JSON array " + e.What }

// Array is where in an array a scan stands.
type Array struct {
	// First says that no element has been seen yet, so none needs a comma before it.
	First bool
	// Closed says that the closing bracket has been seen: only space may follow.
	Closed bool
}

// Record finds the element that follows b[at], where a stands. last tells whether the file ends with b; if it does not, enough
// is false when b ends too early to tell, and the call must be made again with more bytes and the same a. At the closing bracket, and
// at the end of the bytes behind it, the extent is blank.
func (g JSON) Record(b []byte, at int, last bool, a *Array) (e Extent, enough bool, err error) {
	start, commas := between(b, at)
	switch {
	case start == len(b) && !last:
		return e, false, nil
	case start == len(b) && !a.Closed:
		return e, true, &StructureError{start, "ends before its closing bracket: the file is cut off; upload it whole"}
	case start == len(b):
		return Extent{Start: start, End: start, Next: start, Blank: true}, true, nil
	case a.Closed:
		return e, true, &StructureError{start, "is followed by something else; a file must hold one array"}
	case b[start] == ']' && commas == 0:
		a.Closed = true
		return Extent{Start: start, End: start, Next: start + 1, Blank: true}, true, nil
	case b[start] == ']' || commas > 1 || commas == 1 && a.First || commas == 0 && !a.First:
		return e, true, &StructureError{start, "must have exactly one comma between two elements"}
	}
	length, whole := element(b[start:], last)
	switch {
	case length > g.MaxRecord:
		return e, true, &StructureError{start, fmt.Sprintf("holds an element of more than %d bytes", g.MaxRecord)}
	case !whole && !last:
		return e, false, nil
	case !whole:
		return e, true, &StructureError{start, "ends inside this element: the file is cut off; upload it whole"}
	}
	a.First = false
	return Extent{Start: start, End: start + length, Next: start + length}, true, nil
}

// between passes over space and commas.
func between(b []byte, at int) (start, commas int) {
	for start = at; start < len(b); start++ {
		switch b[start] {
		case ',':
			commas++
		case ' ', '\t', '\r', '\n':
		default:
			return start, commas
		}
	}
	return start, commas
}

// ElementLength gives the length of the valid JSON value at the start of b.
func ElementLength(b []byte) int {
	length, _ := element(b, true)
	return length
}

// element gives the length of the element at the start of b, and whether all of it is there. A number or a word that reaches to
// the end of b is whole if nothing follows b.
func element(b []byte, last bool) (length int, whole bool) {
	switch b[0] {
	case '{', '[':
		return nested(b)
	case '"':
		end := stringEnd(b, 0)
		return end, end <= len(b)
	}
	if end := bytes.IndexAny(b[1:], ",]} \t\r\n"); end >= 0 {
		return 1 + end, true
	}
	return len(b), last
}

// nested gives the length of the array or object at the start of b: up to where its brackets are balanced.
func nested(b []byte) (length int, whole bool) {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = stringEnd(b, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	return len(b), false
}

// stringEnd gives the index behind the closing quote of the string whose opening quote is b[at], or one beyond len(b) if there is none.
func stringEnd(b []byte, at int) int {
	for i := at + 1; i < len(b); i++ {
		quote := bytes.IndexByte(b[i:], '"')
		if quote < 0 {
			return len(b) + 1
		}
		escape := bytes.IndexByte(b[i:i+quote], '\\')
		if escape < 0 {
			return i + quote + 1
		}
		i += escape + 1
	}
	return len(b) + 1
}
