package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"acequia/shared/clean"
	"acequia/shared/contract"
	"acequia/shared/intake"
	"acequia/shared/load"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
	"acequia/shared/s3store"
	"acequia/shared/transform"
	"acequia/test/cloudtest"
	"acequia/test/pgtest"
)

const (
	raw       = "raw"
	contracts = "contracts"
	lostAfter = 15 * time.Minute
	stuckIn   = 2 * time.Hour
)

// newS3 gives an S3 with a raw bucket and the contract of products.
func newS3(t testing.TB) *cloudtest.S3 {
	t.Helper()
	s := cloudtest.NewS3(t)
	s.Bucket(t, raw, true)
	s.Bucket(t, contracts, true)
	doc, err := os.ReadFile(filepath.Join("..", "..", "infra", "contracts", "products"+contract.Extension))
	if err != nil {
		t.Fatal(err)
	}
	s.Upload(t, contracts, "products"+contract.Extension, string(doc))
	return s
}

// products gives a file of products, whose codes count on from first.
func products(first, n int) string {
	var b strings.Builder
	b.WriteString("product_code,product_name,category,subcategory,brand,unit_price,cost_price,weight_kg,dimensions,stock_quantity,supplier,created_date,status\n")
	for i := range n {
		fmt.Fprintf(&b, "P%05d,Thing,Libros,Novela,Andino,%d.00,1.00,1.000,1x1x1 cm,7,Puno,2024-03-04,active\n", first+i, 2+i)
	}
	return b.String()
}

// world is a whole pipeline in this process, on an S3 that it may share: a work bucket, a ledger, and between them the stages, with
// messages that can be lost.
type world struct {
	s3         *cloudtest.S3
	work       *s3store.Work
	workBucket string
	store      *pgstore.Store
	sql        *pgxpool.Pool
	reconciler reconcile.Reconciler
	intake     intake.Intake
	// lose tells whether the next event or message is lost.
	lose func() bool
	// messages are on their way.
	messages []func(context.Context) error
	// letters are how many messages the dead-letter queue holds.
	letters int64
	// ahead is how far reconcile's clock is ahead.
	ahead time.Duration
}

func newWorld(t testing.TB, s3 *cloudtest.S3, workBucket string) *world {
	t.Helper()
	databaseURL := pgtest.New(t)
	store, sql := pgtest.Open(t, databaseURL), pgtest.Connect(t, databaseURL)
	s3.Bucket(t, workBucket, false)
	w := &world{
		s3: s3, work: s3store.NewWork(s3.Client, workBucket), workBucket: workBucket, store: store, sql: sql,
		lose: func() bool { return false },
	}
	w.wire(s3store.NewRaw(s3.Client), s3store.NewContracts(s3.Client, contracts))
	return w
}

// wire puts the stages together as the functions do.
func (w *world) wire(bucket *s3store.Raw, documents *s3store.Contracts) {
	loader := &load.Loader{
		Ledger: w.store,
		Publish: func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(load.Publication) error) error {
			return w.store.Publish(ctx, o, c, func(p *pgstore.Publication) error { return do(p) })
		},
		PublishChunk: func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(load.Publication) error) error {
			return w.store.PublishChunk(ctx, o, c, func(p *pgstore.Publication) error { return do(p) })
		},
		Contract: documents.At, Catalog: documents.Current, Open: w.work.Open, Head: w.work.Head, Put: w.work.Put,
		Delete: w.work.DeleteAll,
	}
	report := queue(w, func(ctx context.Context, r pipeline.Report) error {
		_, err := loader.Handle(ctx, r)
		return err
	})
	transformer := &transform.Stage{Plan: w.work.Plan, Contract: documents.At, Get: w.work.Get, Put: w.work.Put, Send: report}
	cleaner := &clean.Stage{
		Plan: w.work.Plan, Contract: documents.At, Range: bucket.Range, At: bucket.At, Staged: w.work.Get, Put: w.work.Put,
		Send: queue(w, func(ctx context.Context, c pipeline.Cleaned) error {
			_, err := transformer.Do(ctx, c)
			return err
		}),
	}
	w.intake = intake.Intake{
		Bucket: bucket, Work: w.work, Catalog: documents.Current, Report: report, ChunkSize: 400,
		SendChunk: queue(w, func(ctx context.Context, c pipeline.Chunk) error {
			_, err := cleaner.Do(ctx, c)
			return err
		}),
	}
	w.reconciler = reconcile.Reconciler{
		Bucket: raw, Listing: bucket, Ledger: w.store, Work: w.work, Catalog: documents.Current, Report: report,
		DeadLetters: func(context.Context) ([]pipeline.QueueDepth, error) {
			return []pipeline.QueueDepth{{Queue: "chunks-dlq", Messages: w.letters}}, nil
		},
		Announce: queue(w, w.arrive), Replay: queue(w, w.replay), Now: func() time.Time { return time.Now().Add(w.ahead) },
		LostAfter: lostAfter, StuckAfter: stuckIn,
	}
}

