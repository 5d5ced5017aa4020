package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// The sample events speak of an object that exists: the newest version of this key.
const (
	sampleFile    = "sales_small.csv"
	sampleDataset = "sales"
)

// placeholder stands in a sample event for something that the ledger knows of the object.
var placeholder = regexp.MustCompile(`\{\{(\w+)\}\}`)

// fill puts values in the place of an event's placeholders. An event without any stays as it is.
func (d *Desk) fill(ctx context.Context, event []byte) ([]byte, error) {
	if !placeholder.Match(event) {
		return event, nil
	}
	o, err := d.sampleObject(ctx)
	if err != nil {
		return nil, err
	}
	contract, err := d.ContractVersion(ctx, sampleDataset)
	if err != nil {
		return nil, err
	}
	values := map[string]string{
		"object_id": o.Object.ID.String(), "bucket": o.Object.Bucket, "key": o.Object.Key, "version_id": o.Object.VersionID,
		"etag":       escaped(o.Object.ETag),
		"size_bytes": strconv.FormatInt(o.Object.Size, 10), "last_modified": o.Object.LastModified.UTC().Format(time.RFC3339),
		"rank": string(o.Object.Rank), "records": strconv.FormatInt(o.Records, 10), "rejected": strconv.FormatInt(o.Rejected, 10),
		"contract_version_id": contract,
	}
	var unknown error
	filled := placeholder.ReplaceAllFunc(event, func(match []byte) []byte {
		name := string(match[2 : len(match)-2])
		value, ok := values[name]
		if !ok {
			unknown = &UsageError{fmt.Sprintf("the event holds {{%s}}, which nobody knows", name)}
		}
		return []byte(value)
	})
	return filled, unknown
}

// escaped makes text that can stand within JSON.
func escaped(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(b[1 : len(b)-1])
}

// sampleObject gives the sample file's object, published. If it is not, the file is uploaded first.
func (d *Desk) sampleObject(ctx context.Context) (pgstore.ObjectRow, error) {
	prefix, err := d.prefix(ctx, sampleDataset)
	if err != nil {
		return pgstore.ObjectRow{}, err
	}
	key := prefix + sampleFile
	o, ok, err := d.published(ctx, key)
	if err != nil || ok {
		return o, err
	}
	d.Term.Line("The sample events speak of %s, which is uploaded first.", key)
	t, err := newTransfer(filepath.Join(d.Paths.TestData(), sampleFile), key)
	if err != nil {
		return pgstore.ObjectRow{}, err
	}
	if err := d.carry(ctx, []*transfer{t}, func() {}, func(*transfer) {}); err != nil {
		return pgstore.ObjectRow{}, err
	}
	if o, ok, err = d.published(ctx, key); err == nil && !ok {
		err = fmt.Errorf("%s was not published: %s", key, t.look().object.Error)
	}
	return o, err
}

// published gives the newest published object of a key .
func (d *Desk) published(ctx context.Context, key string) (pgstore.ObjectRow, bool, error) {
	objects, err := d.Ledger.Objects(ctx, pgstore.Filter{Bucket: d.Env.RawBucket, Key: key})
	if err != nil {
		return pgstore.ObjectRow{}, false, err
	}
	for _, o := range objects {
		if o.Status == pipeline.Published {
			return o, true, nil
		}
	}
	return pgstore.ObjectRow{}, false, nil
}
