package reconcile

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/pipeline"
)

// The merge finds what two sets of versions have not in common, however the listing is cut into pages.
func TestDifferences(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		listed, known := drawVersions(t, "listed"), drawVersions(t, "known")
		size := rapid.IntRange(1, 5).Draw(t, "page size")
		var want, got []string
		for _, o := range listed {
			if !slices.ContainsFunc(known, func(k pipeline.Object) bool { return k.ID == o.ID }) {
				want = append(want, "unknown "+o.ID.String())
			}
		}
		for _, k := range known {
			if !slices.ContainsFunc(listed, func(o pipeline.Object) bool { return k.ID == o.ID }) {
				want = append(want, "gone "+k.ID.String())
			}
		}
		last := ""
		for d, err := range differences(pagesOf(listed, size, nil), rowsOf(known)) {
			if err != nil || d.key < last {
				t.Fatalf("%q after %q: %v", d.key, last, err)
			}
			last = d.key
			for _, o := range d.unknown {
				got = append(got, "unknown "+o.ID.String())
			}
			for _, k := range d.gone {
				got = append(got, "gone "+k.ID.String())
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// A listing that breaks off says nothing of what would have come.
func TestDifferencesOfAListingThatBreaksOff(t *testing.T) {
	t.Parallel()
	errBroken := errors.New("503")
	all := []pipeline.Object{version("a", 1), version("b", 1), version("b", 2), version("c", 1)}
	var keys []string
	var broken error
	for d, err := range differences(pagesOf(all[:2], 2, errBroken), rowsOf(all)) {
		if broken = err; err == nil {
			keys = append(keys, fmt.Sprintf("%s %d %d", d.key, len(d.unknown), len(d.gone)))
		}
	}
	if !errors.Is(broken, errBroken) || !slices.Equal(keys, []string{"a 0 0"}) {
		t.Errorf("%q, %v; want a alone, since b may have more versions", keys, broken)
	}
}

func version(key string, n int) pipeline.Object {
	id := fmt.Sprint("v", n)
	return pipeline.Object{ID: pipeline.NewObjectID("raw", key, id), Bucket: "raw", Key: key, VersionID: id}
}

// drawVersions draws versions of few keys, some of which sort apart only by bytes, in the order of a listing.
func drawVersions(t *rapid.T, label string) []pipeline.Object {
	all := rapid.SliceOfDistinct(rapid.Custom(func(t *rapid.T) pipeline.Object {
		return version(rapid.SampledFrom([]string{"A", "a", "a b", "a/b", "á", "z", "😀", "\uffff"}).Draw(t, "key"), rapid.IntRange(0, 3).Draw(t, "n"))
	}), func(o pipeline.Object) pipeline.ObjectID { return o.ID }).Draw(t, label)
	slices.SortStableFunc(all, func(a, b pipeline.Object) int { return cmp.Compare(a.Key, b.Key) })
	return all
}

// pagesOf gives the versions in pages of that size, and err, if there is one, behind them.
func pagesOf(all []pipeline.Object, size int, err error) iter.Seq2[[]pipeline.Object, error] {
	return func(yield func([]pipeline.Object, error) bool) {
		for page := range slices.Chunk(all, size) {
			if !yield(page, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// rowsOf gives what a ledger that has these versions knows: in the order of the keys, and within one, of the ids.
func rowsOf(all []pipeline.Object) iter.Seq2[pipeline.Known, error] {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b pipeline.Object) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), slices.Compare(a.ID[:], b.ID[:]))
	})
	return func(yield func(pipeline.Known, error) bool) {
		for _, o := range all {
			if !yield(pipeline.Known{ID: o.ID, Key: o.Key}, nil) {
				return
			}
		}
	}
}
