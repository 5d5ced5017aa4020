package pipeline

import (
	"fmt"
	"strings"
)

// Work on a chunk or an object that cannot be finished has one of three fates. A record that breaks a rule is a Reject,
// which is no error at all. The two errors below end the work for good; every other error is worth a retry.

// RefusedError ends the work on a whole object: nothing of it is loaded, and the ledger shows Reason. The object ends as
// refused; if it was only a chunk's work that met it, as failed.
type RefusedError struct {
	// Reason is a sentence for a person: what is wrong, where, and what to do about it.
	Reason string
}

func (e *RefusedError) Error() string { return e.Reason }

// Refuse gives a *RefusedError with a reason formatted as by fmt.Sprintf.
func Refuse(format string, args ...any) error {
	return &RefusedError{Reason: fmt.Sprintf(format, args...)}
}

// GiveUpError ends the work on a chunk that no retry can help: the object is marked as failed at once, and the message
// is acknowledged.
type GiveUpError struct {
	// Reason is a sentence for a person.
	Reason string
}

func (e *GiveUpError) Error() string { return e.Reason }

// maxReasonBytes bounds a reason, which travels in messages of bounded size and is for a person to read.
const maxReasonBytes = 2000

// Bounded cuts a reason that is too long to be read, and says so.
func Bounded(reason string) string {
	if len(reason) <= maxReasonBytes {
		return reason
	}
	return strings.ToValidUTF8(reason[:maxReasonBytes], "") + "… (cut)"
}
