package pipeline

// Work on a chunk or an object that cannot be finished has one of three fates. A record that breaks a rule is a Reject,
// which is no error at all. The two errors below end the work for good; every other error is worth a retry.

// RefusedError ends the work on a whole object: nothing of it is loaded, and the ledger shows Reason.
type RefusedError struct {
	// Reason is a sentence for a person: what is wrong, where, and what to do about it.
	Reason string
}

func (e *RefusedError) Error() string { return e.Reason }

// GiveUpError ends the work on a chunk that no retry can help: the object is marked as failed at once, and the message
// is acknowledged.
type GiveUpError struct {
	// Reason is a sentence for a person.
	Reason string
}

func (e *GiveUpError) Error() string { return e.Reason }
