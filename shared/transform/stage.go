package transform

import (
	"context"
	"fmt"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/staging"
)

// Stage transforms whole chunks: it reads a chunk's clean records and leaves its rows, and the records whose derived
// columns failed, in the work bucket.
type Stage struct {
	Plan     func(context.Context, pipeline.ObjectID, int) (pipeline.Plan, error)
	Contract func(context.Context, pipeline.ContractRef) (*contract.Contract, error)
	Get      func(ctx context.Context, key string) ([]byte, error)
	Put      func(ctx context.Context, key string, body []byte) error
	Send     func(context.Context, pipeline.Report) error
}

// Do transforms one chunk. Doing it again writes the same bytes to the same keys and sends the same message. That no
// retry can help is a *pipeline.RefusedError or a *pipeline.GiveUpError.
func (s *Stage) Do(ctx context.Context, cleaned pipeline.Cleaned) (pipeline.Rows, error) {
	chunk := cleaned.Chunk
	done := pipeline.Rows{Chunk: chunk, Records: cleaned.Records, Rejected: cleaned.Rejected}
	plan, err := s.Plan(ctx, chunk.Object.ID, chunk.Attempt)
	if err != nil {
		return done, err
	}
	c, err := s.Contract(ctx, plan.Contract)
	if err != nil {
		return done, err
	}
	staged, err := s.Get(ctx, cleaned.RecordsKey)
	if err != nil {
		return done, err
	}
	out, err := Chunk(staged, chunk, c)
	if err != nil {
		return done, err
	}
	done.Rejected += out.Rejected
	if cleaned.RejectsKey != "" {
		done.RejectKeys = append(done.RejectKeys, cleaned.RejectsKey)
	}
	if out.Rejected > 0 {
		key := chunk.StagedKey("transform.rejects")
		done.RejectKeys = append(done.RejectKeys, key)
		if err := s.Put(ctx, key, out.Rejects); err != nil {
			return done, err
		}
	}
	if len(out.Rows) > 0 {
		done.RowsKey = chunk.StagedKey("rows.copy")
		if err := s.Put(ctx, done.RowsKey, out.Rows); err != nil {
			return done, err
		}
	}
	return done, s.Send(ctx, pipeline.Report{
		Kind: pipeline.ChunkRows, Object: chunk.Object, Attempt: chunk.Attempt, Contract: plan.Contract, Rows: &done,
		Usage: cleaned.Usage,
	})
}

// Output is what transforming a chunk gives.
type Output struct {
	// Rows are tuples sorted by key, as package rows describes them; Rejects are staged rejects.
	Rows, Rejects []byte
	Rejected      int64
}

// growth is how many bytes of rows come of a byte of staged records, at most, in nearly all data sets: lengths take four bytes, and
// derived columns come on top.
const growth = 3

// Chunk transforms the staged records of a chunk.
func Chunk(staged []byte, chunk pipeline.Chunk, c *contract.Contract) (Output, error) {
	var out Output
	transformer, err := New(c)
	if err != nil {
		return out, fmt.Errorf("transforming by the contract of %s: %w", c.Dataset, err)
	}
	records := staging.NewRecordReader(staged, len(c.Columns))
	sorted := NewRows(len(c.Key), growth*len(staged))
	var record pipeline.CleanRecord
	for {
		more, err := records.Next(&record)
		if err != nil {
			return out, fmt.Errorf("bytes %d to %d of %s: %w", chunk.Start, chunk.End, chunk.Object.URI(), err)
		}
		if !more {
			break
		}
		failures := sorted.Add(transformer, chunk.Object.ID, &record)
		if len(failures) == 0 {
			continue
		}
		out.Rejected++
		if out.Rejects, err = staging.AppendReject(out.Rejects, pipeline.NewReject(record.Place, asText(record.Values), failures...)); err != nil {
			return out, err
		}
	}
	out.Rows = sorted.Sorted()
	return out, nil
}

// asText shows the values of a record whose bytes are not at hand any more.
func asText(values []pipeline.Value) []byte {
	var text []byte
	for i, v := range values {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, v.Text...)
	}
	return text
}
