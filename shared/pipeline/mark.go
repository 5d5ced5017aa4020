package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
)

// Mark leaves the outcome of an object that has come to an end in the work bucket, and gives the standing that it tells of. The
// ledger is asked again after that: the object may have come to another end meanwhile, whose marker this one would hide. So whichever of several
// markers is the last to be written tells what the ledger says.
func Mark(
	ctx context.Context, s Standing, put func(ctx context.Context, key string, body []byte) error,
	standings func(ctx context.Context, ids []ObjectID) ([]Standing, error),
) (Standing, error) {
	for {
		b, err := s.Marker()
		if err != nil {
			return s, err
		}
		if err := put(ctx, OutcomeKey(s.Object.ID), b); err != nil {
			return s, err
		}
		now, err := standings(ctx, []ObjectID{s.Object.ID})
		if err != nil || len(now) == 0 || !now[0].Status.Done() || now[0].endedAs(s) {
			return s, err
		}
		s = now[0]
	}
}

// Marker is what lies in the work bucket of an object's outcome.
func (s Standing) Marker() ([]byte, error) {
	b, err := json.Marshal(s.Outcome())
	if err != nil {
		return nil, fmt.Errorf("encoding the outcome of %s: %w", s.Object.URI(), err)
	}
	return b, nil
}

func (s Standing) endedAs(other Standing) bool {
	return s.Status == other.Status && s.Attempt == other.Attempt && s.Error == other.Error
}
