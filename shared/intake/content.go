package intake

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"acequia/shared/compression"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// headBytes is how much of an object is looked at to find its layout; a header must fit into it.
const headBytes = 4 << 20

// content is the stream of bytes in an object: those of the object, or what comes out of them.
type content struct {
	*bufio.Reader
	compression pipeline.Compression
	close       func() error
}

// open begins to read an object of which nothing is known yet.
func (w *work) open(ctx context.Context, limits compression.Limits) (*content, error) {
	body, err := w.Bucket.Open(ctx, w.object, 0)
	if err != nil {
		return nil, err
	}
	stream, err := compression.Open(body, limits)
	if err != nil {
		_ = body.Close() // what is wrong with it has been said
		return nil, err
	}
	return &content{
		Reader:      bufio.NewReaderSize(stream, headBytes),
		compression: stream.Compression,
		close: func() error {
			stream.Close()
			return body.Close() //nolint:wrapcheck // work.closing wraps it.
		},
	}, nil
}

// openAt begins to read an object whose layout is known at a mark. What is compressed has no way to a place in it but through all
// that lies before: that is read again, which takes a fraction of the time that it took to stage it.
func (w *work) openAt(ctx context.Context, layout pipeline.Layout, at split.Mark) (*content, error) {
	if layout.Compression == "" {
		body, err := w.Bucket.Open(ctx, w.object, at.Offset)
		if err != nil {
			return nil, err
		}
		return &content{Reader: bufio.NewReader(body), close: body.Close}, nil
	}
	c, err := w.open(ctx, compression.Limits{MaxRatio: layout.MaxRatio, MaxBytes: layout.MaxBytes})
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, c, at.Offset); err != nil {
		return nil, w.closing(c, fmt.Errorf("reading %s up to byte %d of what is in it: %w", w.object.URI(), at.Offset, err))
	}
	return c, nil
}

// closing closes c, and gives err or, where there is none, what closing said.
func (w *work) closing(c *content, err error) error {
	if closeErr := c.close(); err == nil && closeErr != nil {
		return fmt.Errorf("closing %s: %w", w.object.URI(), closeErr)
	}
	return err
}
