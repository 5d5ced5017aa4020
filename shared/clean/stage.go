package clean

import (
	"context"
	"io"

	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// Stage cleans whole chunks: it reads a chunk's bytes and leaves its clean records and its rejects in the work bucket.
type Stage struct {
	Plan     func(context.Context, pipeline.ObjectID, int) (pipeline.Plan, error)
	Contract func(context.Context, pipeline.ContractRef) (*contract.Contract, error)
	// Range reads a chunk's bytes from its object, At reads an object here and there, Staged what lies in the work bucket.
	Range  func(context.Context, pipeline.Chunk) ([]byte, error)
	At     func(context.Context, pipeline.Object) io.ReaderAt
	Staged func(ctx context.Context, key string) ([]byte, error)
	Put    func(ctx context.Context, key string, body []byte) error
	Send   func(context.Context, pipeline.Cleaned) error
}

// Done is what became of a chunk: what transform is told, and what was odd but cost no record.
type Done struct {
	pipeline.Cleaned
	Tally Tally
}

// Do cleans one chunk. Doing it again writes the same bytes to the same keys and sends the same message. That no retry
// can help is a *pipeline.RefusedError or a *pipeline.GiveUpError.
func (s *Stage) Do(ctx context.Context, chunk pipeline.Chunk) (Done, error) {
	done := Done{Cleaned: pipeline.Cleaned{Chunk: chunk}}
	plan, err := s.Plan(ctx, chunk.Object.ID, chunk.Attempt)
	if err != nil {
		return done, err
	}
	if err := grammar.Knows(plan); err != nil {
		return done, err
	}
	c, err := s.Contract(ctx, plan.Contract)
	if err != nil {
		return done, err
	}
	out, err := s.clean(ctx, chunk, plan.Layout, c)
	if err != nil {
		return done, err
	}
	done.Records, done.Rejected, done.Tally = out.Count, out.Rejected, out.Tally
	done.RecordsKey = chunk.StagedKey("clean.records")
	if err := s.Put(ctx, done.RecordsKey, out.Records); err != nil {
		return done, err
	}
	if out.Rejected > 0 {
		done.RejectsKey = chunk.StagedKey("clean.rejects")
		if err := s.Put(ctx, done.RejectsKey, out.Rejects); err != nil {
			return done, err
		}
	}
	return done, s.Send(ctx, done.Cleaned)
}

func (s *Stage) clean(ctx context.Context, chunk pipeline.Chunk, layout pipeline.Layout, c *contract.Contract) (Output, error) {
	if layout.Format == pipeline.Parquet {
		return Rows(s.At(ctx, chunk.Object), chunk, c)
	}
	raw, err := s.bytes(ctx, chunk, layout)
	if err != nil {
		return Output{}, err
	}
	return Chunk(raw, chunk, layout, c)
}

// bytes reads the chunk's bytes. Those of a compressed object were staged when it was cut.
func (s *Stage) bytes(ctx context.Context, chunk pipeline.Chunk, layout pipeline.Layout) ([]byte, error) {
	if layout.Compression != "" {
		return s.Staged(ctx, chunk.StagedKey(pipeline.StreamKind))
	}
	return s.Range(ctx, chunk)
}
