package load_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"acequia/shared/contract"
	"acequia/shared/load"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/rows"
	"acequia/shared/staging"
	"acequia/test/pgtest"
)

// workBucket is a work bucket in memory.
type workBucket struct {
	mu    sync.Mutex
	files map[string][]byte
	// fault, if set, is asked before each read.
	fault func(key string) error
}

func newWorkBucket() *workBucket { return &workBucket{files: map[string][]byte{}} }

func (w *workBucket) Put(_ context.Context, key string, body []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files[key] = body
	return nil
}

func (w *workBucket) Delete(_ context.Context, prefix string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.DeleteFunc(w.files, func(key string, _ []byte) bool { return strings.HasPrefix(key, prefix) })
	return nil
}

func (w *workBucket) put(t testing.TB, key string, body []byte) {
	t.Helper()
	if err := w.Put(t.Context(), key, body); err != nil {
		t.Fatal(err)
	}
}

func (w *workBucket) Head(ctx context.Context, key string, n int64) ([]byte, error) {
	r, err := w.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, n))
}

func (w *workBucket) Open(_ context.Context, key string) (io.ReadCloser, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault != nil {
		if err := w.fault(key); err != nil {
			return nil, err
		}
	}
	body, ok := w.files[key]
	if !ok {
		return nil, fmt.Errorf("%s: %w", key, os.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(body)), nil
}

// count counts the files under a prefix.
func (w *workBucket) count(prefix string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key := range w.files {
		if strings.HasPrefix(key, prefix) {
			n++
		}
	}
	return n
}

func (w *workBucket) get(key string) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.files[key]
}

// record is a record of an object: a row or, with an empty key, a reject.
type record struct {
	offset int64
	key    string
	day    int // days since 2000-01-01
	value  string
}

// object is an object with its records, cut into chunks.
type object struct {
	pipeline.Object
	chunks [][]record
}

func (o object) records() []record { return slices.Concat(o.chunks...) }

func newObject(dataset, key, version string, at time.Time, chunks ...[]record) object {
	return object{pipeline.Object{
		ID: pipeline.NewObjectID("raw", key, version), Bucket: "raw", Key: key, VersionID: version, ETag: version,
		LastModified: at, Dataset: dataset, Rank: pipeline.NewRank(at, key, 0, version),
	}, chunks}
}

// again gives a later version of the object's key, with the same bytes.
func again(o object, version string) object {
	o.ID, o.VersionID, o.ETag = pipeline.NewObjectID(o.Bucket, o.Key, version), version, version
	o.LastModified = o.LastModified.Add(time.Second)
	o.Rank = o.Rank.Again(o.LastModified, 0, version)
	return o
}

// contractOf gives a contract for the records of a test.
func contractOf(dataset string, keyed bool) *contract.Contract {
	c := &contract.Contract{
		Dataset: dataset, Version: "1.0.0", Description: "What tests load.",
		Columns: []contract.Column{
			{Name: "day", Type: contract.Type{Kind: contract.Date}},
			{Name: "id", Type: contract.Type{Kind: contract.Text}, Required: true},
			{Name: "value", Type: contract.Type{Kind: contract.Text}, Description: "Anything."},
		},
		Summary: &contract.Summary{Relation: "warehouse." + dataset, Day: "day"},
	}
	if keyed {
		c.Key = []string{"id"}
	}
	return c
}

// forget is what a person sends who wants an object forgotten.
func forget(o object) pipeline.Report {
	return pipeline.Report{Kind: pipeline.ObjectForget, Object: o.Object, Attempt: pipeline.FirstAttempt, Contract: refOf(o.Dataset)}
}

func refOf(dataset string) pipeline.ContractRef {
	return pipeline.ContractRef{Bucket: "contracts", Key: dataset + contract.Extension, VersionID: "1"}
}

// tuple spells a record as transform does: the key first, then the other columns in order.
func tuple(id pipeline.ObjectID, r record, keyed bool) []byte {
	day := binary.BigEndian.AppendUint32(nil, uint32(r.day))
	fields := [][]byte{id[:], binary.BigEndian.AppendUint64(nil, uint64(r.offset)), []byte(r.key), day, []byte(r.value)}
	if !keyed {
		fields[2], fields[3] = fields[3], fields[2]
	}
	b := binary.BigEndian.AppendUint16(nil, uint16(len(fields)))
	for _, f := range fields {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(f))), f...)
	}
	return b
}

// stage writes the object's chunks as clean and transform do, and gives all reports of the object.
func (w *workBucket) stage(t testing.TB, o object, keyed bool) []pipeline.Report {
	t.Helper()
	return w.stageAttempt(t, o, pipeline.FirstAttempt, keyed)
}

