package intake

import (
	"context"
	"errors"
	"io"

	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// maxHops bounds how many invocations may walk one object, in place of Lambda's own bound on functions that start themselves.
// At 75 MB/s, about what S3 gives one function, as many walk 6 TB in 14 minutes each: more than S3 keeps in an object.
const maxHops = 100

// Continuation is what an invocation whose time is up leaves to the next one.
type Continuation struct {
	Object  pipeline.Object `json:"object"`
	Attempt int             `json:"attempt"`
	Mark    split.Mark      `json:"mark"`
	// Hop counts the invocations before.
	Hop int `json:"hop"`
	// Usage is what these took.
	Usage pipeline.Usage `json:"usage,omitzero"`
}

// walk sends each chunk as soon as it is cut, and at the end the counts against which the loader checks what it gets. If the time
// is up before, a successor goes on at the mark that was reached.
func (w *work) walk(ctx context.Context, c *content, plan pipeline.Plan, from Continuation) error {
	cut := w.cutBytes
	if plan.Layout.Format == pipeline.Parquet {
		cut = w.cutRows
	}
	mark, err := cut(ctx, c, plan, from.Mark)
	w.result.Chunks, w.result.Records = mark.Number, mark.Records
	if errors.Is(err, split.ErrLeave) {
		return w.handOver(ctx, Continuation{Object: plan.Object, Attempt: plan.Attempt, Mark: mark, Hop: from.Hop + 1})
	}
	if err != nil {
		return err
	}
	report, layout := w.report(pipeline.ObjectPlanned), plan.Layout.Told()
	report.Layout = &layout // once more: the first report of it may be lost
	report.Chunks, report.Records = w.result.Chunks, w.result.Records
	return w.Report(ctx, report)
}

// cutBytes cuts the content at its records.
func (w *work) cutBytes(ctx context.Context, c *content, plan pipeline.Plan, from split.Mark) (split.Mark, error) {
	size := w.object.Size
	var kept *keeper
	var r io.Reader = c
	if plan.Layout.Compression != "" {
		size, kept = split.UnknownSize, &keeper{r: c}
		r = kept
	}
	return split.Walk(r, plan.Layout, size, plan.ChunkSize, from, func(p split.Piece) error {
		return w.send(ctx, plan, p, kept)
	})
}

// send sends a chunk, after staging its bytes if they cannot be read from the object. It gives split.ErrLeave if the time is up.
func (w *work) send(ctx context.Context, plan pipeline.Plan, p split.Piece, kept *keeper) error {
	chunk := pipeline.Chunk{
		Object: plan.Object, Attempt: plan.Attempt, Number: p.Number, Start: p.Start, End: p.End, Line: p.Line,
	}
	if kept != nil {
		if err := w.Work.Put(ctx, chunk.StagedKey(pipeline.StreamKind), kept.take(chunk.End-chunk.Start)); err != nil {
			return err
		}
	}
	if err := w.SendChunk(ctx, chunk); err != nil {
		return err
	}
	if w.late() {
		return split.ErrLeave
	}
	return nil
}

func (w *work) handOver(ctx context.Context, c Continuation) error {
	if c.Hop > maxHops {
		return pipeline.Refuse("%d invocations one after another walked the file, and came to byte %d; split it and upload the parts",
			maxHops, c.Mark.Offset)
	}
	w.result.HandedOver = true
	return w.HandOver(ctx, c)
}

// keeper keeps the bytes that it gives, until they are taken.
type keeper struct {
	r    io.Reader
	kept []byte
	took int
}

func (k *keeper) Read(b []byte) (int, error) {
	n, err := k.r.Read(b)
	if k.took > 0 && len(k.kept)+n > cap(k.kept) {
		k.kept = append(k.kept[:0], k.kept[k.took:]...)
		k.took = 0
	}
	k.kept = append(k.kept, b[:n]...)
	return n, err //nolint:wrapcheck // A reader gives what the reader behind it gives.
}

// take gives the next n bytes, which are good until the next Read.
func (k *keeper) take(n int64) []byte {
	taken := k.kept[k.took : k.took+int(n)]
	k.took += int(n)
	return taken
}
