// Package compression takes an object's bytes and gives the stream that is in them: the bytes themselves, or what gzip or zstd
// make of them. Which it is, the first bytes say, and not the name.
package compression

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"acequia/shared/pipeline"
)

// The limits where a contract names none.
const (
	// DefaultMaxRatio is well above what tables compress to (5 to 100), and far below what a bomb does (deflate: 1,032).
	DefaultMaxRatio = 250
	DefaultMaxBytes = 1 << 40
)

// freeBytes may come out of any object, however small: the ratio says nothing of so few.
const freeBytes = 64 << 20

// maxWindow bounds how far back a zstd frame may refer, and so the memory of reading it; RFC 8878, section 3.1.1.1.2, asks
// for 8 MiB at least.
const maxWindow = 32 << 20

// The first bytes of what is compressed. A zstd file may begin with a frame to skip, whose number is in the lower half of the
// first byte (RFC 8878, section 3.1.2).
var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
	skipMagic = []byte{0x2a, 0x4d, 0x18}
)

// Limits bound what may come out of a compressed object, in bytes; 0 stands for the default.
type Limits struct {
	// MaxRatio is how many may come out of one, MaxBytes how many altogether.
	MaxRatio, MaxBytes int64
}

// Stream is what is in an object. If that is more than the limits allow, damaged, or cut off, Read gives a
// *pipeline.RefusedError; an error of the reader behind it comes as it is.
type Stream struct {
	Compression pipeline.Compression

	origin origin
	out    io.Reader
	close  func()
	limits Limits
	given  int64
}

// Open begins to read the object whose bytes r gives. The stream must be closed; r stays open.
func Open(r io.Reader, limits Limits) (*Stream, error) {
	s := &Stream{
		origin: origin{r: r}, close: func() {},
		limits: Limits{MaxRatio: cmp.Or(limits.MaxRatio, DefaultMaxRatio), MaxBytes: cmp.Or(limits.MaxBytes, DefaultMaxBytes)},
	}
	in := bufio.NewReader(&s.origin)
	s.out = in
	s.Compression = recognise(in)
	var err error
	switch s.Compression {
	case pipeline.Gzip:
		err = s.openGzip(in)
	case pipeline.Zstd:
		err = s.openZstd(in)
	}
	if err != nil {
		return nil, s.reason(err)
	}
	return s, nil
}

func recognise(in *bufio.Reader) pipeline.Compression {
	first, _ := in.Peek(len(zstdMagic)) // an error comes again with the first Read
	switch {
	case bytes.HasPrefix(first, gzipMagic):
		return pipeline.Gzip
	case bytes.Equal(first, zstdMagic), len(first) == len(zstdMagic) && first[0]&0xf0 == 0x50 && bytes.Equal(first[1:], skipMagic):
		return pipeline.Zstd
	default:
		return ""
	}
}

// openGzip reads all members, one after another, as gzip -d does.
func (s *Stream) openGzip(in io.Reader) error {
	r, err := gzip.NewReader(in)
	if err == nil {
		s.out, s.close = r, func() { _ = r.Close() } // has nothing to say that Read did not
	}
	return err //nolint:wrapcheck // Stream.reason wraps it.
}

// openZstd reads all frames, one after another, without goroutines.
func (s *Stream) openZstd(in io.Reader) error {
	r, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err == nil {
		s.out, s.close = r, r.Close
	}
	return err //nolint:wrapcheck // Stream.reason wraps it.
}

// Close frees what reading took.
func (s *Stream) Close() { s.close() }

// Read implements io.Reader.
func (s *Stream) Read(b []byte) (int, error) {
	n, err := s.out.Read(b)
	s.given += int64(n)
	if s.Compression == "" || err == io.EOF { //nolint:errorlint // What a Read gives at the end is this very value.
		return n, err //nolint:wrapcheck // It is what reading the object gives.
	}
	if err == nil {
		err = s.excess()
	} else {
		err = s.reason(err)
	}
	return n, err
}

// excess says that too much came out.
func (s *Stream) excess() error {
	switch {
	case s.given > s.limits.MaxBytes:
		return pipeline.Refuse("more than %d bytes come out of the %s file; if that is right, allow more with maxBytes in the contract",
			s.limits.MaxBytes, s.Compression)
	case s.given > freeBytes && s.given/s.limits.MaxRatio > s.origin.read:
		return pipeline.Refuse("%d bytes come out of the first %d bytes of the %s file, more than %d of one, as from a zip bomb; "+
			"if that is right, allow more with maxRatio in the contract", s.given, s.origin.read, s.Compression, s.limits.MaxRatio)
	}
	return nil
}

// reason says what is wrong with a compressed file.
func (s *Stream) reason(err error) error {
	switch {
	case s.origin.err != nil:
		return fmt.Errorf("reading the %s file at byte %d: %w", s.Compression, s.origin.read, s.origin.err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return pipeline.Refuse("the %s file is cut off: it ends after %d bytes, in the middle of its data; upload it whole",
			s.Compression, s.origin.read)
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return pipeline.Refuse("the zstd file refers back further than %d MiB; compress it without --long", maxWindow>>20)
	default:
		return pipeline.Refuse("the %s file is damaged near byte %d, where %d bytes have come out of it (%v); compress it again and upload that",
			s.Compression, s.origin.read, s.given, err)
	}
}

// origin counts the bytes of the object, and remembers what went wrong with reading them, which is no fault of the file.
type origin struct {
	r    io.Reader
	read int64
	err  error
}

func (o *origin) Read(b []byte) (int, error) {
	n, err := o.r.Read(b)
	o.read += int64(n)
	if err != nil && err != io.EOF {
		o.err = err
	}
	return n, err //nolint:wrapcheck // Stream.reason wraps it.
}
