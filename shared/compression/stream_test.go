package compression_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"acequia/shared/compression"
	"acequia/shared/pipeline"
)

// gzipped compresses each part as a member of its own.
func gzipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, part := range parts {
		w := gzip.NewWriter(&out)
		write(t, w, part)
	}
	return out.Bytes()
}

// zstandard compresses each part as a frame of its own.
func zstandard(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, part := range parts {
		w, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		write(t, w, part)
	}
	return out.Bytes()
}

func write(t testing.TB, w io.WriteCloser, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// read gives what comes out.
func read(r io.Reader, limits compression.Limits) (string, pipeline.Compression, error) {
	s, err := compression.Open(r, limits)
	if err != nil {
		return "", "", err
	}
	defer s.Close()
	b, err := io.ReadAll(s)
	return string(b), s.Compression, err
}

func TestWhatComesOut(t *testing.T) {
	t.Parallel()
	skipped := []byte{0x51, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'}
	for name, test := range map[string]struct {
		object []byte
		want   string
		kind   pipeline.Compression
	}{
		"nothing":               {nil, "", ""},
		"one byte":              {[]byte("a"), "a", ""},
		"plain":                 {[]byte("id,name\n1,a\n"), "id,name\n1,a\n", ""},
		"gzip":                  {gzipped(t, "id\n1\n"), "id\n1\n", pipeline.Gzip},
		"gzip of nothing":       {gzipped(t, ""), "", pipeline.Gzip},
		"gzip members":          {gzipped(t, "id\n", "", "1\n2", "\n3\n"), "id\n1\n2\n3\n", pipeline.Gzip},
		"zstd":                  {zstandard(t, "id\n1\n"), "id\n1\n", pipeline.Zstd},
		"zstd frames":           {zstandard(t, "id\n", "1\n2", "\n3\n"), "id\n1\n2\n3\n", pipeline.Zstd},
		"zstd, a frame skipped": {append(skipped, zstandard(t, "id\n1\n")...), "id\n1\n", pipeline.Zstd},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, kind, err := read(iotest.OneByteReader(bytes.NewReader(test.object)), compression.Limits{})
			if got != test.want || kind != test.kind || err != nil {
				t.Errorf("%q, %q, %v; want %q, %q", got, kind, err, test.want, test.kind)
			}
		})
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("2026-11-24,tienda,12.50\n", 1000)
	flipped := gzipped(t, text)
	flipped[len(flipped)-6] ^= 1 // the checksum
	bomb := strings.Repeat("0", 80<<20)
	for name, test := range map[string]struct {
		object []byte
		limits compression.Limits
		want   string
	}{
		"damaged gzip":             {flipped, compression.Limits{}, "damaged"},
		"gzip with more behind it": {append(gzipped(t, text), "more than a header takes"...), compression.Limits{}, "damaged"},
		"zstd with more behind it": {append(zstandard(t, text), "more than a header takes"...), compression.Limits{}, "damaged"},
		"a gzip bomb":              {gzipped(t, bomb), compression.Limits{}, "zip bomb"},
		"a zstd bomb":              {zstandard(t, bomb), compression.Limits{}, "maxRatio in the contract"},
		"too many bytes":           {gzipped(t, text), compression.Limits{MaxBytes: 1000}, "more than 1000 bytes"},
		"gzip magic alone":         {[]byte{0x1f, 0x8b}, compression.Limits{}, "cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, _, err := read(bytes.NewReader(test.object), test.limits)
			var refused *pipeline.RefusedError
			if !errors.As(err, &refused) || !strings.Contains(refused.Reason, test.want) {
				t.Errorf("error = %v, want %q", err, test.want)
			}
			if len(out) > 70<<20 {
				t.Errorf("%d bytes came out first", len(out))
			}
		})
	}
}

func TestABombIsReadIfTheContractAllowsIt(t *testing.T) {
	t.Parallel()
	got, _, err := read(bytes.NewReader(gzipped(t, strings.Repeat("0", 80<<20))), compression.Limits{MaxRatio: 2000})
	if len(got) != 80<<20 || err != nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// TestEveryTruncationIsRefused: wherever a compressed file is cut off, its end does not pass for that of the file.
func TestEveryTruncationIsRefused(t *testing.T) {
	t.Parallel()
	for name, object := range map[string][]byte{"gzip": gzipped(t, "id\n1\n2\n"), "zstd": zstandard(t, "id\n1\n2\n")} {
		for size := 4; size < len(object); size++ {
			_, _, err := read(bytes.NewReader(object[:size]), compression.Limits{})
			if refused := (*pipeline.RefusedError)(nil); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "cut off") {
				t.Errorf("%s cut to %d of %d bytes: error = %v", name, size, len(object), err)
			}
		}
	}
}

// TestABrokenConnectionIsNoTruncation: what can be read again is worth a retry, even if it breaks off as a file's end would.
func TestABrokenConnectionIsNoTruncation(t *testing.T) {
	t.Parallel()
	for name, object := range map[string][]byte{"gzip": gzipped(t, "id\n1\n2\n"), "zstd": zstandard(t, "id\n1\n2\n")} {
		for _, broken := range []error{errors.New("connection reset"), io.ErrUnexpectedEOF} {
			r := io.MultiReader(bytes.NewReader(object[:len(object)-5]), iotest.ErrReader(broken))
			_, _, err := read(r, compression.Limits{})
			if !errors.Is(err, broken) || errors.As(err, new(*pipeline.RefusedError)) {
				t.Errorf("%s: error = %v, want %v", name, err, broken)
			}
		}
	}
}
