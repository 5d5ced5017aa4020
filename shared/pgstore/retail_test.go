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
	r.sent++
	key, body := fmt.Sprintf("%s/%d.csv", dataset, r.sent), []byte(strings.Join(lines, "\n")+"\n")
	at := time.Date(2026, 11, 24, 10, 0, r.sent, 0, time.UTC)
	o := pipeline.Object{
		ID: pipeline.NewObjectID("raw", key, "v"), Bucket: "raw", Key: key, VersionID: "v", Size: int64(len(body)),
		LastModified: at, Dataset: dataset, Rank: pipeline.NewRank(at, key, 0, "v"),
	}
	if err := r.process(t.Context(), o, body); err != nil {
		t.Fatal(err)
	}
	row, found, err := r.ObjectByVersion(t.Context(), o.Bucket, o.Key, o.VersionID)
	if err != nil || !found || row.Status != pipeline.Published || row.Counts.Rejected > 0 {
		t.Fatalf("%s ended as %+v, %v", key, row, err)
	}
	return o.ID
}

// process does to one object, of one chunk, what the functions do.
func (r *retail) process(ctx context.Context, o pipeline.Object, body []byte) error {
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
		Range: func(context.Context, pipeline.Chunk) ([]byte, error) { return body, nil },
		Send: func(ctx context.Context, c pipeline.Cleaned) error {
			_, err := transformer.Do(ctx, c)
			return err
		},
	}
	done, err := cleaner.Do(ctx, pipeline.Chunk{Object: o, Attempt: 1, End: o.Size, Line: 1})
	if err != nil {
		return err
	}
	return load(ctx, pipeline.Report{
		Kind: pipeline.ObjectPlanned, Object: o, Attempt: 1, Contract: ref, Chunks: 1, Records: done.Records,
	})
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
