package chaos

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// version is an object version as the raw bucket lists it. What the pipeline makes of a bucket depends on nothing else.
type version struct {
	key, id  string
	modified time.Time
	file     *file
}

// expected is the oracle: it takes the versions of the bucket, those of a key from the oldest to the newest, and says what is in
// the database when all of them have come to their end. Versions that repeat the bytes of the one before are named alike: which
// of them is the published one depends on the order of their events, and nothing else does.
func expected(versions []version) (runs map[string]string, all []string) {
	runs = map[string]string{}
	var published []*run
	for _, r := range runsOf(versions) {
		for _, v := range r.versions {
			runs[v.id] = r.name()
		}
		lines, counts := r.outcome()
		if all = append(all, lines...); counts {
			published = append(published, r)
		}
	}
	settle(published)
	for _, r := range published {
		all = append(all, r.lines()...)
	}
	slices.Sort(all)
	return runs, all
}

// run is a version with those behind it that repeat its bytes.
type run struct {
	versions []version
	place    int // among the key's versions
	kept     []record
	lost     []bool // of kept, those whose key another object holds
	replaced bool   // by a newer version of the key: no row is left
}

func (r *run) first() version { return r.versions[0] }
func (r *run) name() string   { return fmt.Sprintf("%s#%d", r.first().key, r.place) }
func (r *run) file() *file    { return r.first().file }

func runsOf(versions []version) []*run {
	var runs []*run
	places := map[string]int{}
	last := map[string]*run{}
	for _, v := range versions {
		if r := last[v.key]; r != nil && string(r.file().body) == string(v.file.body) {
			r.versions = append(r.versions, v)
		} else {
			r := &run{versions: []version{v}, place: places[v.key]}
			last[v.key], runs = r, append(runs, r)
		}
		places[v.key]++
	}
	return runs
}

// outcome gives what is told of a run that is not published, and of the repeated versions of one that is.
func (r *run) outcome() (lines []string, published bool) {
	f := r.file()
	switch {
	case f.refused || r.first().key == strayKey:
		return slices.Repeat([]string{r.object("refused", 0, 0, 0, 0, 0)}, len(r.versions)), false
	case !f.bearable():
		for range r.versions {
			lines = append(lines, r.object("refused", len(f.records), 0, 0, 0, len(f.rejects())))
			lines = append(lines, r.rejects()...)
		}
		return lines, false
	}
	return slices.Repeat([]string{r.object("unchanged", 0, 0, 0, 0, 0)}, len(r.versions)-1), true
}

func (r *run) object(status string, records, loaded, superseded, duplicates, rejected int) string {
	return fmt.Sprintf("object %s %s: %d records, %d loaded, %d superseded, %d duplicates, %d rejected",
		r.name(), status, records, loaded, superseded, duplicates, rejected)
}

func (r *run) rejects() (lines []string) {
	for _, record := range r.file().rejects() {
		lines = append(lines, fmt.Sprintf("reject %s at %d", r.name(), record.offset))
	}
	return lines
}

// settle finds who holds each key: the object whose run began last, by S3's clock, which ticks in seconds; of those of one
// second the one whose object key is greater, and of one key's the newer version.
func settle(published []*run) {
	slices.SortFunc(published, func(a, b *run) int {
		x, y := a.first(), b.first()
		return cmp.Or(cmp.Compare(x.modified.Unix(), y.modified.Unix()), cmp.Compare(x.key, y.key), cmp.Compare(a.place, b.place))
	})
	type holder struct {
		run   *run
		index int
	}
	holders := map[string]holder{}
	newest := map[string]*run{}
	for _, r := range published {
		newest[r.first().key] = r
	}
	for _, r := range published {
		r.kept = r.file().kept()
		r.lost = make([]bool, len(r.kept))
		r.replaced = r.file().dataset.replace && newest[r.first().key] != r
		if !r.file().dataset.keyed || r.replaced {
			continue
		}
		for i, record := range r.kept {
			key := fmt.Sprint(r.file().dataset.name, " ", record.key)
			if before, taken := holders[key]; taken {
				before.run.lost[before.index] = true
			}
			holders[key] = holder{r, i}
		}
	}
}

// lines gives all that is in the database of a published run.
func (r *run) lines() []string {
	f := r.file()
	all := r.rejects()
	superseded := 0
	for i, record := range r.kept {
		if r.replaced { // all that won is counted as lost, and kept nowhere
			superseded++
			continue
		}
		schema := "warehouse"
		if r.lost[i] {
			schema = "superseded"
			superseded++
		}
		all = append(all, fmt.Sprintf("%s.%s %s at %d: %s", schema, f.dataset.name, r.name(), record.offset, strings.Join(f.dataset.row(record), "|")))
	}
	rejected := len(f.rejects())
	return append(all, r.object("published", len(f.records), len(r.kept)-superseded, superseded, len(f.records)-rejected-len(r.kept), rejected))
}
