package pgstore_test

import (
	"errors"
	"testing"
)

// One at a time has the name; when it is done, well or not, the next one may.
func TestAlone(t *testing.T) {
	t.Parallel()
	store := open(t)
	errBroken := errors.New("broken")
	for range 2 {
		did, err := store.Alone(t.Context(), "a", func() error {
			if did, err := store.Alone(t.Context(), "a", func() error { return nil }); did || err != nil {
				t.Errorf("two at once: %v, %v", did, err)
			}
			if did, err := store.Alone(t.Context(), "b", func() error { return nil }); !did || err != nil {
				t.Errorf("another name: %v, %v", did, err)
			}
			return errBroken
		})
		if !did || !errors.Is(err, errBroken) {
			t.Errorf("did %v, %v", did, err)
		}
	}
}
