package reconcile_test

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
	"acequia/test/pgtest"
)

// shelf is a raw bucket of objects in the order of their keys, listed in pages of that size.
type shelf struct {
	objects  []pipeline.Object
	size     int
	requests int
}

func (s *shelf) put(key string, at time.Time) pipeline.Object {
	o := pipeline.Object{ID: pipeline.NewObjectID(raw, key, "v"), Bucket: raw, Key: key, VersionID: "v", ETag: `"e"`, LastModified: at}
	i, _ := slices.BinarySearchFunc(s.objects, key, func(o pipeline.Object, key string) int { return cmp.Compare(o.Key, key) })
	s.objects = slices.Insert(s.objects, i, o)
	return o
}

func (s *shelf) List(_ context.Context, _, prefix, after string) iter.Seq2[[]pipeline.Object, error] {
	return func(yield func([]pipeline.Object, error) bool) {
		after = max(after, prefix)
		at, _ := slices.BinarySearchFunc(s.objects, after+"\x00", func(o pipeline.Object, key string) int { return cmp.Compare(o.Key, key) })
		for {
			s.requests++
			page := s.objects[at:min(at+s.size, len(s.objects))]
			at += len(page)
			end, _ := slices.BinarySearchFunc(page, prefix, func(o pipeline.Object, prefix string) int {
				if strings.HasPrefix(o.Key, prefix) {
					return -1
				}
				return cmp.Compare(o.Key, prefix)
			})
			if !yield(page[:end], nil) || at == len(s.objects) || end < len(page) {
				return
			}
		}
	}
}

// cabinet is an empty work bucket.
type cabinet struct{}

func (cabinet) List(context.Context, string) iter.Seq2[[]pipeline.File, error] {
	return func(func([]pipeline.File, error) bool) {}
}
func (cabinet) Delete(context.Context, []string) error                    { return nil }
func (cabinet) Find(context.Context, string) ([]byte, bool, error)        { return nil, false, nil }
func (cabinet) Create(context.Context, string, []byte) (bool, error)      { return true, nil }
func (cabinet) Put(context.Context, string, []byte) error                 { return nil }
func noReport(context.Context, pipeline.Report) error                     { return nil }
func noLetters(context.Context) (depths []pipeline.QueueDepth, err error) { return nil, nil }
func salesOnly(context.Context) (contract.Catalog, error) {
	return contract.Catalog{{Ref: pipeline.ContractRef{Key: "sales" + contract.Extension}, Err: errUnread}}, nil
}

var errUnread = fmt.Errorf("the prefix is all that counts here")

// library is a shelf with a ledger, and what was announced.
type library struct {
	shelf
	reconcile.Reconciler
	sql       *pgxpool.Pool
	announced []string
}

