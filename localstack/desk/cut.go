package desk

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"

	"acequia/shared/compression"
	"acequia/shared/pipeline"
)

// Vault is where objects' bytes are: see s3store.Raw.
type Vault interface {
	Open(ctx context.Context, o pipeline.Object, offset int64) (io.ReadCloser, error)
	Section(ctx context.Context, o pipeline.Object, start, end int64) (io.ReadCloser, error)
}

// cutter cuts records out of an object again.
type cutter struct {
	vault  Vault
	object pipeline.Object
	layout pipeline.Layout
}

// sampleBytes is how much behind the header is looked at to find a line end, for files without a header.
const sampleBytes = 64 << 10

// head gives the object's first bytes: those before its first record, and some more.
func (c cutter) head(ctx context.Context) (head []byte, err error) {
	if c.layout.Format == pipeline.Parquet {
		return nil, nil
	}
	most := c.layout.BodyStart + sampleBytes
	err = c.read(ctx, 0, min(most, c.object.Size), func(r io.Reader) error {
		head, err = io.ReadAll(io.LimitReader(r, most))
		return err
	})
	return head, err
}

// each calls do with each reject and its bytes, which are good for that call. The rejects come in the order of their places, and
// so do the bytes: nothing is read twice, and no more is held than a record and some rejects. Parquet has no bytes of a record:
// there it is the ledger's text.
func (c cutter) each(ctx context.Context, rejects iter.Seq2[pipeline.Reject, error], do func(pipeline.Reject, []byte) error) error {
	switch {
	case c.layout.Format == pipeline.Parquet:
		return eachText(rejects, do)
	case c.layout.Compression != "":
		return c.read(ctx, 0, c.object.Size, func(r io.Reader) error { return cut(r, 0, rejects, do) })
	}
	for run, err := range runs(rejects) {
		if err != nil {
			return err
		}
		start, end := bounds(run)
		err = c.read(ctx, start, end, func(r io.Reader) error { return cut(r, start, values(run), do) })
		if err != nil {
			return err
		}
	}
	return nil
}

// read lets use read the object's bytes from start to end, or, of a compressed object, all of what comes out of it, within the
// limits of its plan.
func (c cutter) read(ctx context.Context, start, end int64, use func(io.Reader) error) error {
	if c.layout.Compression == "" {
		body, err := c.vault.Section(ctx, c.object, start, end)
		if err != nil {
			return err
		}
		defer body.Close()
		return use(body)
	}
	body, err := c.vault.Open(ctx, c.object, 0)
	if err != nil {
		return err
	}
	defer body.Close()
	stream, err := compression.Open(body, compression.Limits{MaxRatio: c.layout.MaxRatio, MaxBytes: c.layout.MaxBytes})
	if err != nil {
		return err
	}
	defer stream.Close()
	return use(stream)
}

// cut cuts the records out of what r gives, whose first byte is at offset at.
func cut(r io.Reader, at int64, rejects iter.Seq2[pipeline.Reject, error], do func(pipeline.Reject, []byte) error) error {
	var record []byte
	in := bufio.NewReaderSize(r, 64<<10)
	for reject, err := range rejects {
		if err == nil {
			_, err = io.CopyN(io.Discard, in, reject.Offset-at)
		}
		if err == nil {
			record = append(record[:0], make([]byte, reject.Length)...)
			_, err = io.ReadFull(in, record)
		}
		if err != nil {
			return fmt.Errorf("reading the record at byte %d: %w", reject.Offset, err)
		}
		if err := do(reject, record); err != nil {
			return err
		}
		at = reject.Offset + reject.Length
	}
	return nil
}

func eachText(rejects iter.Seq2[pipeline.Reject, error], do func(pipeline.Reject, []byte) error) error {
	for reject, err := range rejects {
		if err != nil {
			return err
		}
		if err := do(reject, []byte(reject.Raw)); err != nil {
			return err
		}
	}
	return nil
}

const (
	// nearBytes may lie between two records that are read with one request: to read on over as many takes about as long as to
	// ask again (see S3's 75 MB/s into one reader, and tens of milliseconds to the first byte).
	nearBytes = 1 << 20
	// runRejects bounds the memory that a run takes.
	runRejects = 1000
)

// runs parts the rejects into those that are read with one request each. It ends after the first error.
func runs(rejects iter.Seq2[pipeline.Reject, error]) iter.Seq2[[]pipeline.Reject, error] {
	return func(yield func([]pipeline.Reject, error) bool) {
		var run []pipeline.Reject
		for reject, err := range rejects {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(run) > 0 && (len(run) == runRejects || !near(run[len(run)-1], reject)) {
				if !yield(run, nil) {
					return
				}
				run = run[:0]
			}
			run = append(run, reject)
		}
		if len(run) > 0 {
			yield(run, nil)
		}
	}
}

func near(a, b pipeline.Reject) bool { return b.Offset-(a.Offset+a.Length) <= nearBytes }

// bounds gives the range of a run, which is at least a byte: there is none of no bytes, as an empty element of a JSON array is.
func bounds(run []pipeline.Reject) (start, end int64) {
	start, last := run[0].Offset, run[len(run)-1]
	return start, max(last.Offset+last.Length, start+1)
}

func values(run []pipeline.Reject) iter.Seq2[pipeline.Reject, error] {
	return func(yield func(pipeline.Reject, error) bool) {
		for _, reject := range run {
			if !yield(reject, nil) {
				return
			}
		}
	}
}
