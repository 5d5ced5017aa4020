package desk

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

func TestUploadSaysHowItEnded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		object pgstore.ObjectRow
		want   error
	}{
		"published": {object("sales/january.csv", pipeline.Published, published), nil},
		"unchanged": {object("sales/january.csv", pipeline.Unchanged), nil},
		"refused":   {object("sales/january.csv", pipeline.Refused, refused), ErrNotWell},
		"failed":    {object("sales/january.csv", pipeline.Failed, published, refused), ErrNotWell},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{objects: map[string]pgstore.ObjectRow{c.object.Object.Key: c.object}, rejects: dirt}
			d, out := w.desk(t)
			file := writeFile(t, filepath.Join(d.Paths.Root, "january.csv"), "id\n1\n")
			if err := d.Upload(t.Context(), file, "sales", ""); !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
			golden(t, "upload_"+name, strings.ReplaceAll(out.String(), d.Paths.Root, "."))
		})
	}
}

func TestUploadThatNeverEndsTimesOut(t *testing.T) {
	t.Parallel()
	w := &world{objects: map[string]pgstore.ObjectRow{"a/b": object("a/b", pipeline.Processing, func(o *pgstore.ObjectRow) {
		o.Chunks, o.ChunksDone = 9, 4
	})}}
	d, _ := w.desk(t)
	d.Timeout = 50 * time.Millisecond
	err := d.Upload(t.Context(), writeFile(t, filepath.Join(d.Paths.Root, "x"), "x"), "", "a/b")
	if !errors.Is(err, ErrTimeout) || !strings.Contains(err.Error(), "processing, with 4/9 chunks done") {
		t.Errorf("err = %v, want ErrTimeout, and how far it is", err)
	}
}

func TestUploadWantsAFileAndADataset(t *testing.T) {
	t.Parallel()
	d, _ := (&world{}).desk(t)
	file := writeFile(t, filepath.Join(d.Paths.Root, "x"), "x")
	for _, c := range []struct{ file, dataset, want string }{
		{file, "sale", "choose products, sales"},
		{file + "y", "sales", "no such file"},
		{d.Paths.Root, "sales", "not a file"},
	} {
		err := d.Upload(t.Context(), c.file, c.dataset, "")
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(usage.Reason, c.want) {
			t.Errorf("upload %s %s: %v, want a usage error with %q", c.file, c.dataset, err, c.want)
		}
	}
}

func TestUploadLineFollowsTheFile(t *testing.T) {
	t.Parallel()
	f := &transfer{path: "x.csv", key: "sales/x.csv", bytes: 200_000_000}
	f.began = noon
	term := NewPlain(nil)
	line := func(change func(*state)) string {
		f.change(change)
		return uploadLine(term, f, noon.Add(2*time.Second)) + "\n"
	}
	golden(t, "upload_lines", line(func(s *state) { s.sent = 86_000_000 })+
		line(func(s *state) { s.version = "1" })+
		line(func(s *state) { s.known, s.object = true, object("sales/x.csv", pipeline.Received) })+
		line(func(s *state) {
			s.object = object("sales/x.csv", pipeline.Processing, published)
			s.object.ChunksDone = 2
		})+
		line(func(s *state) { s.object.ChunksDone, s.object.Planned = 6, true }))
}
