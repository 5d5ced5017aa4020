package cloud

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"acequia/localstack/cloud/faults"
	"acequia/localstack/cloud/s3"
)

// StartFaults switches a plan of faults on, in place of one that is on. The error says what the plan cannot mean.
func (c *Cloud) StartFaults(p faults.Plan) error {
	if err := c.faults.Start(p); err != nil {
		return err
	}
	c.sqs.FaultsChanged()
	return nil
}

// StopFaults switches the faults off. What they have held back is delivered now.
func (c *Cloud) StopFaults() {
	c.faults.Stop()
	c.sqs.FaultsChanged()
}

// Faults tells which plan is on and what it has done so far.
func (c *Cloud) Faults() faults.Report { return c.faults.Report() }

// serveFaults answers for /_acequia/faults: PUT switches the plan in the body on, DELETE switches it off, and GET tells, as
// the others do too, what a [faults.Report] has.
func (c *Cloud) serveFaults(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
	case http.MethodDelete:
		c.StopFaults()
	case http.MethodPut:
		plan, err := faults.ReadPlan(r.Body)
		if err == nil {
			err = c.StartFaults(plan)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	default:
		w.Header().Set("Allow", "GET, PUT, DELETE")
		http.Error(w, "faults are read with GET, switched on with PUT and off with DELETE", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// The types of a Report are ours and can be encoded; a client that went away needs no answer.
	_ = json.NewEncoder(w).Encode(c.Faults())
}

// deliverWithFaults takes a notification of a bucket. While it is held back it stays in the outbox of S3, so it survives.
func (c *Cloud) deliverWithFaults(ctx context.Context, n s3.Notification) error {
	if _, lost := c.faults.Draw(faults.NotificationLost); lost {
		return nil
	}
	if f, late := c.faults.Draw(faults.NotificationDelayed); late {
		if err := f.Wait(ctx); err != nil {
			return err
		}
	}
	if f, reordered := c.faults.Draw(faults.NotificationReordered); reordered {
		if err := f.WaitFor(ctx, c.swap.overtaken()); err != nil {
			return err
		}
	}
	if err := c.deliver(ctx, n); err != nil {
		return err
	}
	c.swap.passed()
	if f, doubled := c.faults.Draw(faults.NotificationDoubled); doubled {
		if err := f.Wait(ctx); err != nil {
			return err
		}
		return c.deliver(ctx, n)
	}
	return nil
}

// swap tells notifications that wait to be overtaken when one is.
type swap struct {
	mu   sync.Mutex
	next chan struct{}
}

// overtaken gives a channel that is closed when the next notification has been delivered.
func (s *swap) overtaken() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = make(chan struct{})
	}
	return s.next
}

func (s *swap) passed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil {
		close(s.next)
		s.next = nil
	}
}
