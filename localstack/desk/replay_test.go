package desk

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// versions gives a desk whose ledger knows these versions of a key, newest first, and on which ends says what the newest becomes when
// something was asked for.
func versions(t *testing.T, ends func(*pgstore.ObjectRow), all ...pgstore.ObjectRow) (d *Desk, out *bytes.Buffer, asked *[]any) {
	t.Helper()
	w := &world{objects: map[string]pgstore.ObjectRow{all[0].Object.Key: all[0]}, earlier: all}
	d, out = w.desk(t)
	asked = new([]any)
	ask := func(what any) {
		*asked = append(*asked, what)
		o := w.objects[all[0].Object.Key]
		ends(&o)
		w.objects[all[0].Object.Key] = o
	}
	d.Report = func(_ context.Context, r pipeline.Report) error {
		ask(r)
		return nil
	}
	d.Replay = func(_ context.Context, r pipeline.Replay) error {
		ask(r)
		return nil
	}
	return d, out, asked
}

func january(status pipeline.Status, version string, at time.Time, change ...func(*pgstore.ObjectRow)) pgstore.ObjectRow {
	o := object("sales/january.csv", status, change...)
	o.Object.ID, o.Object.VersionID = pipeline.NewObjectID("acequia-raw", "sales/january.csv", version), version
	o.Object.LastModified, o.Object.Rank = at, pipeline.NewRank(at, o.Object.Key, 0, version)
	o.Attempt, o.Counted = 1, 1
	return o
}

func TestReplayReportsHowItEnded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status pipeline.Status
		ends   func(*pgstore.ObjectRow)
		want   error
	}{
		"published": {pipeline.Refused, func(o *pgstore.ObjectRow) {
			o.Status, o.Attempt, o.Counted = pipeline.Published, 2, 2
			published(o)
		}, nil},
		"refused": {pipeline.Published, func(o *pgstore.ObjectRow) {
			o.Attempt = 2
			refused(o)
		}, ErrNotWell},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := january(c.status, "1", noon)
			d, out, asked := versions(t, c.ends, o)
			if err := d.ReplayObject(t.Context(), "sales/january.csv"); !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
			if diff := cmp.Diff([]any{pipeline.Replay{Object: o.Object, Attempt: 2}}, *asked); diff != "" {
				t.Errorf("asked for: %s", diff)
			}
			golden(t, "replay_"+name, out.String())
		})
	}
}

// What repeats another version has no rows of its own: those of the other are made anew.
func TestReplayOfARepetitionIsOfWhatItRepeats(t *testing.T) {
	t.Parallel()
	first := january(pipeline.Published, "1", noon)
	second := january(pipeline.Unchanged, "2", noon.Add(time.Hour))
	second.Object.Rank = first.Object.Rank.Again(second.Object.LastModified, 0, "2")
	d, _, asked := versions(t, func(o *pgstore.ObjectRow) { o.Status, o.Attempt, o.Counted = pipeline.Published, 2, 2 }, second, first)
	if err := d.ReplayObject(t.Context(), "sales/january.csv"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{pipeline.Replay{Object: first.Object, Attempt: 2}}, *asked); diff != "" {
		t.Errorf("asked for: %s", diff)
	}
}

func TestWhatIsNotReplayed(t *testing.T) {
	t.Parallel()
	for status, want := range map[pipeline.Status]string{
		pipeline.Forgotten:  "nothing brings back what is forgotten",
		pipeline.Processing: "is processing, and goes on by itself",
	} {
		d, _, asked := versions(t, nil, january(status, "1", noon))
		var usage *UsageError
		if err := d.ReplayObject(t.Context(), "sales/january.csv"); !errors.As(err, &usage) || !strings.Contains(usage.Reason, want) {
			t.Errorf("%s: %v", status, err)
		}
		if len(*asked) > 0 {
			t.Errorf("%s: asked for %v", status, *asked)
		}
	}
}

func TestForgetSaysWhatGoesAndWhatWent(t *testing.T) {
	t.Parallel()
	newest, old := january(pipeline.Published, "2", noon, published), january(pipeline.Refused, "1", noon.Add(-time.Hour), refused)
	d, out, asked := versions(t, func(o *pgstore.ObjectRow) { o.Status = pipeline.Forgotten }, newest, old)
	if err := d.Forget(t.Context(), "sales/january.csv"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{pipeline.Report{Kind: pipeline.ObjectForget, Object: newest.Object, Attempt: 1}}, *asked); diff != "" {
		t.Errorf("asked for: %s", diff)
	}
	golden(t, "forget", out.String())
}

func TestForgetOfNothing(t *testing.T) {
	t.Parallel()
	d, out, asked := versions(t, nil, january(pipeline.Forgotten, "1", noon))
	if err := d.Forget(t.Context(), "sales/january.csv"); err != nil || !strings.Contains(out.String(), "is forgotten already") {
		t.Errorf("%v: %s", err, out)
	}
	var usage *UsageError
	d, _ = (&world{}).desk(t)
	if err := d.Forget(t.Context(), "sales/january.csv"); !errors.As(err, &usage) || !strings.Contains(usage.Reason, "make upload") {
		t.Errorf("what the ledger does not know: %v", err)
	}
	if len(*asked) > 0 {
		t.Errorf("asked for %v", *asked)
	}
}
