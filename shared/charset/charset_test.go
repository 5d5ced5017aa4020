package charset_test

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
	stdunicode "unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"acequia/shared/charset"
)

func find(t testing.TB, name string) charset.Charset {
	t.Helper()
	c, ok := charset.Find(name)
	if !ok {
		t.Fatalf("there is no %s", name)
	}
	return c
}

// TestTextOfWhatOthersEncode holds the decoders, and the encoders, to the encoders of golang.org/x/text.
func TestTextOfWhatOthersEncode(t *testing.T) {
	t.Parallel()
	encoders := map[string]struct {
		encoding encoding.Encoding
		runes    *rapid.Generator[rune]
	}{
		charset.UTF16LE:     {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), rapid.Rune()},
		charset.UTF16BE:     {unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), rapid.Rune()},
		charset.Windows1252: {charmap.Windows1252, rapid.SampledFrom([]rune("aZ9,;\"\r\n\tñÑáü€“”–"))},
		charset.Latin1:      {charmap.ISO8859_1, rapid.RuneFrom(nil, &latin1)},
	}
	for name, encoder := range encoders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := find(t, name)
			rapid.Check(t, func(t *rapid.T) {
				text := rapid.StringOf(encoder.runes).Draw(t, "text")
				b, err := encoder.encoding.NewEncoder().Bytes([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				if got := c.Text(b); string(got) != text {
					t.Fatalf("text is %q, want %q", got, text)
				}
				if got := c.Bytes(text); !bytes.Equal(got, b) {
					t.Fatalf("bytes are %q, want %q", got, b)
				}
				streamed, err := io.ReadAll(c.Reader(iotest.OneByteReader(bytes.NewReader(b))))
				if err != nil || string(streamed) != text {
					t.Fatalf("read one byte at a time it is %q, %v", streamed, err)
				}
			})
		})
	}
}

// TestEveryByteHasItsPlace: whatever the bytes, each prefix of the text stands for as many bytes as it came from.
func TestEveryByteHasItsPlace(t *testing.T) {
	t.Parallel()
	for _, name := range charset.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := find(t, name)
			rapid.Check(t, func(t *rapid.T) {
				b := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
				text := c.Text(b)
				if got := c.Size(text); got != len(b) {
					t.Fatalf("the text %q of %d bytes stands for %d", text, len(b), got)
				}
				for cut := range text {
					if sum := c.Size(text[:cut]) + c.Size(text[cut:]); sum != len(b) {
						t.Fatalf("the text %q stands for %d bytes, but cut at %d for %d", text, len(b), cut, sum)
					}
				}
				streamed, err := io.ReadAll(c.Reader(iotest.HalfReader(bytes.NewReader(b))))
				if err != nil || !bytes.Equal(streamed, text) {
					t.Fatalf("streamed %q, %v; at once %q", streamed, err, text)
				}
			})
		})
	}
}

func TestWhatIsNoCharacterIsNotUTF8(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]string{
		charset.UTF16LE:     "a\x00\x00\xd8b\x00", // the first half of a pair, and then a letter
		charset.UTF16BE:     "\x00a\xdc\x00\x00b", // a second half alone
		charset.Windows1252: "a\x81b",
	} {
		text := find(t, name).Text([]byte(b))
		if name == charset.Windows1252 && utf8.Valid(text) {
			continue // WHATWG gives the five bytes without a character that of a control code
		}
		if utf8.Valid(text) {
			t.Errorf("%s: %q is the valid text %q", name, b, text)
		}
	}
	if text := find(t, charset.UTF16LE).Text([]byte("a\x00b")); string(text) != "a\xff" {
		t.Errorf("the odd byte at the end becomes %q", text)
	}
}

var latin1 = stdunicode.RangeTable{R16: []stdunicode.Range16{{Lo: 1, Hi: 0xff, Stride: 1}}}
