package grammar_test

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"acequia/shared/grammar"
)

// FuzzReadable holds IsReadable to the standard library, wherever in memory and behind however much a text lies.
func FuzzReadable(f *testing.F) {
	for _, seed := range []string{
		"", "a", "\x00", "ñ", "€", "😀", "\xc3", "\xf0\x9f\x98", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xed\xa0\x80",
		"\xee\x80\x80", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xff",
		"\x80", "a\x80", "ñ\x80", "€\x80", "😀\x80", "\xe2\x82a", "\xf0\x9fa\x80",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 200 {
			return
		}
		want := bytes.IndexByte(text, 0) < 0 && utf8.Valid(text)
		for n := range 67 {
			padded := append(bytes.Repeat([]byte{'a'}, n), text...)
			for _, behind := range []int{0, 1, 40} {
				if got := grammar.IsReadable(append(padded, bytes.Repeat([]byte("b"), behind)...)); got != want {
					t.Fatalf("%q behind %d bytes and before %d is readable: %v, want %v", text, n, behind, got, want)
				}
			}
		}
	})
}

// Every text of two bytes, and those of three and four whose bytes are at the edges of what UTF-8 allows, at a block's start and over its end.
func TestReadableIsWhatTheStandardLibrarySays(t *testing.T) {
	t.Parallel()
	check := func(text []byte) {
		want := bytes.IndexByte(text, 0) < 0 && utf8.Valid(text)
		for _, n := range []int{0, 30, 31, 62} {
			var file [100]byte
			copy(file[:], bytes.Repeat([]byte("a"), len(file)))
			copy(file[n:], text)
			for _, end := range []int{len(file), n + len(text)} {
				if got := grammar.IsReadable(file[:end]); got != want {
					t.Fatalf("%q at %d of %d is readable: %v, want %v", text, n, end, got, want)
				}
			}
		}
	}
	for n := range 1 << 16 {
		check([]byte{byte(n >> 8), byte(n)})
	}
	edges := []byte{0, 1, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff}
	for _, a := range edges {
		for _, b := range edges {
			for _, c := range edges {
				check([]byte{a, b, c})
				for _, d := range edges {
					check([]byte{a, b, c, d})
				}
			}
		}
	}
}
