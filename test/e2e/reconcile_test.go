package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"acequia/shared/pipeline"
)

// deaf takes the notification off the raw bucket: what is uploaded then, no event tells of.
func (w *world) deaf() {
	w.Helper()
	_, err := w.s3.PutBucketNotificationConfiguration(w.Context(), &s3.PutBucketNotificationConfigurationInput{
		Bucket: &w.env.RawBucket, NotificationConfiguration: &types.NotificationConfiguration{},
	})
	if err != nil {
		w.Fatal(err)
	}
}

// reconcile runs the function of that name over the whole bucket; what is older than a second counts as missing.
func (w *world) reconcile() (found struct {
	Busy bool
	pipeline.Reconciliation
},
) {
	w.Helper()
	if err := json.Unmarshal([]byte(w.invoke("reconcile", []byte(`{"full": true, "grace": "1s"}`))), &found); err != nil {
		w.Fatal(err)
	}
	return found
}

// TestEventsThatAreLost uploads while nobody listens. Reconcile finds all of it, once, and leaves what was well as it is.
func TestEventsThatAreLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallChunks)
	before := w.send("sales/heard.csv", readSample(t, "sales_small.csv"))
	w.deaf()
	lost := map[string]string{}
	for _, key := range []string{"sales/sales_medium.csv", "sales/año 2026 + más%/ .csv", "elsewhere/x.csv"} {
		lost[key] = w.put(key, readSample(t, "sales_medium.csv"))
	}
	lost["sales/heard.csv"] = w.put("sales/heard.csv", readSample(t, "sales_large.csv")) // an older version of it was heard of
	w.within(patience, "all versions to be old enough, and found", func() bool {
		w.reconcile()
		return len(w.told()) == len(lost)
	})
	for key, version := range lost {
		want := pipeline.Published
		if strings.HasPrefix(key, "elsewhere/") {
			want = pipeline.Refused
		}
		if got := w.ended(key, version, patience); got.Status != want {
			t.Errorf("%s: %s %s", key, got.Status, got.Error)
		}
	}
	w.published(w.ended("sales/heard.csv", lost["sales/heard.csv"], patience), fileOf(t, "sales_large.csv"))
	w.atRest()
	if told := w.told(); !slices.Equal(told, []string{"1", "1", "1", "1"}) {
		t.Errorf("told %v times of 4 lost versions", told)
	}
	if o := w.ended("sales/heard.csv", before.Object.VersionID, patience); o.Attempt != before.Attempt || !o.ReceivedAt.Equal(before.ReceivedAt) {
		t.Errorf("the version that was heard of: %+v, before %+v", o, before)
	}
	w.reconcile() // which takes the repairs off
	ledger := w.everything()
	w.reconcile()
	w.atRest()
	after := w.everything()
	for _, kept := range []string{"acequia.reconciliations", "acequia.watermarks"} {
		delete(ledger, kept)
		delete(after, kept)
	}
	if diff := cmp.Diff(ledger, after); diff != "" {
		t.Errorf("once more (-before +after):\n%s", diff)
	}
	if status := w.cli("status"); !strings.Contains(status, "compared the whole bucket, 5 versions") {
		t.Errorf("status does not say what reconcile did:\n%s", status)
	}
	if said := w.cli("reconcile"); !strings.Contains(said, "Compared 5 versions") || !strings.Contains(said, "Nothing is missing.") {
		t.Errorf("the command says:\n%s", said)
	}
}

// told gives how often it was told of each lost version that it is lost.
func (w *world) told() []string {
	w.Helper()
	return w.lines(`SELECT count(*)::text FROM acequia.events WHERE kind = 'lost' AND severity = 'warning' GROUP BY object_id`)
}

// TestTwoRunsAtOnce invokes reconcile several times at once: one works at a time, and each finding is dealt with once.
func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.deaf()
	const files = 20
	for i := range files {
		w.put(fmt.Sprintf("sales/%02d.csv", i), readSample(t, "sales_small.csv"))
	}
	w.within(patience, "all versions to be old enough, and found", func() bool {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { w.reconcile() })
		}
		all.Wait()
		return len(w.told()) == files
	})
	w.atRest()
	if told := w.told(); slices.ContainsFunc(told, func(n string) bool { return n != "1" }) {
		t.Errorf("told %v times of lost versions", told)
	}
	if got := w.lines(`SELECT format('%s %s', status, count(*)) FROM acequia.objects GROUP BY status`); !slices.Equal(got, []string{"published 20"}) {
		t.Errorf("the ledger has %q", got)
	}
}

