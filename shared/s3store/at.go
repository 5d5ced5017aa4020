package s3store

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"

	"acequia/shared/pipeline"
)

// At gives the object to whoever reads it here and there: each ReadAt is a request. An object that is gone is a
// *pipeline.RefusedError.
func (r *Raw) At(ctx context.Context, o pipeline.Object) io.ReaderAt { return objectAt{ctx, r, o} }

// objectAt keeps a context because io.ReaderAt takes none; it lives as long as the work on one object.
type objectAt struct {
	ctx    context.Context //nolint:containedctx // See above.
	raw    *Raw
	object pipeline.Object
}

// ReadAt implements io.ReaderAt.
func (a objectAt) ReadAt(b []byte, offset int64) (n int, err error) {
	if offset >= a.object.Size {
		return 0, io.EOF
	}
	wanted := b[:min(int64(len(b)), a.object.Size-offset)]
	if len(wanted) == 0 {
		return 0, nil
	}
	body, err := a.raw.get(a.ctx, a.object, aws.String(fmt.Sprintf("bytes=%d-%d", offset, offset+int64(len(wanted))-1)))
	if err != nil {
		return 0, err
	}
	defer func() { err = closing(body, err) }()
	if n, err = io.ReadFull(body, wanted); err != nil {
		return n, fmt.Errorf("reading bytes %d to %d of %s: %w", offset, offset+int64(len(wanted)), a.object.URI(), err)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
