package chaos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/jackc/pgx/v5/pgxpool"

	"acequia/localstack/stack"
	"acequia/test/chaos/pgproxy"
)

// world is what one seed runs in: a local cloud, a database, and a proxy between them, all of its own.
type world struct {
	scenario
	cluster  *cluster
	database string
	disk     *disk
	proxy    *pgproxy.Proxy
	cloud    *localCloud
	// db goes to the database directly: the reader and the checks meet no faults.
	db *pgxpool.Pool
	// counts are the faults that are done here, and not by the local cloud or the proxy.
	counts *tally
	// polls is how often the reader looked.
	polls int
}

// The names of the buckets are the template's.
var buckets = stack.DefaultEnvironment()

func newWorld(ctx context.Context, p place, s scenario, root string) (w *world, err error) {
	w = &world{scenario: s, cluster: p.cluster, database: fmt.Sprintf("chaos_%d_%d", s.seed, p.port), counts: newTally()}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if err := p.checkout.mirror(root, s, p.replaced); err != nil {
		return w, err
	}
	if s.weather.has(diskFull) {
		w.disk = &disk{p.disk()}
	}
	if err := p.cluster.createDatabase(ctx, w.database, w.disk); err != nil {
		return w, err
	}
	if w.proxy, err = pgproxy.New(p.cluster.address()); err != nil {
		return w, err
	}
	w.cloud = &localCloud{
		paths: stack.Paths{Root: root}, binary: p.checkout.CommandLine(), port: p.port, injected: map[string]int{},
		settings: []string{
			"DATABASE_URL=" + p.cluster.through(w.proxy.Addr(), w.database), "CHUNK_SIZE=" + strconv.Itoa(s.chunkSize), "AWS_REGION=us-east-1",
		},
	}
	if err := w.cloud.start(ctx); err != nil {
		return w, err
	}
	if w.db, err = pgxpool.New(ctx, p.cluster.database(w.database)); err != nil {
		return w, err
	}
	return w, w.putContracts(ctx, p.checkout)
}

// close takes the world down.
func (w *world) close() error {
	var errs []error
	if w.cloud != nil {
		errs = append(errs, w.cloud.kill())
	}
	if w.proxy != nil {
		w.proxy.Close()
	}
	if w.db != nil {
		w.db.Close()
	}
	return errors.Join(append(errs, w.cluster.dropDatabase(context.Background(), w.database, w.disk))...)
}

// putContracts puts the contracts of all data sets into the bucket.
func (w *world) putContracts(ctx context.Context, c *checkout) error {
	for _, d := range datasets {
		key, doc := d.name+".odcs.yaml", []byte(d.contract)
		if d.contract == "" {
			var err error
			if doc, err = os.ReadFile(filepath.Join(c.Contracts(), key)); err != nil {
				return err
			}
		}
		if err := w.put(ctx, buckets.ContractsBucket, key, doc); err != nil {
			return err
		}
	}
	return nil
}

// put uploads until it is told that the object is there, as people do. One that was there without their hearing of it is there
// twice then, with the same bytes.
func (w *world) put(ctx context.Context, bucket, key string, body []byte) error {
	return within(ctx, time.Minute, "the upload of "+key, func(ctx context.Context) (bool, error) {
		_, err := w.cloud.now().s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body)})
		return err == nil, nil
	})
}

// versions lists what is in the raw bucket, those of a key from the oldest on.
func (w *world) versions(ctx context.Context) ([]version, error) {
	files := map[string]*file{}
	for _, u := range w.uploads {
		files[etagOf(u.file.body)] = u.file
	}
	out, err := w.cloud.now().s3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &buckets.RawBucket})
	if err != nil {
		return nil, fmt.Errorf("listing the bucket: %w", err)
	}
	var all []version
	for _, v := range slices.Backward(out.Versions) {
		f, ok := files[strings.Trim(*v.ETag, `"`)]
		if !ok {
			return nil, fmt.Errorf("nobody uploaded version %s of %s", *v.VersionId, *v.Key)
		}
		all = append(all, version{key: *v.Key, id: *v.VersionId, modified: *v.LastModified, file: f})
	}
	slices.SortStableFunc(all, func(a, b version) int { return strings.Compare(a.key, b.key) })
	return all, nil
}

// faultCounts tells what was done to the seed.
func (w *world) faultCounts() map[string]int {
	total := w.counts.all()
	maps.Copy(total, w.cloud.injected)
	for kind, n := range w.proxy.Counts() {
		total["SQL: "+string(kind)] = n
	}
	return total
}
