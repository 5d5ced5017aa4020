package pgstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// maxTries bounds how often a publication that collides with others is begun again before its message goes back to
// the queue.
const maxTries = 5

// SQLSTATEs of a collision with another transaction: what was rolled back may succeed when it is done again.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

// errQueueBusy says that another publication holds the lock Q. Waiting for it would be a deadlock: it may be waiting for a
// key that we have inserted.
var errQueueBusy = errors.New("another publication is moving rows of the data set")

// Publish runs do in a transaction that holds the lock O of the object's key, and so alone among all work on the key's
// versions. If do collides with another publication, it is rolled back and run again, this time with the lock Q of the
// data set from the start, so do must bear to be run several times. What do returns comes back wrapped; nothing of it is
// kept then.
func (s *Store) Publish(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(*Publication) error) error {
	return s.tryPublishing(ctx, o, c, objectLock(o), do)
}

// PublishChunk is Publish for one of several chunks of the object: these share the lock O, and only who holds it alone waits.
func (s *Store) PublishChunk(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(*Publication) error) error {
	return s.tryPublishing(ctx, o, c, objectLock(o).shared(), do)
}

func (s *Store) tryPublishing(
	ctx context.Context, o pipeline.Object, c *contract.Contract, lock advisoryLock, do func(*Publication) error,
) error {
	var err error
	for try := range maxTries {
		err = s.publish(ctx, &Publication{object: o, contract: c, guards: s.guards}, lock, try > 0, do)
		if !errors.Is(err, errQueueBusy) && !errors.Is(err, errEnded) &&
			!hasState(err, uniqueViolation, serializationFailure, deadlockDetected) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("publishing %s (object %s): %w", o.URI(), o.ID, err)
	}
	return nil
}

// publish is one try.
func (s *Store) publish(ctx context.Context, p *Publication, lock advisoryLock, queueFirst bool, do func(*Publication) error) error {
	return s.locked(ctx, lock, plannerSettings, func(tx pgx.Tx) error {
		p.tx = ledgerTx{tx}
		if queueFirst {
			if err := p.queue(ctx); err != nil {
				return err
			}
		}
		return do(p)
	})
}

// plannerSettings keep the planner from scanning a table for each segment of keys: it knows nothing of a table that was
// just filled, and guesses wrong (measured: 19 s instead of 1.3).
const plannerSettings = `
	SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off;`

// queue waits for the lock Q.
func (p *Publication) queue(ctx context.Context) error {
	if err := p.wait(ctx, datasetLock(p.object.Dataset)); err != nil {
		return err
	}
	p.contested = true
	return nil
}

// wait takes a further lock.
func (p *Publication) wait(ctx context.Context, l advisoryLock) error {
	if _, err := p.tx.Exec(ctx, p.guards.bounded(l)); err != nil {
		return fmt.Errorf("locking: %w", p.guards.inVain(l, err))
	}
	return nil
}

// KeepAlive shows the server that the publication is at work where it asks nothing of it for long: see Guards.Idle.
func (p *Publication) KeepAlive(ctx context.Context) error {
	_, err := p.tx.Exec(ctx, `SELECT`)
	return wrapped(err, "keeping the transaction alive")
}

// Claim takes the lock Q of a data set, without which no other object's rows may be touched. Where somebody else holds it, the
// error makes Publish begin again.
func (p *Publication) Claim(ctx context.Context, dataset string) error {
	var got bool
	err := p.tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, datasetLock(dataset).key).Scan(&got)
	if err != nil {
		return fmt.Errorf("claiming the data set: %w", err)
	}
	if !got {
		return errQueueBusy
	}
	return nil
}

// Contested tells whether an earlier try of the publication found keys taken, and it holds the lock Q from the start.
func (p *Publication) Contested() bool { return p.contested }