// queue gives what sends messages that do is to deal with, some of which are lost.
func queue[M any](w *world, do func(context.Context, M) error) func(context.Context, M) error {
	return func(_ context.Context, m M) error {
		if !w.lose() {
			w.messages = append(w.messages, func(ctx context.Context) error { return do(ctx, m) })
		}
		return nil
	}
}

// arrive is what ingest does with an event.
func (w *world) arrive(ctx context.Context, o pipeline.Object) error {
	_, err := w.intake.Arrived(ctx, intake.Arrival{Bucket: o.Bucket, Key: o.Key, VersionID: o.VersionID}, func() bool { return false })
	return err
}

func (w *world) replay(ctx context.Context, r pipeline.Replay) error {
	_, err := w.intake.Replay(ctx, r, func() bool { return false })
	return err
}

// upload puts a file into the raw bucket, and sends its event.
func (w *world) upload(t testing.TB, key, body string) (version string) {
	t.Helper()
	version = w.s3.Upload(t, raw, key, body)
	w.event(t, key, version)
	return version
}

func (w *world) event(t testing.TB, key, version string) {
	t.Helper()
	if err := queue(w, w.arrive)(t.Context(), pipeline.Object{Bucket: raw, Key: key, VersionID: version}); err != nil {
		t.Fatal(err)
	}
}

// pump deals with all messages, and those that come of them. What no retry can help is a dead letter.
func (w *world) pump(t testing.TB) {
	t.Helper()
	for len(w.messages) > 0 {
		next := w.messages[0]
		w.messages = w.messages[1:]
		var gaveUp *pipeline.GiveUpError
		if err := next(t.Context()); err != nil && !errors.As(err, &gaveUp) {
			t.Fatal(err)
		}
	}
}

// later puts reconcile's clock forward, runs it, and has its repairs worked off.
func (w *world) later(t testing.TB, d time.Duration, full bool) pipeline.Reconciliation {
	t.Helper()
	w.ahead += d
	found, err := w.reconciler.Run(t.Context(), full, func() bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	w.pump(t)
	return found
}

// lines runs a query with one column of text.
func (w *world) lines(t testing.TB, query string, args ...any) []string {
	t.Helper()
	return pgtest.Texts(t, w.sql, query, args...)
}

// events gives the events that are not about an object's end.
func (w *world) events(t testing.TB) []string {
	t.Helper()
	return w.lines(t, `
		SELECT format('%s %s %s', severity, kind, coalesce(payload->>'key', payload->>'messages')) FROM acequia.events
		 WHERE kind IN ('lost', 'stuck', 'deleted', 'dead_letters') ORDER BY id`)
}

// status gives where the object of a version stands.
func (w *world) status(t testing.TB, key, version string) string {
	t.Helper()
	row, _, err := w.store.ObjectByVersion(t.Context(), raw, key, version)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(row.Status) + " " + row.Error)
}
