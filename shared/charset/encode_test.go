package charset_test

import (
	"testing"

	"acequia/shared/charset"
)

func TestBytes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		charset.UTF8:        "ñ€😀",
		charset.UTF16LE:     "\xf1\x00\xac\x20\x3d\xd8\x00\xde",
		charset.UTF16BE:     "\x00\xf1\x20\xac\xd8\x3d\xde\x00",
		charset.Windows1252: "\xf1\x80?",
		charset.Latin1:      "\xf1??",
	} {
		if got := find(t, name).Bytes("ñ€😀"); string(got) != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