// TestFilesFromBefore has files that are older than the deployment: reconcile only counts them, and a backfill takes them in.
func TestFilesFromBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.deaf()
	const files = 12
	for i := range files {
		w.put(fmt.Sprintf("sales/%02d.csv", i), readSample(t, "sales_small.csv"))
	}
	if _, err := w.db.Exec(t.Context(), `UPDATE acequia.deployment SET deployed_at = now() + interval '2 seconds'`); err != nil {
		t.Fatal(err)
	}
	w.within(patience, "all versions to be old enough", func() bool {
		found := w.reconcile()
		if found.Lost > 0 {
			t.Fatalf("found %+v", found)
		}
		return found.Older == files
	})
	if said := w.cli("reconcile"); !strings.Contains(said, "12 versions older than this deployment and not taken in: make backfill PREFIX=…") {
		t.Errorf("reconcile says:\n%s", said)
	}
	if said := w.cli("backfill", "-dry-run", "sales/0"); !strings.Contains(said, "10 versions of s3://acequia-raw/sales/0 would be sent") {
		t.Errorf("a dry run says:\n%s", said)
	}
	if said := w.cli("backfill", "-dry-run", "sales/", time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)); !strings.Contains(said, "0 versions") {
		t.Errorf("a dry run of what comes tomorrow says:\n%s", said)
	}
	if said := w.cli("backfill", "sales/", "-in-flight", "3"); !strings.Contains(said, "Sending 12 versions") || !strings.Contains(said, "Done.") {
		t.Errorf("the backfill says:\n%s", said)
	}
	if got := w.lines(`SELECT format('%s %s', status, count(*)) FROM acequia.objects GROUP BY status`); !slices.Equal(got, []string{"published 12"}) {
		t.Errorf("the ledger has %q", got)
	}
	if said := w.cli("backfill", "sales/"); !strings.Contains(said, "There is nothing to send") {
		t.Errorf("the backfill says again:\n%s", said)
	}
}

// TestLossesEverywhere loses most notifications, and every message that is on a queue when it is emptied, while files are on their way.
// When that is over, reconcile brings all of them to the end that they would have come to.
func TestLossesEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallChunks)
	w.faults(http.MethodPut, `{"seed": 7, "probability": {"notification_lost": 0.6}}`)
	files := []string{"sales_small.csv", "sales_medium.csv", "sales_large.csv", "products_medium.csv", "products_large.csv", "customers_medium.json"}
	versions := map[string]string{}
	for _, name := range files {
		versions[name] = w.put(keyOf(fileOf(t, name)), readSample(t, name))
		for _, queue := range []string{"chunks", "cleaned", "rows"} {
			w.purge(queue)
		}
	}
	w.faults(http.MethodDelete, "")
	w.within(2*patience, "all files to come to their end", func() bool {
		w.reconcile()
		return w.lines(`SELECT count(*)::text FROM acequia.objects WHERE status NOT IN ('received', 'processing')`)[0] == fmt.Sprint(len(files))
	})
	w.atRest()
	for _, name := range files {
		file := fileOf(t, name)
		if o := w.ended(keyOf(file), versions[name], patience); o.Status != pipeline.Published || o.Records != file.Records {
			t.Errorf("%s: %s with %d records, want %d: %s", name, o.Status, o.Records, file.Records, o.Error)
		}
	}
	if wrong := w.lines(`SELECT to_jsonb(a)::text FROM acequia.audit a`); len(wrong) > 0 {
		t.Errorf("the ledger does not add up: %q", wrong)
	}
}

// faults tells the local cloud what goes wrong from now on.
func (w *world) faults(method, plan string) {
	w.Helper()
	request, err := http.NewRequestWithContext(w.Context(), method, w.env.Endpoint+"/_acequia/faults", strings.NewReader(plan))
	if err != nil {
		w.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		w.Fatalf("%s of the faults: %s", method, response.Status)
	}
}

// purge loses all messages of a queue, those that are worked on included.
func (w *world) purge(queue string) {
	w.Helper()
	url, err := w.sqs.GetQueueUrl(w.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("acequia-" + queue)})
	if err == nil {
		_, err = w.sqs.PurgeQueue(w.Context(), &sqs.PurgeQueueInput{QueueUrl: url.QueueUrl})
	}
	if err != nil {
		w.Fatal(err)
	}
}
