package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// unpackers uncompress a page. What comes out must fill dst, to which it is written, and nothing may be left over.
var unpackers = map[format.CompressionCodec]func(dst, src []byte) error{
	format.Uncompressed: unpackNothing,
	format.Snappy:       unpackSnappy,
	format.Gzip:         unpackGzip,
	format.Brotli:       func(dst, src []byte) error { return fill(dst, brotli.NewReader(bytes.NewReader(src))) },
	format.Zstd:         unpackZstd,
	format.Lz4Raw:       unpackLZ4,
}

var errSize = errors.New("another size comes out of it than its header says")

func unpackNothing(dst, src []byte) error {
	if copy(dst, src) < len(dst) || len(dst) < len(src) {
		return errSize
	}
	return nil
}

func unpackSnappy(dst, src []byte) error {
	if size, _ := binary.Uvarint(src); size != uint64(len(dst)) { // The library would take memory for what src claims.
		return errSize
	}
	_, err := snappy.Decode(dst, src)
	return err //nolint:wrapcheck // The page's reader says what it was.
}

func unpackGzip(dst, src []byte) error {
	r, err := gzip.NewReader(bytes.NewReader(src))
	if err != nil {
		return err //nolint:wrapcheck // The page's reader says what it was.
	}
	return fill(dst, r)
}

// zstandard may be used by many at once, who wait for each other.
var zstandard = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(true))
})

func unpackZstd(dst, src []byte) error {
	r, err := zstandard()
	if err != nil {
		return err
	}
	out, err := r.DecodeAll(src, dst[:0:len(dst)])
	if err == nil && len(out) != len(dst) {
		err = errSize
	}
	return err //nolint:wrapcheck // The page's reader says what it was.
}

func unpackLZ4(dst, src []byte) error {
	n, err := lz4.UncompressBlock(src, dst)
	if err == nil && n != len(dst) {
		err = errSize
	}
	return err //nolint:wrapcheck // The page's reader says what it was.
}

// fill reads dst from r, which must end there.
func fill(dst []byte, r io.Reader) error {
	if _, err := io.ReadFull(r, dst); err != nil {
		return err //nolint:wrapcheck // The page's reader says what it was.
	}
	var more [1]byte
	if n, err := io.ReadFull(r, more[:]); n > 0 {
		return errSize
	} else if !errors.Is(err, io.EOF) {
		return err //nolint:wrapcheck // The page's reader says what it was.
	}
	return nil
}
