package s3

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// chunkedReader reads the content coding aws-chunked, and gives the bytes that are in it:
//
//	<size in hex>[;chunk-signature=…]\r\n <size bytes> \r\n … 0[;chunk-signature=…]\r\n [<trailer>: <value>\r\n …] \r\n
//
// The signatures are not verified. See https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html.
type chunkedReader struct {
	source *bufio.Reader
	// left counts the bytes of the current chunk that are still to come, total those of the whole payload.
	left, total int64
	begun, done bool
	// trailer holds, after io.EOF, what came behind the last chunk.
	trailer http.Header
}

// maxChunkLine bounds a line between chunks: a signature is 64 characters, and a checksum fewer.
const maxChunkLine = 4096

// newChunkedReader reads a payload of size bytes.
func newChunkedReader(r io.Reader, size int64) *chunkedReader {
	return &chunkedReader{source: bufio.NewReaderSize(r, 64<<10), total: size, trailer: http.Header{}}
}

// Read implements io.Reader. A payload that ends early, or has another size than was said, gives io.ErrUnexpectedEOF.
func (c *chunkedReader) Read(p []byte) (int, error) {
	if c.left == 0 && !c.done {
		if err := c.nextChunk(); err != nil {
			return 0, atLeastUnexpected(err)
		}
	}
	if c.done {
		return 0, io.EOF
	}
	n, err := c.source.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if c.left > 0 || n == 0 {
		err = atLeastUnexpected(err)
	}
	return n, err
}

// nextChunk reads the line before a chunk; after the last chunk also the trailer.
func (c *chunkedReader) nextChunk() error {
	if c.begun {
		if line, err := c.line(); err != nil || line != "" {
			return errors.Join(err, malformedChunk("no line end after a chunk"))
		}
	}
	c.begun = true
	line, err := c.line()
	if err != nil {
		return err
	}
	digits, _, _ := strings.Cut(line, ";")
	size, err := strconv.ParseInt(digits, 16, 64)
	if err != nil || size < 0 {
		return malformedChunk("a chunk's size is not a hexadecimal number")
	}
	c.left, c.total = size, c.total-size
	switch {
	case c.total < 0 || size == 0 && c.total > 0:
		return io.ErrUnexpectedEOF
	case size == 0:
		c.done = true
		return c.readTrailer()
	}
	return nil
}

// readTrailer reads up to the empty line; clients that have no trailer may leave that out.
func (c *chunkedReader) readTrailer() error {
	for range 32 {
		line, err := c.line()
		if errors.Is(err, io.EOF) || err == nil && line == "" {
			return nil
		}
		if err != nil {
			return err
		}
		name, value, _ := strings.Cut(line, ":")
		c.trailer.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return malformedChunk("the trailer has too many lines")
}

// line reads up to a line end, which it takes off.
func (c *chunkedReader) line() (string, error) {
	var line []byte
	for {
		fragment, err := c.source.ReadSlice('\n')
		line = append(line, fragment...)
		if len(line) > maxChunkLine {
			return "", malformedChunk("a line between chunks is too long")
		}
		if err == nil {
			return strings.TrimRight(string(line), "\r\n"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
	}
}

func malformedChunk(what string) error {
	return badRequest("InvalidRequest", "The aws-chunked body is malformed: %s", what)
}

func atLeastUnexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
