package reconcile

import (
	"context"
	"fmt"
	"iter"
	"time"

	"acequia/shared/pipeline"
)

// Audit holds the ledger to the bucket, and changes nothing.
type Audit struct {
	Listing    Listing
	Known      func(ctx context.Context, bucket, prefix, after string) iter.Seq2[pipeline.Known, error]
	DeployedAt func(context.Context) (time.Time, error)
	Now        func() time.Time
}

// Audited is what an audit saw.
type Audited struct {
	// Versions counts what the bucket holds; Young, Older and Deleted what is no finding: versions and lines of the ledger that came
	// a moment ago, versions that wait for a backfill, and lines whose version was deleted.
	Versions, Young, Older, Deleted int64
}

// Finding is a version of which bucket and ledger say different things.
type Finding struct {
	ID  pipeline.ObjectID
	Key string
	// Check is unknown, gone or unequal; Problem is a sentence with the numbers.
	Check, Problem string
}

// justNow is how long a version may be on its way to the ledger.
const justNow = time.Minute

// Compare compares the whole bucket with the ledger and tells each finding, in the order of the keys. After an error, nothing is
// known of the rest.
func (a *Audit) Compare(ctx context.Context, bucket string, tell func(Finding)) (Audited, error) {
	deployed, err := a.DeployedAt(ctx)
	if err != nil {
		return Audited{}, err
	}
	c := auditing{bucket: bucket, tell: tell, deployed: deployed.Truncate(time.Second), young: a.Now().Add(-justNow)}
	for d, err := range differences(c.counted(a.Listing.List(ctx, bucket, "", "")), a.Known(ctx, bucket, "", "")) {
		if err != nil {
			return c.Audited, err
		}
		c.look(d)
	}
	return c.Audited, nil
}

// auditing is an audit under way.
type auditing struct {
	Audited
	bucket          string
	tell            func(Finding)
	deployed, young time.Time
}

func (a *auditing) counted(pages iter.Seq2[[]pipeline.Object, error]) iter.Seq2[[]pipeline.Object, error] {
	return func(yield func([]pipeline.Object, error) bool) {
		for page, err := range pages {
			a.Versions += int64(len(page))
			if !yield(page, err) {
				return
			}
		}
	}
}

// look sorts out what is different at a key.
func (a *auditing) look(d difference) {
	for _, o := range d.unknown {
		switch {
		case o.LastModified.Before(a.deployed): // S3 tells the time in seconds
			a.Older++
		case o.LastModified.After(a.young):
			a.Young++
		default:
			a.find(o.ID, o.Key, "unknown", "version %s of %s is in the bucket since %s, but not in the ledger",
				o.VersionID, o.URI(), o.LastModified.Format(time.RFC3339))
		}
	}
	for _, k := range d.gone {
		switch {
		case k.Deleted || k.Status.Done() && k.Status != pipeline.Published: // it has no rows that somebody could miss a source of
			a.Deleted++
		case k.ReceivedAt.After(a.young):
			a.Young++
		default:
			a.find(k.ID, k.Key, "gone", "object %s (s3://%s/%s) is %s in the ledger, but not in the bucket", k.ID, a.bucket, k.Key, k.Status)
		}
	}
	for _, u := range d.unequal {
		a.find(u.known.ID, d.key, "unequal", "version %s of %s has %d bytes and the ETag %s in the bucket, but %d bytes and the ETag %s in the ledger",
			u.listed.VersionID, u.listed.URI(), u.listed.Size, u.listed.ETag, u.known.Size, u.known.ETag)
	}
}

func (a *auditing) find(id pipeline.ObjectID, key, check, problem string, args ...any) {
	a.tell(Finding{ID: id, Key: key, Check: check, Problem: fmt.Sprintf(problem, args...)})
}
