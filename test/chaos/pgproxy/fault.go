package pgproxy

import (
	"math/rand/v2"
	"net"
	"time"
)

// Kind is a kind of fault.
type Kind string

// The faults at a message of the client's. The last three have it carried out, and the client does not know.
const (
	CutBefore  Kind = "cut before a message"
	KillBefore Kind = "client killed before a message"
	HalfOpen   Kind = "cut before a message, the server hears later"
	Stalled    Kind = "message late"
	CutAfter   Kind = "cut after a message"
	KillAfter  Kind = "client killed after a message"
	AnswerLost Kind = "carried out, answer lost"
)

// CutAnswer is the fault at a message of the server's: it comes, and then nothing.
const CutAnswer Kind = "cut after a part of the answer"

// Faults says how likely each fault is at each message, from 0 to 1.
type Faults struct {
	// Seed gives all draws.
	Seed uint64
	// Odds are those of the faults at a client's message; CutAnswer's at a server's.
	Odds map[Kind]float64
	// CommitFactor multiplies the odds at a COMMIT; 0 counts as 1.
	CommitFactor float64
	// Longest is how long a message is late, or the server does not hear of a cut, at most.
	Longest time.Duration
	// Kill ends the process whose end of the connection has this address, and tells whether it did. Nil ends none.
	Kill func(client net.Addr) bool
}

// atClient draws the fault at a client's message; empty is none.
func (f Faults) atClient(random *rand.Rand, m message) Kind {
	roll := random.Float64()
	if m.isCommit() && f.CommitFactor > 0 {
		roll /= f.CommitFactor
	}
	for _, k := range []Kind{CutBefore, KillBefore, HalfOpen, Stalled, CutAfter, KillAfter, AnswerLost} {
		if roll -= f.Odds[k]; roll < 0 {
			return k
		}
	}
	return ""
}

// atServer draws the fault at a server's message.
func (f Faults) atServer(random *rand.Rand) Kind {
	if random.Float64() < f.Odds[CutAnswer] {
		return CutAnswer
	}
	return ""
}

func (f Faults) kill(client net.Addr) bool { return f.Kill != nil && f.Kill(client) }

// while is a time up to the longest.
func (f Faults) while(random *rand.Rand) time.Duration {
	return time.Duration(random.Float64() * float64(f.Longest))
}
