package chaos

import (
	"math/rand/v2"
	"time"

	"acequia/localstack/cloud/faults"
	"acequia/test/chaos/pgproxy"
)

// weather is what rains on a seed's files.
type weather struct {
	// lasts is how long it rains at least, and until is the share of the files that have come to their end when it stops.
	lasts time.Duration
	until float64
	cloud faults.Plan
	sql   pgproxy.Faults
	// meddler has a second session lock and cut what it finds.
	meddler   bool
	disasters []disaster
	// before has a loader of the version before this one work on the same queue.
	before bool
}

// calm leaves of a plan that nobody waits for production's timeouts. Nobody is killed any more, so a message may be worked on for as
// long as a busy machine takes, and need not be received so often that it dies.
func calm(p faults.Plan) faults.Plan {
	p.Probability, p.MaxVisibility = nil, 5000
	return p
}

// disaster is what happens to all at once.
type disaster struct {
	after time.Duration
	kind  disasterKind
	// lasts is for how long, where that is not up to what happens.
	lasts time.Duration
}

type disasterKind string

const (
	postgresRestarts disasterKind = "Postgres stopped at once, and started again"
	cloudKilled      disasterKind = "local cloud killed, and started again"
	diskFull         disasterKind = "disk of Postgres full for a while"
)

// cloudOdds are how likely each fault of the local cloud is at most, at each opportunity.
var cloudOdds = map[faults.Kind]float64{
	faults.MessageDoubled: 0.25, faults.MessageRepeated: 0.2, faults.MessageReordered: 0.5, faults.MessageDelayed: 0.2, faults.VisibilityExpired: 0.2,
	faults.NotificationDoubled: 0.5, faults.NotificationDelayed: 0.4, faults.NotificationReordered: 0.4, faults.InvocationDoubled: 0.3,
	faults.KillBefore: 0.02, faults.KillAfter: 0.02, faults.KillDuring: 0.05,
	faults.S3SlowDown: 0.04, faults.S3InternalError: 0.02, faults.S3Stalled: 0.01, faults.S3RequestCut: 0.03, faults.S3AnswerCut: 0.03,
	faults.SQSUnavailable: 0.03, faults.SQSThrottled: 0.02, faults.SQSStalled: 0.02, faults.SQSAnswerCut: 0.03,
}

// sqlOdds are how likely each fault of a connection with Postgres is at most, at each message.
var sqlOdds = map[pgproxy.Kind]float64{
	pgproxy.CutBefore: 0.01, pgproxy.KillBefore: 0.004, pgproxy.HalfOpen: 0.004, pgproxy.Stalled: 0.15,
	pgproxy.CutAfter: 0.01, pgproxy.KillAfter: 0.004, pgproxy.AnswerLost: 0.01, pgproxy.CutAnswer: 0.004,
}

func drawWeather(random *rand.Rand) weather {
	w := weather{
		until: random.Float64(),
		lasts: time.Duration(500+random.IntN(900)) * time.Millisecond,
		cloud: faults.Plan{
			Seed: random.Uint64(), Probability: drawOdds(random, cloudOdds), MaxDelay: faults.Milliseconds(50 + random.IntN(250)),
			MaxVisibility: faults.Milliseconds(300 + random.IntN(500)), MaxRetryDelay: 100,
		},
		sql: pgproxy.Faults{
			Seed: random.Uint64(), Odds: drawOdds(random, sqlOdds),
			CommitFactor: 1 + 9*random.Float64(), Longest: 10 * time.Millisecond << random.IntN(4),
		},
		meddler: random.IntN(2) == 0,
		before:  random.IntN(4) == 0,
	}
	for _, d := range []struct {
		kind disasterKind
		one  int // of so many seeds
	}{{postgresRestarts, 4}, {cloudKilled, 3}, {diskFull, 5}} {
		if random.IntN(d.one) == 0 {
			w.disasters = append(w.disasters, disaster{
				time.Duration(random.Int64N(int64(w.lasts / 2))), d.kind, time.Duration(100+random.IntN(300)) * time.Millisecond,
			})
		}
	}
	random.Shuffle(len(w.disasters), func(i, j int) { w.disasters[i], w.disasters[j] = w.disasters[j], w.disasters[i] })
	return w
}

// crowd leaves of the weather what makes publications slow, and has their messages come twice.
func (w *weather) crowd(random *rand.Rand) {
	w.sql.Odds = map[pgproxy.Kind]float64{pgproxy.Stalled: 0.1 + 0.4*random.Float64()}
	w.sql.Longest = time.Duration(20+random.IntN(60)) * time.Millisecond
	w.cloud.Probability = map[faults.Kind]float64{faults.MessageDoubled: 0.3, faults.MessageReordered: 0.5, faults.NotificationReordered: 0.3}
	w.cloud.MaxVisibility = 2000
	w.before, w.disasters, w.until = false, nil, 1
}

// drawOdds draws which faults there are, and how likely each is: in one seed of six none, in the others about two of three.
func drawOdds[K ~string](random *rand.Rand, most map[K]float64) map[K]float64 {
	odds := map[K]float64{}
	none := random.IntN(6) == 0
	for _, k := range sorted(most) {
		if draw := random.Float64(); random.IntN(3) > 0 && !none {
			odds[k] = draw * most[k]
		}
	}
	return odds
}

// has tells whether the seed has a disaster of a kind.
func (w weather) has(kind disasterKind) bool {
	for _, d := range w.disasters {
		if d.kind == kind {
			return true
		}
	}
	return false
}
