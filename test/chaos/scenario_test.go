package chaos

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// scenario is all that a seed decides: the files with the order of their arrival, and the faults.
type scenario struct {
	seed uint64
	// crowd has many files with few keys fight for their rows: the publications are slow, and little else goes wrong.
	crowd     bool
	datasets  []*dataset
	chunkSize int
	// batchSize is how many messages the loader gets at once, at most.
	batchSize int
	// uploads begin with so many that come to their end before it rains: what the others then find.
	uploads []upload
	dry     int
	weather weather
}

// upload is a file under a key, so long after the one before it.
type upload struct {
	key   string
	file  *file
	after time.Duration
}

// strayKey belongs to no data set.
const strayKey = "stray/nobodys.csv"

// randomOf gives each part of a seed its own numbers, so that a change in one leaves the others as they were.
func randomOf(seed, part uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, part)) }

// The parts of a seed.
const (
	partFiles = iota
	partWeather
	partMeddler
)

func draw(seed uint64) scenario {
	random := randomOf(seed, partFiles)
	s := scenario{
		seed: seed, crowd: random.IntN(4) == 0, chunkSize: 100 + random.IntN(900), batchSize: 1 + random.IntN(10),
		weather: drawWeather(randomOf(seed, partWeather)),
	}
	if s.crowd {
		s.chunkSize, s.batchSize = 2000, 1+random.IntN(2)
		s.weather.crowd(random)
	}
	for _, i := range random.Perm(len(datasets))[:1+random.IntN(3)] {
		s.datasets = append(s.datasets, datasets[i])
	}
	if s.crowd && random.IntN(2) == 0 { // rows that come back meet others on their way
		s.datasets = []*dataset{stock}
	}
	s.uploads = drawUploads(random, s.datasets, s.crowd)
	s.dry = min(random.IntN(2)*(1+random.IntN(4)), len(s.uploads)-1)
	return s
}

// drawUploads gives the versions of each key in their order, and the keys in any.
func drawUploads(random *rand.Rand, datasets []*dataset, crowd bool) []upload {
	var turns []int
	var keys [][]upload
	for _, d := range datasets {
		universe := 3 + random.IntN(20)
		if crowd {
			universe = 2 + random.IntN(6)
		}
		for k := range 1 + random.IntN(1+6/len(datasets)) {
			versions := drawVersions(random, d, fmt.Sprintf("%s/%c%s", d.name, 'a'+k, d.extension), universe)
			for range versions {
				turns = append(turns, len(keys))
			}
			keys = append(keys, versions)
		}
	}
	if random.IntN(4) == 0 {
		turns = append(turns, len(keys))
		keys = append(keys, []upload{{key: strayKey, file: newFile(notes, drawRecords(random, 5, 3))}})
	}
	random.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
	var all []upload
	for _, turn := range turns {
		u := keys[turn][0]
		if !crowd {
			u.after = time.Duration(random.IntN(60)) * time.Millisecond
		}
		all, keys[turn] = append(all, u), keys[turn][1:]
	}
	return all
}

// drawVersions gives files to overwrite each other: some hold the same bytes again, some are refused.
func drawVersions(random *rand.Rand, d *dataset, key string, universe int) []upload {
	var all []upload
	for v := range 1 + random.IntN(3) {
		u := upload{key: key}
		switch n := random.IntN(10); {
		case v > 0 && (n < 3 || n < 6 && !d.keyed): // without a key nothing but the ledger keeps them apart
			u.file = all[v-1].file
		case n == 9 && d.head != "" && d.extension == ".csv":
			u.file = &file{dataset: d, body: fmt.Appendf(nil, "what,is,this\n%d,%d,%d\n", n, v, universe), refused: true}
		default:
			u.file = newFile(d, drawRecords(random, universe, []int{0, 0, 5, 30}[random.IntN(4)]))
		}
		all = append(all, u)
	}
	return all
}

// drawRecords draws records of which so many in a hundred are bad.
func drawRecords(random *rand.Rand, universe, bad int) []record {
	records := make([]record, 1+random.IntN(25))
	for i := range records {
		records[i] = record{key: random.IntN(universe), value: 1 + random.IntN(999), bad: random.IntN(100) < bad}
	}
	return records
}
