package load

import (
	"context"
	"fmt"
	"iter"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/rows"
	"acequia/shared/staging"
)

// Publication is the transaction in which one object comes to its end. Nothing of it is seen before it commits.
type Publication interface {
	Account
	Table
}

// Account is what a publication reads and writes in the ledger.
type Account interface {
	// Standing reads where the object stands, now that nobody else works on its key.
	Standing(ctx context.Context) (pipeline.Standing, error)
	// Repeats tells whether a version of the key that holds the same bytes is published already.
	Repeats(ctx context.Context) (bool, error)
	// Staged gives where the chunks' rows and rejects lie.
	Staged(ctx context.Context) ([]pipeline.Rows, error)
	// Reject writes rejects of a chunk, and counts them.
	Reject(ctx context.Context, chunk int, rejects iter.Seq2[pipeline.Reject, error]) (int64, error)
	// End brings the object to its end; it comes last.
	End(ctx context.Context, e pipeline.Ending) error
}

// publish brings an object whose chunks are all staged to its end, and gives its standing there.
func (l *Loader) publish(ctx context.Context, s pipeline.Standing) (pipeline.Standing, error) {
	c, err := l.Contract(ctx, s.Contract)
	if err == nil {
		err = l.ensureTables(ctx, s.Contract, c)
	}
	if err == nil {
		s, err = l.end(ctx, s, c, func(p Publication, s pipeline.Standing) (pipeline.Ending, error) {
			return l.load(ctx, p, s, c)
		})
	}
	ending, ended := hopeless(err)
	if !ended {
		return s, err
	}
	return l.end(ctx, s, c, func(Publication, pipeline.Standing) (pipeline.Ending, error) { return ending, nil })
}

// end runs one publication that ends the object as do says. If the object has come to an end meanwhile, that one stands.
func (l *Loader) end(
	ctx context.Context, s pipeline.Standing, c *contract.Contract,
	do func(Publication, pipeline.Standing) (pipeline.Ending, error),
) (pipeline.Standing, error) {
	err := l.Publish(ctx, s.Object, c, func(p Publication) error {
		var err error
		if s, err = p.Standing(ctx); err != nil || s.Status.Done() {
			return err
		}
		ending, err := do(p, s)
		if err != nil {
			return err
		}
		s.Status, s.Error = ending.Status, ending.Reason
		return p.End(ctx, ending)
	})
	return s, err
}

// load decides how the object ends, and writes its rows and rejects.
func (l *Loader) load(
	ctx context.Context, p Publication, s pipeline.Standing, c *contract.Contract,
) (ending pipeline.Ending, err error) {
	repeats, err := p.Repeats(ctx)
	if err != nil || repeats {
		return pipeline.Ending{Status: pipeline.Unchanged}, err
	}
	if s.Records != s.PlannedRecords {
		return ending, &pipeline.GiveUpError{Reason: fmt.Sprintf(
			"the walk found %d records, but the chunks hold %d: nothing was loaded", s.PlannedRecords, s.Records)}
	}
	staged, err := p.Staged(ctx)
	if err != nil {
		return ending, err
	}
	if c.Reject.Exceeded(s.Rejected, s.Records) {
		ending = pipeline.Ending{Status: pipeline.Refused, Reason: tooManyRejects(c.Reject, s.Rejected, s.Records)}
	} else if ending, err = l.loadRows(ctx, p, s.Object, c, staged); err != nil {
		return ending, err
	}
	if ending.Counts.Rejected, err = l.loadRejects(ctx, p, staged); err != nil {
		return ending, err
	}
	return ending, balance(ending, s)
}

// balance sees to it that every record is accounted for, which the ledger demands of a published object.
func balance(e pipeline.Ending, s pipeline.Standing) error {
	if e.Counts.Rejected != s.Rejected {
		return &pipeline.GiveUpError{Reason: fmt.Sprintf(
			"the chunks report %d rejects, but %d are staged: nothing was loaded", s.Rejected, e.Counts.Rejected)}
	}
	if c := e.Counts; e.Status == pipeline.Published && c.Total() != s.Records {
		return &pipeline.GiveUpError{Reason: fmt.Sprintf(
			"of %d records, %d became rows, %d lost to other objects, %d were duplicates and %d rejected, which makes %d: nothing was loaded",
			s.Records, c.Loaded, c.Superseded, c.Duplicates, c.Rejected, c.Total())}
	}
	return nil
}

// loadRows writes the rows of all chunks, in key order.
func (l *Loader) loadRows(
	ctx context.Context, p Publication, o pipeline.Object, c *contract.Contract, staged []pipeline.Rows,
) (pipeline.Ending, error) {
	w := newWriter(p, o, c)
	m, err := l.openMerge(ctx, staged, len(c.Key))
	if err != nil {
		return pipeline.Ending{}, err
	}
	defer m.close()
	duplicates, err := segments(m, len(c.Key) > 0, l.segmentSize(staged), func(segment []rows.Tuple) error {
		return w.write(ctx, segment)
	})
	if err != nil {
		return pipeline.Ending{}, unreadable(err)
	}
	ending := w.ending()
	ending.Counts.Duplicates = duplicates
	return ending, nil
}

// loadRejects writes the rejects of all chunks, file by file.
func (l *Loader) loadRejects(ctx context.Context, p Publication, staged []pipeline.Rows) (total int64, err error) {
	for _, chunk := range staged {
		for _, key := range chunk.RejectKeys {
			n, err := l.loadRejectFile(ctx, p, chunk.Chunk.Number, key)
			if err != nil {
				return total, err
			}
			total += n
		}
	}
	return total, nil
}

func (l *Loader) loadRejectFile(ctx context.Context, p Publication, chunk int, key string) (int64, error) {
	r, err := l.Open(ctx, key)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return p.Reject(ctx, chunk, staging.Rejects(r))
}
