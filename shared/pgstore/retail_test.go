package pgstore_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"acequia/shared/clean"
	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/load"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/split"
	"acequia/shared/summary"
	"acequia/shared/transform"
)

// retail is a database that files are loaded into as the functions do it, under the contracts that are shipped.
type retail struct {
	database
	contracts map[string]*contract.Contract
	loader    *load.Loader

	mu    sync.Mutex
	files map[string][]byte
	sent  int
}

func newRetail(t *testing.T) *retail {
	t.Helper()
	r := &retail{database: open(t), contracts: map[string]*contract.Contract{}, files: map[string][]byte{}}
	for _, dataset := range []string{"customers", "products", "sales"} {
		doc, err := os.ReadFile(filepath.Join("..", "..", "infra", "contracts", dataset+contract.Extension))
		if err != nil {
			t.Fatal(err)
		}
		if r.contracts[dataset], err = contract.Parse(doc); err != nil {
			t.Fatal(err)
		}
	}
	r.loader = &load.Loader{
		Ledger: r.Store,
		Publish: func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(load.Publication) error) error {
			return r.Publish(ctx, o, c, func(p *pgstore.Publication) error { return do(p) })
		},
		Contract: r.at, Catalog: r.catalog, Put: r.put,
		Open: func(ctx context.Context, key string) (io.ReadCloser, error) {
			b, err := r.get(ctx, key)
			return io.NopCloser(bytes.NewReader(b)), err
		},
		Head: func(ctx context.Context, key string, n int64) ([]byte, error) {
			b, err := r.get(ctx, key)
			return b[:min(n, int64(len(b)))], err
		},
	}
	return r
}

func (r *retail) at(_ context.Context, ref pipeline.ContractRef) (*contract.Contract, error) {
	return r.contracts[strings.TrimSuffix(ref.Key, contract.Extension)], nil
}

func (r *retail) catalog(context.Context) (contract.Catalog, error) {
	var catalog contract.Catalog
	for dataset, c := range r.contracts {
		catalog = append(catalog, contract.Entry{Ref: pipeline.ContractRef{Key: dataset + contract.Extension}, Contract: c})
	}
	return catalog, nil
}

func (r *retail) put(_ context.Context, key string, body []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files[key] = body
	return nil
}

func (r *retail) get(_ context.Context, key string) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, found := r.files[key]
	if !found {
		return nil, fmt.Errorf("%s: %w", key, os.ErrNotExist)
	}
	return body, nil
}

// load publishes a file of the data set with these lines, the header first. Each file is later than the one before.
func (r *retail) load(t *testing.T, dataset string, lines ...string) pipeline.ObjectID {
	t.Helper()
	row := r.deliver(t, dataset, 1, lines...)
	if row.Status != pipeline.Published || row.Counts.Rejected > 0 {
		t.Fatalf("%s ended as %+v", row.Object.Key, row)
	}
	return row.Object.ID
}

// deliver has a file processed in so many chunks of whole lines, whatever it ends as.
func (r *retail) deliver(t *testing.T, dataset string, chunks int, lines ...string) pgstore.ObjectRow {
	t.Helper()
	r.sent++
	key, body := fmt.Sprintf("%s/%d.csv", dataset, r.sent), []byte(strings.Join(lines, "\n")+"\n")
	at := time.Date(2026, 11, 24, 10, 0, r.sent, 0, time.UTC)
	o := pipeline.Object{
		ID: pipeline.NewObjectID("raw", key, "v"), Bucket: "raw", Key: key, VersionID: "v", Size: int64(len(body)),
		LastModified: at, Dataset: dataset, Rank: pipeline.NewRank(at, key, 0, "v"),
	}
	if err := r.process(t.Context(), o, body, chunks); err != nil {
		t.Fatal(err)
	}
	row, found, err := r.ObjectByVersion(t.Context(), o.Bucket, o.Key, o.VersionID)
	if err != nil || !found {
		t.Fatalf("%s is not in the ledger: %v", key, err)
	}
	return row
}

