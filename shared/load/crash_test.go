package load_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"acequia/shared/pipeline"
)

// A publication that dies half way, here when its rows are written and its rejects are not, leaves nothing; the report
// that comes again does all of it.
func TestAPublicationThatDiesLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, die := range map[string]func(cancel context.CancelFunc) error{
		"an error":                func(context.CancelFunc) error { return errors.New("the work bucket is away") },
		"the end of the function": func(cancel context.CancelFunc) error { cancel(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, contractOf("sales", true))
			w.loader.SetSegmentRows(5)
			before := newObject("sales", "sales/a.csv", "v1", monday, []record{{0, "k3", 1, "old"}})
			w.load(t, w.bucket.stage(t, before, true)...)
			chunk := []record{{0, "", 0, ""}}
			for i := range 30 {
				chunk = append(chunk, record{int64(10 + i), fmt.Sprint("k", i), 1, "new"})
			}
			o := newObject("sales", "sales/b.csv", "v1", tuesday, chunk)
			reports := w.bucket.stage(t, o, true)
			w.load(t, reports[:2]...)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w.bucket.fault = func(key string) error {
				if strings.HasSuffix(key, ".rejects") {
					return die(cancel)
				}
				return nil
			}
			if _, err := w.loader.Handle(ctx, reports[2]); err == nil {
				t.Fatal("nothing died")
			}
			w.checkCounts(t)
			if row := w.row(t, o); row.Status != pipeline.Processing || row.Counts.Loaded != 0 {
				t.Errorf("after it died: %+v", row)
			}
			w.bucket.fault = nil
			w.load(t, reports[2])
			w.checkCounts(t)
			if c := w.row(t, o).Counts; c != (pipeline.Counts{Loaded: 30, Rejected: 1}) {
				t.Errorf("after the retry: %+v", c)
			}
			if c := w.row(t, before).Counts; c != (pipeline.Counts{Superseded: 1}) {
				t.Errorf("the object before: %+v", c)
			}
		})
	}
}
