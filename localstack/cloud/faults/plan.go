package faults

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Plan says which faults are injected. The zero value injects none.
type Plan struct {
	// Seed decides, for each opportunity, whether something happens.
	Seed uint64 `json:"seed"`
	// Probability is from 0 to 1, for each opportunity of a kind.
	Probability map[Kind]float64 `json:"probability"`
	// MaxDelay bounds every time that a fault takes; at most 30 s.
	MaxDelay Milliseconds `json:"max_delay_ms"`
	// MaxVisibility cuts every visibility timeout and every postponement of a message, those of messages in flight included,
	// so that a test need not wait for production's; 0 leaves them alone. A message that is worked on for longer is received
	// again.
	MaxVisibility Milliseconds `json:"max_visibility_ms"`
	// MaxRetryDelay cuts the waits between the attempts of an asynchronous invocation; 0 leaves them alone.
	MaxRetryDelay Milliseconds `json:"max_retry_delay_ms"`
}

// Milliseconds is a time as plans write it.
type Milliseconds int64

// Duration gives the time as Go knows it.
func (m Milliseconds) Duration() time.Duration { return time.Duration(m) * time.Millisecond }

// maxDelay is well below the time after which a delivery of S3's is tried again.
const maxDelay Milliseconds = 30_000

// ReadPlan reads a plan as JSON. A field that a plan does not have is an error: a fault that is misspelt would be missed by
// nobody.
func ReadPlan(r io.Reader) (Plan, error) {
	var p Plan
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return p, fmt.Errorf("read the plan of faults: %w", err)
	}
	return p, p.check()
}

func (p *Plan) check() error {
	for kind, probability := range p.Probability {
		takes, known := takesTime[kind]
		switch {
		case !known:
			return fmt.Errorf("there is no fault %q; there are %v", kind, Kinds())
		case probability < 0 || probability > 1:
			return fmt.Errorf("the probability of %s is %v, not from 0 to 1", kind, probability)
		case takes && probability > 0 && p.MaxDelay == 0:
			return fmt.Errorf("%s takes time: max_delay_ms must say how much at most", kind)
		}
	}
	if p.MaxDelay < 0 || p.MaxDelay > maxDelay {
		return fmt.Errorf("max_delay_ms is %d, not from 0 to %d", p.MaxDelay, maxDelay)
	}
	if p.MaxVisibility < 0 || p.MaxRetryDelay < 0 {
		return fmt.Errorf("max_visibility_ms is %d and max_retry_delay_ms %d: neither can be negative", p.MaxVisibility, p.MaxRetryDelay)
	}
	return nil
}
