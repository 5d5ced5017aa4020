package load

import (
	"context"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// byChunk tells whether each chunk of the object's attempt is published as it comes. A replay of an object that has rows is not:
// its rows take the place of the others at once.
func byChunk(s pipeline.Standing, c *contract.Contract) bool { return c.ByChunk && !s.Again }

// record notes a report. A chunk whose contract says so is published with it.
func (l *Loader) record(ctx context.Context, r pipeline.Report) (pipeline.Standing, error) {
	if r.Kind != pipeline.ChunkRows || r.Rows == nil {
		return l.Ledger.Record(ctx, r)
	}
	c, err := l.Contract(ctx, r.Contract)
	if _, ended := hopeless(err); ended { // which publishing will say
		return l.Ledger.Record(ctx, r)
	}
	if err != nil {
		return pipeline.Standing{}, err
	}
	if !c.ByChunk {
		return l.Ledger.Record(ctx, r)
	}
	return l.recordByChunk(ctx, r, c)
}

func (l *Loader) recordByChunk(ctx context.Context, r pipeline.Report, c *contract.Contract) (pipeline.Standing, error) {
	if r.Attempt > pipeline.FirstAttempt { // which may have to begin
		begin := r
		begin.Kind, begin.Rows, begin.Usage = pipeline.ObjectReceived, nil, pipeline.Usage{}
		if s, err := l.Ledger.Record(ctx, begin); err != nil || s.Status.Done() {
			return s, err
		}
	}
	err := l.ensureTables(ctx, r.Contract, c)
	var s pipeline.Standing
	if err == nil {
		s, err = l.publishChunk(ctx, r, c)
	}
	if ending, ended := hopeless(err); ended {
		r.Kind, r.Reason = pipeline.ChunkFailed, ending.Reason
		if ending.Status == pipeline.Refused {
			r.Kind = pipeline.ObjectRefused
		}
		return l.Ledger.Record(ctx, r)
	}
	if err == nil && s.Again && !s.Status.Done() {
		return l.Ledger.Record(ctx, r)
	}
	return s, err
}

// publishChunk registers a chunk and publishes its rows and rejects in one transaction, beside other chunks of the object.
func (l *Loader) publishChunk(ctx context.Context, r pipeline.Report, c *contract.Contract) (s pipeline.Standing, err error) {
	err = l.PublishChunk(ctx, r.Object, c, func(p Publication) error {
		var fresh bool
		if s, fresh, err = p.Register(ctx, r); err != nil || !fresh {
			return err
		}
		ending, err := l.loadChunk(ctx, p, r, c)
		if err != nil {
			return err
		}
		ending.Usage = r.Usage.Add(l.used(ctx))
		if s, err = p.EndChunk(ctx, r, ending); err != nil || !c.Reject.Exceeded(s.Rejected, s.Records) {
			return err
		}
		failed := pipeline.Ending{Status: pipeline.Failed, Reason: tooManyRejects(c.Reject, s.Rejected, s.Records)}
		s.Status, s.Error = failed.Status, failed.Reason
		return p.End(ctx, failed)
	})
	return s, err
}

func (l *Loader) loadChunk(ctx context.Context, p Publication, r pipeline.Report, c *contract.Contract) (pipeline.Ending, error) {
	staged := []pipeline.Rows{*r.Rows}
	ending, err := l.loadRows(ctx, newWriter(p, r.Object, c), c, staged)
	if err == nil {
		ending.Counts.Rejected, err = l.loadRejects(ctx, p, staged)
	}
	if err != nil {
		return ending, err
	}
	return ending, balance(ending, pipeline.Standing{Records: r.Rows.Records, Rejected: r.Rows.Rejected})
}
