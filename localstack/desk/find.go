package desk

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"acequia/shared/contract/nearest"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// find gives the object of that name, which is a key of the raw bucket, s3://bucket/key, or an object id: of a key, the version that
// came last. If the ledger knows none, a *UsageError says which keys look alike.
func (d *Desk) find(ctx context.Context, name string) (pgstore.ObjectRow, error) {
	filter := d.filter(name)
	if filter == (pgstore.Filter{Bucket: filter.Bucket}) { // which would pick all that is in the bucket
		return pgstore.ObjectRow{}, d.unknown(ctx, name)
	}
	objects, err := d.Ledger.Objects(ctx, filter)
	if err != nil {
		return pgstore.ObjectRow{}, err
	}
	if len(objects) == 0 {
		return pgstore.ObjectRow{}, d.unknown(ctx, name)
	}
	// Not by rank, in which bytes that are sent again stand where they stood first.
	return slices.MaxFunc(objects, func(a, b pgstore.ObjectRow) int {
		return cmp.Or(a.Object.LastModified.Compare(b.Object.LastModified), a.ReceivedAt.Compare(b.ReceivedAt))
	}), nil
}

func (d *Desk) filter(name string) pgstore.Filter {
	if id, err := pipeline.ParseObjectID(name); err == nil {
		return pgstore.Filter{ID: id}
	}
	if uri, is := strings.CutPrefix(name, "s3://"); is {
		bucket, key, _ := strings.Cut(uri, "/")
		return pgstore.Filter{Bucket: bucket, Key: key}
	}
	return pgstore.Filter{Bucket: d.Env.RawBucket, Key: name}
}

// recentKeys is how many of the last objects are looked through for a key that was meant, shownKeys how many are shown.
const (
	recentKeys = 1000
	shownKeys  = 5
)

func (d *Desk) unknown(ctx context.Context, name string) error {
	objects, err := d.Ledger.Objects(ctx, pgstore.Filter{Limit: recentKeys})
	if err != nil {
		return err
	}
	keys := keysOf(objects)
	if len(keys) == 0 {
		return &UsageError{"the ledger knows no object yet: make upload FILE=… DATASET=…"}
	}
	hint := "the last ones are %s"
	if alike := keysLike(name, keys); len(alike) > 0 {
		hint, keys = "did you mean %s?", alike
	}
	return &UsageError{fmt.Sprintf("the ledger knows no object %s; "+hint, name, strings.Join(keys[:min(len(keys), shownKeys)], ", "))}
}

// keysOf gives the keys, each once.
func keysOf(objects []pgstore.ObjectRow) (keys []string) {
	for _, o := range objects {
		if !slices.Contains(keys, o.Object.Key) {
			keys = append(keys, o.Object.Key)
		}
	}
	return keys
}

// keysLike gives the keys that may have been meant: those that hold the name's last part, and the one that is spelt most alike.
func keysLike(name string, keys []string) (alike []string) {
	base := strings.ToLower(path.Base(name))
	for _, key := range keys {
		if strings.Contains(strings.ToLower(key), base) {
			alike = append(alike, key)
		}
	}
	if key, ok := nearest.To(name, keys); ok && !slices.Contains(alike, key) {
		alike = append(alike, key)
	}
	return alike
}

// repeated gives the published version whose bytes an unchanged one repeats, and whose records are in the ledger.
func (d *Desk) repeated(ctx context.Context, o pgstore.ObjectRow) (pgstore.ObjectRow, error) {
	versions, err := d.Ledger.Objects(ctx, pgstore.Filter{Bucket: o.Object.Bucket, Key: o.Object.Key})
	if err != nil {
		return o, err
	}
	for _, v := range versions {
		if v.Status == pipeline.Published && v.Object.Rank.Run() == o.Object.Rank.Run() {
			return v, nil
		}
	}
	return o, nil
}