// process does to one object what the functions do.
func (r *retail) process(ctx context.Context, o pipeline.Object, body []byte, chunks int) error {
	c := r.contracts[o.Dataset]
	layout, err := split.Probe(body, true, c.Source, c.Sources())
	if err != nil {
		return err
	}
	ref := pipeline.ContractRef{Bucket: "contracts", Key: o.Dataset + contract.Extension, VersionID: "1"}
	plan := func(context.Context, pipeline.ObjectID, int) (pipeline.Plan, error) {
		return pipeline.Plan{Grammar: grammar.Version, Object: o, Attempt: 1, Contract: ref, Layout: layout}, nil
	}
	load := func(ctx context.Context, report pipeline.Report) error {
		_, err := r.loader.Handle(ctx, report)
		return err
	}
	transformer := transform.Stage{Plan: plan, Contract: r.at, Get: r.get, Put: r.put, Send: load}
	cleaner := clean.Stage{
		Plan: plan, Contract: r.at, Put: r.put,
		Range: func(_ context.Context, c pipeline.Chunk) ([]byte, error) { return body[c.Start:c.End], nil },
		Send: func(ctx context.Context, c pipeline.Cleaned) error {
			_, err := transformer.Do(ctx, c)
			return err
		},
	}
	report := pipeline.Report{Kind: pipeline.ObjectReceived, Object: o, Attempt: 1, Contract: ref, Layout: &layout}
	if err := load(ctx, report); err != nil {
		return err
	}
	report.Kind = pipeline.ObjectPlanned
	for _, chunk := range cut(o, body, chunks) {
		done, err := cleaner.Do(ctx, chunk)
		if err != nil {
			return err
		}
		report.Chunks, report.Records = report.Chunks+1, report.Records+done.Records
	}
	return load(ctx, report)
}

// cut cuts an object into so many chunks: one of each of its last lines, and the first of all lines before them.
func cut(o pipeline.Object, body []byte, chunks int) (all []pipeline.Chunk) {
	chunk := pipeline.Chunk{Object: o, Attempt: 1, Line: 1}
	lines := bytes.SplitAfter(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
	for i, line := range lines {
		chunk.End += int64(len(line))
		if i+1 == len(lines) {
			chunk.End = o.Size
		}
		if i >= len(lines)-chunks {
			all = append(all, chunk)
			chunk.Number, chunk.Start, chunk.Line = chunk.Number+1, chunk.End, int64(i+2)
		}
	}
	return all
}

// summarize runs the stage, as the function does.
func (r *retail) summarize(t *testing.T) summary.Result {
	t.Helper()
	result, err := r.summarizer().Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func (r *retail) summarizer() *summary.Summarizer {
	return &summary.Summarizer{
		Catalog: r.catalog, Put: r.put,
		Transact: func(ctx context.Context, do func(summary.Work) error) error {
			return r.Summarize(ctx, func(tx *pgstore.SummaryTx) error { return do(tx) })
		},
	}
}

const (
	salesHeader    = "transaction_id,customer_code,product_code,sale_date,quantity,unit_price,discount,payment_method,currency,sales_channel,region"
	productsHeader = "product_code,product_name,category,subcategory,brand,unit_price,cost_price,weight_kg,dimensions,stock_quantity,supplier,created_date,status"
)

// sale gives a line of a file of sales.
func sale(id, customer, product, day string, quantity int, price, discount, currency string) string {
	return fmt.Sprintf("%s,%s,%s,%s,%d,%s,%s,card,%s,web,Lima", id, customer, product, day, quantity, price, discount, currency)
}

// product gives a line of a file of products.
func product(code, category string) string {
	return fmt.Sprintf("%s,Thing %[1]s,%s,,,,,,,,,,", code, category)
}
