package clean

import (
	"fmt"
	"io"

	"acequia/shared/contract"
	"acequia/shared/decode"
	"acequia/shared/parquet"
	"acequia/shared/pipeline"
	"acequia/shared/staging"
)

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
	w, err := newWriter(c)
	if err != nil {
		return Output{}, err
	}
	decoder, err := decode.New(layout, chunk, c.Sources())
	if err != nil {
		return Output{}, fmt.Errorf("decoding bytes %d to %d of %s: %w", chunk.Start, chunk.End, chunk.Object.URI(), err)
	}
	w.out.Records = make([]byte, 0, len(raw)) // Staged records take about as much room as those of a CSV file.
	for record := range decoder.Records(raw) {
		if err := w.write(record); err != nil {
			return Output{}, err
		}
	}
	return w.output(), nil
}

// Rows cleans the rows of a chunk of the Parquet file that r gives.
func Rows(r io.ReaderAt, chunk pipeline.Chunk, c *contract.Contract) (Output, error) {
	w, err := newWriter(c)
	if err != nil {
		return Output{}, err
	}
	file, err := parquet.Open(r, chunk.Object.Size, c.Sources(), parquet.Limits{})
	if err != nil {
		return Output{}, err
	}
	for record, err := range file.Records(chunk.Start, chunk.End-chunk.Start) {
		if err != nil {
			return Output{}, err
		}
		if err := w.write(record); err != nil {
			return Output{}, err
		}
	}
	return w.output(), nil
}

// writer gathers a chunk's output.
type writer struct {
	cleaner *Cleaner
	clean   pipeline.CleanRecord
	out     Output
}

func newWriter(c *contract.Contract) (*writer, error) {
	cleaner, err := New(c)
	if err != nil {
		return nil, fmt.Errorf("cleaning by the contract of %s: %w", c.Dataset, err)
	}
	return &writer{cleaner: cleaner}, nil
}

// write cleans a record, and keeps what comes of it.
func (w *writer) write(record *pipeline.Record) (err error) {
	w.out.Count++
	failures := w.cleaner.Clean(record, &w.clean)
	if len(failures) == 0 {
		w.out.Records = staging.AppendRecord(w.out.Records, &w.clean)
		return nil
	}
	w.out.Rejected++
	w.out.Rejects, err = staging.AppendReject(w.out.Rejects, pipeline.NewReject(record.Place, record.Text(), failures...))
	return err
}

func (w *writer) output() Output {
	w.out.Tally = w.cleaner.Tally()
	return w.out
}