// newLibrary gives a shelf of so many objects that the ledger knows to be published.
func newLibrary(t testing.TB, pages, size int) *library {
	t.Helper()
	databaseURL := pgtest.New(t)
	store, sql := pgtest.Open(t, databaseURL), pgtest.Connect(t, databaseURL)
	l := &library{shelf: shelf{size: size}, sql: sql}
	var ids [][16]byte
	var keys []string
	for i := range pages * size {
		o := l.put(fmt.Sprintf("sales/%07d.csv", i*2), time.Now().Add(-time.Hour))
		ids, keys = append(ids, o.ID), append(keys, o.Key)
	}
	_, err := sql.Exec(t.Context(), `
		INSERT INTO acequia.objects (object_id, bucket, key, version_id, etag, size_bytes, last_modified, rank, run, attempt, status, received_at)
		SELECT id, 'raw', key, 'v', '', 0, now(), key, key, 1, 'unchanged', now() - interval '1 hour'
		  FROM unnest($1::uuid[], $2::text[]) AS o (id, key)`, ids, keys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sql.Exec(t.Context(), `UPDATE acequia.deployment SET deployed_at = now() - interval '1 day'`); err != nil {
		t.Fatal(err)
	}
	l.Reconciler = reconcile.Reconciler{
		Bucket: raw, Listing: &l.shelf, Ledger: store, Work: cabinet{}, Catalog: salesOnly, DeadLetters: noLetters, Report: noReport,
		Announce: func(_ context.Context, o pipeline.Object) error {
			l.announced = append(l.announced, o.Key)
			return nil
		},
		Now: time.Now, LostAfter: lostAfter, StuckAfter: stuckIn,
	}
	return l
}

func (l *library) run(t testing.TB, full bool, late func() bool) pipeline.Reconciliation {
	t.Helper()
	found, err := l.Run(t.Context(), full, late)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func never() bool { return false }

// A frequent run asks for few pages, finds what came last at once, and what lies in the middle when its turn comes.
func TestAFrequentRunIsBounded(t *testing.T) {
	t.Parallel()
	const pages = 23
	l := newLibrary(t, pages, 10)
	if found := l.run(t, true, never); found.Versions != pages*10 { // after which the watermarks stand at the end
		t.Errorf("a full run compared %d versions of %d", found.Versions, pages*10)
	}
	hour := time.Now().Add(-time.Hour)
	l.put("sales/9999999.csv", hour)
	l.put("sales/0000201.csv", hour) // the 11th page
	l.put("elsewhere/x.csv", hour)
	for i, want := range [][]string{
		{"sales/9999999.csv", "elsewhere/x.csv"},
		{"sales/9999999.csv", "elsewhere/x.csv"},
		{"sales/9999999.csv", "elsewhere/x.csv", "sales/0000201.csv"},
	} {
		before := l.requests
		l.run(t, false, never)
		if n := l.requests - before; n > 7 {
			t.Errorf("run %d: %d requests, want 5 for the turn and up to 2 for the end", i, n)
		}
		if !slices.Equal(l.announced, want) {
			t.Errorf("run %d: announced %q, want %q", i, l.announced, want)
		}
	}
}

// A full run whose time is up goes on where it was, and finds everything in the end, wherever it began.
func TestAFullRunGoesOnWhereItsTimeWasUp(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, 20, 10)
	for i := range 20 {
		l.put(fmt.Sprintf("other/%02d.csv", i), time.Now().Add(-time.Hour))
		l.put(fmt.Sprintf("zebra/%02d.csv", i), time.Now().Add(-time.Hour))
	}
	for runs := 0; len(l.announced) < 40; runs++ {
		if runs == 10 {
			t.Fatalf("%d of 40 lost versions were announced in %d runs", len(l.announced), runs)
		}
		deadline := l.requests + 9
		if l.run(t, true, func() bool { return l.requests >= deadline }).Whole {
			t.Error("9 requests are said to be enough for 24 pages")
		}
	}
	if !l.run(t, true, never).Whole { // from the middle, and round
		t.Error("a run that has all the time does not compare the whole bucket")
	}
	if len(l.announced) != 40 {
		t.Errorf("%d versions were announced, want each of 40 once", len(l.announced))
	}
}

// One key with more versions than a run may list holds nothing up.
func TestAKeyWithManyVersions(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, 1, 4)
	for i := range 60 {
		o := l.put("aaa.csv", time.Now().Add(-time.Hour))
		l.objects[0].VersionID, l.objects[0].ID = fmt.Sprint(i), pipeline.NewObjectID(raw, o.Key, fmt.Sprint(i))
	}
	l.run(t, false, never)
	if n := len(l.announced); n != 60 {
		t.Errorf("%d versions announced, want 60", n)
	}
}

// A million lost versions do not go to ingest at once, and none is forgotten.
func TestRepairsAreBounded(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, 1, 100)
	for i := range 1700 {
		l.put(fmt.Sprintf("sales/%07d.csv", i*2+1), time.Now().Add(-time.Hour))
	}
	for range 4 {
		before := len(l.announced)
		if l.run(t, false, never); len(l.announced)-before > 1000 {
			t.Errorf("%d announced in one run", len(l.announced)-before)
		}
	}
	slices.Sort(l.announced)
	if n := len(l.announced); n != 1700 || len(slices.Compact(l.announced)) != n {
		t.Errorf("%d announced, want each of 1700 once", n)
	}
}

// What is too young to be missed holds the watermark of its data set back: else only the turn would find it lost.
func TestAYoungVersionIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, 20, 10)
	l.run(t, true, never)
	l.put("sales/9999998.csv", time.Now())
	l.put("sales/9999999.csv", time.Now().Add(-time.Hour))
	l.run(t, false, never)
	if want := []string{"sales/9999999.csv"}; !slices.Equal(l.announced, want) {
		t.Errorf("announced %q, want %q", l.announced, want)
	}
	l.Now = func() time.Time { return time.Now().Add(lostAfter + time.Second) }
	l.run(t, false, never)
	if !slices.Contains(l.announced, "sales/9999998.csv") {
		t.Errorf("announced %q", l.announced)
	}
}

// A version that was announced in vain is announced again, though the watermark has passed it and its turn has not come.
func TestWhatIsStillLostIsAnnouncedAgain(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, 20, 10)
	l.run(t, true, never)
	l.put("sales/9999999.csv", time.Now().Add(-time.Hour))
	l.run(t, false, never)
	l.Now = func() time.Time { return time.Now().Add(lostAfter + time.Second) }
	l.run(t, false, never)
	if want := []string{"sales/9999999.csv", "sales/9999999.csv"}; !slices.Equal(l.announced, want) {
		t.Errorf("announced %q, want %q", l.announced, want)
	}
}
