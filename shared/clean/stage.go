package clean

import (
	"context"
	"fmt"

	"acequia/shared/contract"
	"acequia/shared/decode"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
	"acequia/shared/staging"
)

// Stage cleans whole chunks: it reads a chunk's bytes and leaves its clean records and its rejects in the work bucket.
type Stage struct {
	Plan     func(context.Context, pipeline.ObjectID, int) (pipeline.Plan, error)
	Contract func(context.Context, pipeline.ContractRef) (*contract.Contract, error)
	// Range reads a chunk's bytes from its object, Staged what lies in the work bucket.
	Range  func(context.Context, pipeline.Chunk) ([]byte, error)
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
	raw, err := s.bytes(ctx, chunk, plan.Layout)
	if err != nil {
		return done, err
	}
	out, err := Chunk(raw, chunk, plan.Layout, c)
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

// bytes reads the chunk's bytes. Those of a compressed object were staged when it was cut.
func (s *Stage) bytes(ctx context.Context, chunk pipeline.Chunk, layout pipeline.Layout) ([]byte, error) {
	if layout.Compression != "" {
		return s.Staged(ctx, chunk.StagedKey(pipeline.StreamKind))
	}
	return s.Range(ctx, chunk)
}

// Output is what cleaning a chunk gives.
type Output struct {
	// Records and Rejects are staged bytes, as package staging describes them.
	Records, Rejects []byte
	// Count is the number of all the chunk's records, Rejected that of those that broke a rule.
	Count, Rejected int64
	// Tally counts what was normalised.
	Tally Tally
}

// Chunk cleans the records in raw, which are exactly the chunk's bytes.
func Chunk(raw []byte, chunk pipeline.Chunk, layout pipeline.Layout, c *contract.Contract) (Output, error) {
	var out Output
	decoder, err := decode.New(layout, chunk, c.Sources())
	if err != nil {
		return out, fmt.Errorf("decoding bytes %d to %d of %s: %w", chunk.Start, chunk.End, chunk.Object.URI(), err)
	}
	cleaner, err := New(c)
	if err != nil {
		return out, fmt.Errorf("cleaning by the contract of %s: %w", c.Dataset, err)
	}
	var clean pipeline.CleanRecord
	for record := range decoder.Records(raw) {
		out.Count++
		failures := cleaner.Clean(record, &clean)
		if len(failures) == 0 {
			out.Records = staging.AppendRecord(out.Records, &clean)
			continue
		}
		out.Rejected++
		if out.Rejects, err = staging.AppendReject(out.Rejects, pipeline.NewReject(record.Place, record.Text(), failures...)); err != nil {
			return out, err
		}
	}
	out.Tally = cleaner.Tally()
	return out, nil
}
