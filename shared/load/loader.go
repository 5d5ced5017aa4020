// Package load takes the reports of the stages before it and brings objects to their end: when the last chunk of an object
// is staged, all its rows enter the warehouse in one transaction, or none do.
package load

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// Ledger keeps what is known of every object, chunk and record.
type Ledger interface {
	// Record notes a report and gives the standing of its object after it. A report that comes again changes nothing.
	Record(ctx context.Context, r pipeline.Report) (pipeline.Standing, error)
	// EnsureTables makes the tables and views of the data set, and tells whether all its views are there.
	EnsureTables(ctx context.Context, c *contract.Contract, related []*contract.Contract) (complete bool, err error)
	// Standings gives where the objects stand that the ledger knows.
	Standings(ctx context.Context, ids []pipeline.ObjectID) ([]pipeline.Standing, error)
}

// Loader is the stage's work with all that it needs. It must not be copied once it is used.
type Loader struct {
	Ledger Ledger
	// Publish runs do in a transaction that works alone on the object's key. Where the transaction collides with another,
	// do is run again in a new one.
	Publish func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(Publication) error) error
	// PublishChunk is Publish for one of several chunks of the object that may be published at once.
	PublishChunk func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(Publication) error) error
	// Contract gives a contract at one version, Catalog all that are in force.
	Contract func(context.Context, pipeline.ContractRef) (*contract.Contract, error)
	Catalog  func(context.Context) (contract.Catalog, error)
	// Open reads a staged file of the work bucket, Head its first bytes, at most so many; Put writes there.
	Open func(ctx context.Context, key string) (io.ReadCloser, error)
	Head func(ctx context.Context, key string, bytes int64) ([]byte, error)
	Put  func(ctx context.Context, key string, body []byte) error
	// Used gives what the work in a context has used since it was last asked; nil if nobody meters.
	Used func(context.Context) pipeline.Usage
	// Delete takes all that is staged under a prefix.
	Delete func(ctx context.Context, prefix string) error

	// ensured holds the contract versions, as pipeline.ContractRef, whose tables this process knows to be there.
	ensured sync.Map
	// spare holds the memory of segments that were loaded.
	spare sync.Pool
	// segmentRows is how many rows a segment has at least, openFiles how many row files are read at once; 0 is the usual.
	segmentRows, openFiles int
	// beat is how often a transaction that waits shows that it is alive; 0 is the usual.
	beat time.Duration
}

// Handle takes in one report, and gives where its object stands then. Reports may come in any order and more than once. An
// error is worth a retry; what no retry can help ends the object, with its reason in the ledger.
func (l *Loader) Handle(ctx context.Context, r pipeline.Report) (pipeline.Standing, error) {
	if r.Kind == pipeline.ObjectForget {
		return l.forget(ctx, r)
	}
	r.Usage = r.Usage.Add(l.used(ctx))
	standing, err := l.record(ctx, r)
	if err != nil {
		return standing, err
	}
	if standing.Complete() {
		if standing, err = l.publish(ctx, standing); err != nil {
			return standing, err
		}
	}
	if !standing.Status.Done() {
		return standing, nil
	}
	return standing, l.mark(ctx, standing)
}

func (l *Loader) used(ctx context.Context) pipeline.Usage {
	if l.Used == nil {
		return pipeline.Usage{}
	}
	return l.Used(ctx)
}

// ensureTables makes the tables of the contract, once in a process.
func (l *Loader) ensureTables(ctx context.Context, ref pipeline.ContractRef, c *contract.Contract) error {
	if _, ok := l.ensured.Load(ref); ok {
		return nil
	}
	catalog, err := l.Catalog(ctx)
	if err != nil {
		return err
	}
	complete, err := l.Ledger.EnsureTables(ctx, c, related(c, catalog))
	if err == nil && complete {
		l.ensured.Store(ref, true)
	}
	return err
}

// related gives the contracts of the data sets that c refers to, as far as there are any.
func related(c *contract.Contract, catalog contract.Catalog) []*contract.Contract {
	var all []*contract.Contract
	for _, e := range catalog {
		for _, r := range c.Relationships {
			if e.Contract != nil && e.Contract.Dataset == r.Dataset && r.Dataset != c.Dataset {
				all = append(all, e.Contract)
				break
			}
		}
	}
	return all
}

// hopeless gives the end that err means for its object, and whether it means one: no retry would help.
func hopeless(err error) (pipeline.Ending, bool) {
	var refused *pipeline.RefusedError
	var gaveUp *pipeline.GiveUpError
	switch {
	case errors.As(err, &refused):
		return pipeline.Ending{Status: pipeline.Refused, Reason: refused.Reason}, true
	case errors.As(err, &gaveUp):
		return pipeline.Ending{Status: pipeline.Failed, Reason: gaveUp.Reason}, true
	}
	return pipeline.Ending{}, false
}
