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
	Progress
	// Siblings gives the published versions of the key that hold the same bytes and, if all, those that a new version replaces
	// or is replaced by; in the order of their ranks.
	Siblings(ctx context.Context, all bool) ([]pipeline.Sibling, error)
	// Staged gives where the chunks' rows and rejects lie.
	Staged(ctx context.Context) ([]pipeline.Rows, error)
	// ForgetRejects takes the rejects of earlier attempts.
	ForgetRejects(ctx context.Context) error
	// Reject writes rejects of a chunk, and counts them.
	Reject(ctx context.Context, chunk int, rejects iter.Seq2[pipeline.Reject, error]) (int64, error)
	Forgetting
}

// Progress is how an object moves on in the ledger.
type Progress interface {
	// Standing reads where the object stands, now that nobody else works on its key.
	Standing(ctx context.Context) (pipeline.Standing, error)
	// Register notes a chunk that is about to be published on its own; fresh tells whether it is to be. EndChunk counts it.
	Register(ctx context.Context, r pipeline.Report) (s pipeline.Standing, fresh bool, err error)
	EndChunk(ctx context.Context, r pipeline.Report, e pipeline.Ending) (pipeline.Standing, error)
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

// end runs one publication that ends the object as do says. If the object has come to an end meanwhile, or a replay of it has
// begun, that one stands.
func (l *Loader) end(
	ctx context.Context, s pipeline.Standing, c *contract.Contract,
	do func(Publication, pipeline.Standing) (pipeline.Ending, error),
) (pipeline.Standing, error) {
	attempt := s.Attempt
	var ending pipeline.Ending
	err := l.Publish(ctx, s.Object, c, func(p Publication) (err error) {
		ending = pipeline.Ending{}
		if s, err = p.Standing(ctx); err != nil || s.Status.Done() || s.Attempt != attempt {
			return err
		}
		if ending, err = do(p, s); err != nil {
			return err
		}
		ending.Usage = l.used(ctx)
		if err := p.End(ctx, ending); err != nil {
			return err
		}
		s, err = p.Standing(ctx)
		return err
	})
	if err != nil {
		return s, err
	}
	return s, l.markOthers(ctx, ending.Unchanged)
}

// load decides how the object ends, and writes its rows and rejects.
func (l *Loader) load(
	ctx context.Context, p Publication, s pipeline.Standing, c *contract.Contract,
) (ending pipeline.Ending, err error) {
	siblings, err := p.Siblings(ctx, c.Replace)
	if err != nil {
		return ending, err
	}
	way, w := wayOf(s, siblings), newWriter(p, s.Object, c)
	switch {
	case way.repeats:
		err = w.remove(ctx, way.rows)
		ending = w.ending()
		ending.Status, ending.Counts = pipeline.Unchanged, pipeline.Counts{}
		return ending, err
	case s.Records != s.PlannedRecords:
		return ending, &pipeline.GiveUpError{Reason: fmt.Sprintf(
			"the walk found %d records, but the chunks hold %d: nothing more was loaded", s.PlannedRecords, s.Records)}
	case byChunk(s, c):
		return publishedByChunk(ctx, w, s, way)
	case !c.Reject.Exceeded(s.Rejected, s.Records):
		return l.loadStaged(ctx, p, w, s, c, way)
	case s.Again: // whose rejects are those of the attempt that stays
		return ending, &pipeline.RefusedError{Reason: tooManyRejects(c.Reject, s.Rejected, s.Records)}
	}
	staged, err := p.Staged(ctx)
	if err != nil {
		return ending, err
	}
	ending = pipeline.Ending{Status: pipeline.Refused, Reason: tooManyRejects(c.Reject, s.Rejected, s.Records)}
	if ending.Counts.Rejected, err = l.loadRejects(ctx, p, staged); err != nil {
		return ending, err
	}
	return ending, balance(ending, s)
}

// loadStaged writes the rows and rejects of all chunks, in the place of those that must go.
func (l *Loader) loadStaged(
	ctx context.Context, p Publication, w *writer, s pipeline.Standing, c *contract.Contract, way way,
) (ending pipeline.Ending, err error) {
	staged, err := p.Staged(ctx)
	if err == nil {
		err = w.remove(ctx, way.rows)
	}
	if err != nil {
		return ending, err
	}
	if way.replacedBy == nil {
		ending, err = l.loadRows(ctx, w, c, staged)
	} else {
		ending, err = l.countRows(ctx, w, c, staged)
	}
	if err == nil && s.Again {
		err = p.ForgetRejects(ctx)
	}
	if err == nil {
		ending.Counts.Rejected, err = l.loadRejects(ctx, p, staged)
	}
	if err != nil {
		return ending, err
	}
	ending.ReplacedBy, ending.Replaced, ending.Unchanged = way.replacedBy, way.replaced, way.repeated
	return ending, balance(ending, s)
}

// publishedByChunk ends an object all of whose rows are there.
func publishedByChunk(ctx context.Context, w *writer, s pipeline.Standing, way way) (pipeline.Ending, error) {
	err := w.remove(ctx, way.rows)
	ending := w.ending()
	ending.Counts, ending.Unchanged = s.Counts, way.repeated
	return ending, err
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

// loadRows writes the rows of the chunks, in key order.
func (l *Loader) loadRows(ctx context.Context, w *writer, c *contract.Contract, staged []pipeline.Rows) (pipeline.Ending, error) {
	duplicates, err := l.eachSegment(ctx, w.table, c, staged, func(segment []rows.Tuple) error { return w.write(ctx, segment) })
	ending := w.ending()
	ending.Counts.Duplicates += duplicates
	return ending, err
}

// countRows counts the rows of an object that a newer version has replaced already: all of them have lost.
func (l *Loader) countRows(ctx context.Context, w *writer, c *contract.Contract, staged []pipeline.Rows) (pipeline.Ending, error) {
	ending := w.ending()
	duplicates, err := l.eachSegment(ctx, w.table, c, staged, func(segment []rows.Tuple) error {
		ending.Counts.Superseded += int64(len(segment))
		return nil
	})
	ending.Counts.Duplicates = duplicates
	return ending, err
}

// eachSegment merges the chunks' rows, and gives them to do in segments. It counts the rows whose key a later one of them holds.
func (l *Loader) eachSegment(
	ctx context.Context, t Table, c *contract.Contract, staged []pipeline.Rows, do func([]rows.Tuple) error,
) (duplicates int64, err error) {
	var m *merge
	alive := l.heartbeat(ctx, t)
	err = alive.during(func() (err error) {
		m, err = l.openMerge(ctx, staged, len(c.Key))
		return err
	})
	if err != nil {
		return 0, err
	}
	defer m.close()
	duplicates, err = l.segments(m, staged, alive, do)
	return duplicates, unreadable(err)
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
