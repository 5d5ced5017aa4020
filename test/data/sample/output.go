package sample

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// output counts bytes and lines on their way out.
type output struct {
	w      io.Writer
	hash   hash.Hash
	offset int64
	// line is the number, from 1, of the line that the next byte lies on. A line ends at its line feed.
	line int64
}

func newOutput(w io.Writer) *output {
	h := sha256.New()
	return &output{w: io.MultiWriter(w, h), hash: h, line: 1}
}

func (o *output) write(b []byte) error {
	n, err := o.w.Write(b)
	o.offset += int64(n)
	o.line += int64(bytes.Count(b[:n], []byte{'\n'}))
	return err
}

// place tells where a record of length bytes lies that begins at the next byte.
func (o *output) place(length int) Place {
	return Place{Line: o.line, Offset: o.offset, Length: int64(length)}
}

// sum is the SHA-256 of what was written, in hexadecimal.
func (o *output) sum() string { return hex.EncodeToString(o.hash.Sum(nil)) }