func (w *workBucket) stageAttempt(t testing.TB, o object, attempt int, keyed bool) []pipeline.Report {
	t.Helper()
	report := pipeline.Report{Kind: pipeline.ObjectReceived, Object: o.Object, Attempt: attempt, Contract: refOf(o.Dataset)}
	reports := []pipeline.Report{report}
	var records int64
	for i, chunk := range o.chunks {
		const size = 1000 // any, as long as no two chunks start at one place
		c := pipeline.Chunk{Object: o.Object, Attempt: attempt, Number: i, Start: int64(i) * size, End: int64(i+1) * size, Line: 1}
		records += int64(len(chunk))
		r := report
		r.Kind, r.Rows = pipeline.ChunkRows, w.stageChunk(t, c, chunk, keyed)
		reports = append(reports, r)
	}
	report.Kind, report.Chunks, report.Records = pipeline.ObjectPlanned, len(o.chunks), records
	return append(reports, report)
}

func (w *workBucket) stageChunk(t testing.TB, c pipeline.Chunk, records []record, keyed bool) *pipeline.Rows {
	t.Helper()
	staged := &pipeline.Rows{Chunk: c, Records: int64(len(records))}
	keyColumns := 0
	if keyed {
		keyColumns = 1
	}
	var tuples []rows.Tuple
	var rejects []byte
	for _, r := range records {
		if r.key == "" {
			staged.Rejected++
			reject := pipeline.NewReject(pipeline.Place{Offset: r.offset, Length: 9, Line: 1}, []byte("raw\xff"),
				pipeline.Failure{Column: "id", Rule: "required", Reason: "the id is missing\x00"})
			var err error
			if rejects, err = staging.AppendReject(rejects, reject); err != nil {
				t.Fatal(err)
			}
			continue
		}
		parsed, err := rows.Parse(tuple(c.Object.ID, r, keyed), keyColumns)
		if err != nil {
			t.Fatal(err)
		}
		tuples = append(tuples, parsed)
	}
	slices.SortFunc(tuples, rows.Compare)
	var file []byte
	for _, parsed := range tuples {
		file = append(file, parsed.Bytes...)
	}
	if len(file) > 0 {
		staged.RowsKey = c.StagedKey("rows.copy")
		w.put(t, staged.RowsKey, file)
	}
	if len(rejects) > 0 {
		staged.RejectKeys = []string{c.StagedKey("clean.rejects")}
		w.put(t, staged.RejectKeys[0], rejects)
	}
	return staged
}

// world is a database, a work bucket and a loader between them.
type world struct {
	store  *pgstore.Store
	sql    *pgxpool.Pool
	bucket *workBucket
	loader *load.Loader
}

func newWorld(t testing.TB, contracts ...*contract.Contract) world {
	t.Helper()
	databaseURL := pgtest.New(t)
	store, sql := pgtest.Open(t, withConnections(t, databaseURL)), pgtest.Connect(t, databaseURL)
	bucket := newWorkBucket()
	return world{store, sql, bucket, newLoader(store, bucket, contracts...)}
}

// withConnections lets the pool of that URL have enough connections for several loaders.
func withConnections(t testing.TB, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("pool_max_conns", "10")
	u.RawQuery = query.Encode()
	return u.String()
}

func newLoader(store *pgstore.Store, bucket *workBucket, contracts ...*contract.Contract) *load.Loader {
	var catalog contract.Catalog
	for _, c := range contracts {
		catalog = append(catalog, contract.Entry{Ref: refOf(c.Dataset), Contract: c})
	}
	return &load.Loader{
		Ledger: store,
		Publish: func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(load.Publication) error) error {
			return store.Publish(ctx, o, c, func(p *pgstore.Publication) error { return do(p) })
		},
		PublishChunk: func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(load.Publication) error) error {
			return store.PublishChunk(ctx, o, c, func(p *pgstore.Publication) error { return do(p) })
		},
		Contract: func(_ context.Context, ref pipeline.ContractRef) (*contract.Contract, error) {
			for _, e := range catalog {
				if e.Ref == ref {
					return e.Contract, nil
				}
			}
			return nil, &pipeline.RefusedError{Reason: "there is no contract " + ref.Key}
		},
		Catalog: func(context.Context) (contract.Catalog, error) { return catalog, nil },
		Open:    bucket.Open,
		Head:    bucket.Head,
		Put:     bucket.Put,
		Delete:  bucket.Delete,
	}
}

// load handles the reports in their order.
func (w world) load(t *testing.T, reports ...pipeline.Report) {
	t.Helper()
	for _, r := range reports {
		if _, err := w.loader.Handle(t.Context(), r); err != nil {
			t.Fatalf("handling %s of %s: %v", r.Kind, r.Object.Key, err)
		}
	}
}

// row gives the ledger's row of an object.
func (w world) row(t *testing.T, o object) pgstore.ObjectRow {
	t.Helper()
	row, found, err := w.store.ObjectByVersion(t.Context(), o.Bucket, o.Key, o.VersionID)
	if err != nil || !found {
		t.Fatalf("%s is not in the ledger: %v", o.Key, err)
	}
	return row
}

// texts runs a query with one column and gives its rows.
func (w world) texts(t *testing.T, query string, args ...any) []string {
	t.Helper()
	return pgtest.Texts(t, w.sql, query, args...)
}
