package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"acequia/shared/pipeline"
)

// identify gives the object with its rank, read from the bucket and never from the notification, so that whoever asks
// gets the same answer; and, if the version repeats the bytes of the version before it, the id of that one.
func (in *Intake) identify(ctx context.Context, a Arrival, newestFirst []pipeline.Version) (
	o pipeline.Object, predecessor *pipeline.ObjectID, err error,
) {
	if a.VersionID == "" {
		a.VersionID = current(newestFirst)
	}
	o = pipeline.Object{
		ID: pipeline.NewObjectID(a.Bucket, a.Key, a.VersionID), Bucket: a.Bucket, Key: a.Key, VersionID: a.VersionID,
		ETag: a.ETag, Size: a.Size, LastModified: a.At,
	}
	at := slices.IndexFunc(newestFirst, func(v pipeline.Version) bool { return v.ID == a.VersionID })
	if at < 0 {
		// It was deleted meanwhile. The notification is all there is; reading the object will say so.
		o.Rank = pipeline.NewRank(a.At, a.Key, 0, a.VersionID)
		return o, nil, nil
	}
	version := newestFirst[at]
	o.ETag, o.Size, o.LastModified = version.ETag, version.Size, version.LastModified
	first, err := in.firstOfRun(ctx, a, newestFirst[at:])
	if err != nil {
		return o, nil, err
	}
	o.Rank = pipeline.NewRank(newestFirst[at+first].LastModified, a.Key, place(newestFirst[at+first:]), newestFirst[at+first].ID)
	if first > 0 {
		o.Rank = o.Rank.Again(o.LastModified, place(newestFirst[at:]), a.VersionID)
		id := pipeline.NewObjectID(a.Bucket, a.Key, newestFirst[at+1].ID)
		return o, &id, nil
	}
	return o, nil, in.follow(ctx, o, newestFirst[at+1:])
}

// nullVersion is S3's id of a version that was written while its bucket kept none.
const nullVersion = "null"

// current is the id of the version that a notification without one means: the newest, which in a bucket without versions is
// the only one.
func current(newestFirst []pipeline.Version) string {
	if len(newestFirst) == 0 {
		return nullVersion
	}
	return newestFirst[0].ID
}

// firstOfRun gives the index of the oldest of the versions that, one after another, hold the same bytes as versions[0].
func (in *Intake) firstOfRun(ctx context.Context, a Arrival, versions []pipeline.Version) (int, error) {
	for i := range len(versions) - 1 {
		same, err := in.Bucket.SameBytes(ctx, a.Bucket, a.Key, versions[i], versions[i+1])
		if err == nil && same {
			same, err = in.adjacent(ctx, a, versions[i], versions[i+1])
		}
		if err != nil {
			return 0, err
		}
		if !same {
			return i, nil
		}
	}
	return len(versions) - 1, nil
}

// followerKey is where in the work bucket the id of the version lies that followed an object, with other bytes, when it came. A version
// that is deleted for good leaves no trace in the bucket's list: without this, the one behind it would be taken to repeat the one
// before it, though it changes what the deleted one left in the warehouse.
func followerKey(id pipeline.ObjectID) string { return "followers/" + id.String() }

// follow notes that the object follows the newest of the older versions. Of several that say so, the first is right.
func (in *Intake) follow(ctx context.Context, o pipeline.Object, older []pipeline.Version) error {
	if len(older) == 0 {
		return nil
	}
	before := pipeline.NewObjectID(o.Bucket, o.Key, older[0].ID)
	_, err := in.Work.Create(ctx, followerKey(before), []byte(o.VersionID))
	return err
}

// adjacent tells whether nothing that is deleted by now came between two versions.
func (in *Intake) adjacent(ctx context.Context, a Arrival, later, earlier pipeline.Version) (bool, error) {
	follower, found, err := in.Work.Find(ctx, followerKey(pipeline.NewObjectID(a.Bucket, a.Key, earlier.ID)))
	return !found || string(follower) == later.ID, err
}

// place counts the versions older than the first one that S3, whose clock ticks in seconds, gives the same time.
func place(newestFirst []pipeline.Version) int {
	n := 0
	for _, v := range newestFirst[1:] {
		if v.LastModified.Unix() == newestFirst[0].LastModified.Unix() {
			n++
		}
	}
	return n
}

// ended tells whether the attempt at the object has come to its end already.
func (w *work) ended(ctx context.Context) (bool, error) {
	outcome, found, err := w.outcome(ctx, w.object.ID)
	if err != nil || !found || !outcome.Ended(w.attempt) {
		return false, err
	}
	w.object.Dataset = outcome.Object.Dataset
	w.result.Status, w.result.Reason = outcome.Status, outcome.Error
	return true, nil
}

// repeats tells whether the object holds the same bytes as a predecessor that is published, and reports it if so. If the
// predecessor was refused, the object is processed: people fix the contract and send the file again.
func (w *work) repeats(ctx context.Context, predecessor *pipeline.ObjectID) (bool, error) {
	if predecessor == nil {
		return false, nil
	}
	outcome, _, err := w.outcome(ctx, *predecessor)
	if err != nil || outcome.Status != pipeline.Published && outcome.Status != pipeline.Unchanged {
		return false, err
	}
	w.result.Status = pipeline.Unchanged
	return true, w.Report(ctx, w.report(pipeline.ObjectUnchanged))
}

func (in *Intake) outcome(ctx context.Context, id pipeline.ObjectID) (o pipeline.Outcome, found bool, err error) {
	b, found, err := in.Work.Find(ctx, pipeline.OutcomeKey(id))
	if err != nil || !found {
		return o, false, err
	}
	if err := json.Unmarshal(b, &o); err != nil {
		return o, false, fmt.Errorf("reading the outcome of object %s: %w", id, err)
	}
	return o, true, nil
}
