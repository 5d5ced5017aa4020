package load_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// scenario is a set of objects, and of what people want done to them.
type scenario struct {
	random   *rand.Rand
	contract *contract.Contract
	objects  []object
	// broken holds the objects of which a chunk is given up in the first attempt.
	broken map[pipeline.ObjectID]bool
	// replays holds the second attempts at objects; brokenReplays those of which a chunk is given up.
	replays       map[pipeline.ObjectID]object
	brokenReplays map[pipeline.ObjectID]bool
	// forgotten are the objects that people forget, with all older versions.
	forgotten []object
	// fault is the share of deliveries that meet a fault.
	fault float64
}

func drawScenario(random *rand.Rand) scenario {
	s := scenario{
		random: random, contract: contractOf("sales", true), broken: map[pipeline.ObjectID]bool{},
		replays: map[pipeline.ObjectID]object{}, brokenReplays: map[pipeline.ObjectID]bool{},
	}
	s.fault = []float64{0, 0.2}[random.IntN(2)]
	switch random.IntN(3) {
	case 0:
		s.contract.Replace = true
		s.contract.Reject.Share = 0.3
	case 1:
		s.contract.ByChunk = true
	default:
		s.contract.Reject.Share = 0.3
	}
	universe := 5 + random.IntN(60)
	for key := range 2 + random.IntN(4) {
		s.drawVersions(fmt.Sprintf("sales/%d.csv", key), universe)
	}
	return s
}

// drawVersions draws the versions of a key, some of which repeat the one before; they may come within one second of S3's clock.
func (s *scenario) drawVersions(key string, universe int) {
	at := monday
	for version := range 1 + s.random.IntN(4) {
		id := fmt.Sprint([]string{"c", "a", "d", "b"}[version], version) // no order of their own
		last := len(s.objects) - 1
		repeats := version > 0 && s.random.IntN(3) == 0
		o := newObject("sales", key, id, at)
		o.Rank = pipeline.NewRank(at, key, version, id)
		if repeats {
			o.chunks, o.Rank = s.objects[last].chunks, s.objects[last].Rank.Again(at, version, id)
		} else {
			o.chunks = drawChunks(s.random, universe)
			s.broken[o.ID] = !s.contract.ByChunk && s.random.IntN(10) == 0
		}
		s.objects = append(s.objects, o)
		if s.random.IntN(8) == 0 {
			s.forgotten = append(s.forgotten, o)
		}
		if s.random.IntN(2) == 0 {
			at = at.Add(time.Second)
		}
	}
	s.drawReplays(key, universe)
}

// drawReplays draws second attempts. A contract that changed meanwhile gives other rows, but not to one of several versions with the
// same bytes: what these come to would depend on which of them met the new contract.
func (s *scenario) drawReplays(key string, universe int) {
	runs := map[string]int{}
	for _, o := range s.objects {
		runs[o.Rank.Run()]++
	}
	for _, o := range s.objects {
		if o.Key != key || s.random.IntN(3) > 0 {
			continue
		}
		if runs[o.Rank.Run()] == 1 {
			o.chunks = drawChunks(s.random, universe)
		}
		s.replays[o.ID] = o
		s.brokenReplays[o.ID] = s.random.IntN(3) == 0
	}
}

func drawChunks(random *rand.Rand, universe int) [][]record {
	var chunks [][]record
	var offset int64
	rejects := random.IntN(4)
	for range random.IntN(5) {
		var chunk []record
		for range random.IntN(40) {
			r := record{offset: offset, key: fmt.Sprint("k", random.IntN(universe)), day: random.IntN(4), value: fmt.Sprint(random.IntN(9))}
			if rejects == 0 && random.IntN(3) == 0 || random.IntN(30) == 0 {
				r.key = ""
			}
			chunk = append(chunk, r)
			offset += 10
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}
