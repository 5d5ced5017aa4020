package pipeline_test

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"acequia/shared/pipeline"
)

func TestObjectIDIsAStableUUIDv5(t *testing.T) {
	t.Parallel()
	id := pipeline.NewObjectID("raw", "sales/2026-11-24.csv", "v1")
	// A golden value: ids are in people's ledgers, so they must never change.
	if got, want := id.String(), "374bd548-70e9-5510-85c7-ced158e70c97"; got != want {
		t.Errorf("id = %s, want %s", got, want)
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id.String()) {
		t.Errorf("%s is not a UUID version 5", id)
	}
	if other := pipeline.NewObjectID("raw", "sales/2026-11-24.csv", "v2"); other == id {
		t.Error("two versions have one id")
	}
	parsed, err := pipeline.ParseObjectID(id.String())
	if err != nil || parsed != id {
		t.Errorf("parsed = %v, %v", parsed, err)
	}
	for _, bad := range []string{"", "x", strings.Repeat("0", 36), id.String()[:35]} {
		if _, err := pipeline.ParseObjectID(bad); err == nil {
			t.Errorf("%q was taken for an id", bad)
		}
	}
}

func TestObjectTravelsThroughJSON(t *testing.T) {
	t.Parallel()
	want := pipeline.Object{
		ID: pipeline.NewObjectID("raw", "k", "v"), Bucket: "raw", Key: "sales/año + 1.csv", VersionID: "v",
		ETag: `"abc"`, Size: 12, LastModified: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), Dataset: "sales", Rank: "r",
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got pipeline.Object
	if err := json.Unmarshal(b, &got); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

// The rank as text must order as (last modified, key, place, version) does, for any keys.
func TestRankOrdersAsItsParts(t *testing.T) {
	t.Parallel()
	type parts struct {
		at      time.Time
		key     string
		place   int
		version string
	}
	draw := func(t *rapid.T, label string) parts {
		return parts{
			at:      time.Unix(rapid.Int64Range(1.7e9, 1.7e9+2).Draw(t, label+" at"), 0),
			key:     rapid.StringOfN(rapid.SampledFrom([]rune("\x01 !\"/aé")), 1, 4, -1).Draw(t, label+" key"),
			place:   rapid.IntRange(0, 20).Draw(t, label+" place"),
			version: rapid.SampledFrom([]string{"v1", "v2", "null"}).Draw(t, label+" version"),
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a"), draw(t, "b")
		want := cmp.Or(a.at.Compare(b.at), strings.Compare(a.key, b.key), cmp.Compare(a.place, b.place),
			strings.Compare(a.version, b.version))
		rankA := pipeline.NewRank(a.at, a.key, a.place, a.version)
		rankB := pipeline.NewRank(b.at, b.key, b.place, b.version)
		if got := strings.Compare(string(rankA), string(rankB)); got != want {
			t.Fatalf("ranks %q and %q compare as %d, their parts as %d", rankA, rankB, got, want)
		}
		if sameRun := a.at.Equal(b.at) && a.key == b.key && a.place == b.place; sameRun != (rankA.Run() == rankB.Run()) {
			t.Fatalf("runs %q and %q", rankA.Run(), rankB.Run())
		}
	})
}

// What is sent again ranks above what it repeats, in S3's order whatever the version ids are, and below all that came between.
func TestTheSameBytesAgainRankWithTheFirst(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	first := pipeline.NewRank(at, "a b", 0, "zz")
	second, third := first.Again(at, 1, "mm"), first.Again(at, 1, "mm").Again(at.Add(time.Hour), 0, "aa")
	between := pipeline.NewRank(at, "a b", 2, "")
	if !slices.IsSorted([]pipeline.Rank{first, second, third, between}) {
		t.Errorf("they rank %q, %q, %q, %q", first, second, third, between)
	}
	if second.Run() != first.Run() || third.Run() != first.Run() || between.Run() == first.Run() {
		t.Errorf("the runs are %q, %q, %q, %q", first.Run(), second.Run(), third.Run(), between.Run())
	}
	if run := pipeline.Rank("2026-11-24T10:00:00Z a!Pb 000000 v1").Run(); run != first.Run() {
		t.Errorf("the run of a rank as they were without the version's own time is %q", run)
	}
}

func TestRejectIsReadableWhateverTheBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		raw := pipeline.NewReject(pipeline.Place{}, rapid.SliceOf(rapid.Byte()).Draw(t, "raw")).Raw
		if !utf8.ValidString(raw) || strings.ContainsRune(raw, 0) {
			t.Fatalf("%q cannot be stored by Postgres", raw)
		}
	})
	if got, want := pipeline.NewReject(pipeline.Place{}, []byte("año\x00\xf1")).Raw, `año\x00\xf1`; got != want {
		t.Errorf("raw = %q, want %q", got, want)
	}
	long := pipeline.NewReject(pipeline.Place{}, []byte(strings.Repeat("x", 5000))).Raw
	if len(long) > 2100 || !strings.HasSuffix(long, "(cut)") {
		t.Errorf("a long record is kept as %d bytes ending in %q", len(long), long[len(long)-10:])
	}
	// No character is cut through, wherever the cut falls.
	for shift := range 4 {
		text := strings.Repeat("x", shift) + strings.Repeat("🙂", 1000)
		kept, _ := strings.CutSuffix(pipeline.NewReject(pipeline.Place{}, []byte(text)).Raw, "… (cut)")
		if !strings.HasPrefix(text, kept) || len(kept) < 2040 {
			t.Errorf("%d bytes are kept, ending in %q", len(kept), kept[len(kept)-10:])
		}
	}
}

func TestStagedKeysSortAsTheChunks(t *testing.T) {
	t.Parallel()
	early := pipeline.Chunk{Start: 9}.StagedKey("rows.copy")
	late := pipeline.Chunk{Start: 10}.StagedKey("rows.copy")
	if early >= late {
		t.Errorf("%q does not sort before %q", early, late)
	}
}
