package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// TestDeliveredAgain delivers the event and the messages of a published file again, twice each and out of order.
func TestDeliveredAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallChunks)
	object := w.send("sales/sales_large.csv", readSample(t, "sales_large.csv"))
	w.published(object, fileOf(t, "sales_large.csv"))
	w.summarize()
	w.atRest()
	before, worked := w.everything(), w.usageOf("clean")

	for range 2 {
		w.deliver("ingest", w.uploaded(object.Object))
		for _, chunk := range slices.Backward(w.chunksOf(object)) {
			w.message("chunks", chunk)
		}
		report := pipeline.Report{Object: object.Object, Attempt: object.Attempt, Contract: object.Contract}
		report.Kind, report.Chunks, report.Records = pipeline.ObjectPlanned, object.Chunks, object.Records
		w.message("rows", report)
		report.Kind, report.Chunks, report.Records = pipeline.ObjectReceived, 0, 0
		w.message("rows", report)
	}
	w.atRest()
	if again := w.usageOf("clean").invocations - worked.invocations; again != 2*object.Chunks {
		t.Errorf("%d chunks were cleaned again, want all %d, twice", again, object.Chunks)
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Errorf("what was delivered again changed (-before +after):\n%s", diff)
	}
}

// uploaded gives the event with which S3 tells of an object.
func (w *world) uploaded(o pipeline.Object) []byte {
	w.Helper()
	fill := strings.NewReplacer("{{version_id}}", o.VersionID, "sales/sales_small.csv", o.Key)
	return []byte(fill.Replace(string(w.event("ingest/upload.json"))))
}

// message sends what one stage tells another to a queue.
func (w *world) message(queue string, body any) {
	w.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	url, err := w.sqs.GetQueueUrl(w.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("acequia-" + queue)})
	if err != nil {
		w.Fatal(err)
	}
	if _, err := w.sqs.SendMessage(w.Context(), &sqs.SendMessageInput{QueueUrl: url.QueueUrl, MessageBody: aws.String(string(b))}); err != nil {
		w.Fatal(err)
	}
}

// chunksOf gives an object's chunks as ingest sent them.
func (w *world) chunksOf(o pgstore.ObjectRow) (chunks []pipeline.Chunk) {
	w.Helper()
	for _, line := range w.lines(`
		SELECT json_build_object('chunk', chunk, 'byte_start', byte_start, 'byte_end', byte_end, 'line', line)::text
		  FROM acequia.chunks WHERE object_id = $1 ORDER BY byte_start`, o.Object.ID.String()) {
		chunk := pipeline.Chunk{Object: o.Object, Attempt: o.Attempt}
		if err := json.Unmarshal([]byte(line), &chunk); err != nil {
			w.Fatal(err)
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}

// TestUploadedAgain uploads the same bytes again, under the same key.
func TestUploadedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallChunks)
	body := readSample(t, "sales_medium.csv")
	first := w.send("sales/sales_medium.csv", body)
	w.published(first, fileOf(t, "sales_medium.csv"))
	w.atRest()
	before := w.everything()

	again := w.send("sales/sales_medium.csv", body)
	w.atRest()
	if again.Status != pipeline.Unchanged || again.Object.ID == first.Object.ID {
		t.Errorf("uploaded again: %s (%s), want another object that is unchanged", again.Status, again.Error)
	}
	after := w.everything()
	for _, table := range slices.Sorted(maps.Keys(before)) {
		if table == "acequia.events" || table == "acequia.objects" {
			continue
		}
		if diff := cmp.Diff(before[table], after[table]); diff != "" {
			t.Errorf("%s changed (-before +after):\n%s", table, diff)
		}
	}
	if n := len(after["acequia.objects"]) - len(before["acequia.objects"]); n != 1 {
		t.Errorf("%d objects more, want 1", n)
	}
}

const (
	salesHeader = "transaction_id,customer_code,product_code,sale_date,quantity,unit_price,discount,payment_method,currency,sales_channel,region\n"

	draft = salesHeader +
		"T1,C1,P1,2026-11-23,1,10.00,0,card,PEN,web,Lima\n" +
		"T2,C1,P1,2026-11-23,2,10.00,0,card,PEN,web,Lima\n" +
		"T2,C1,P1,2026-11-24,3,10.00,5,card,PEN,web,Lima\n" + // the later of two
		"T3,C2,P1,2026-02-30,1,10.00,0,card,PEN,web,Lima\n" // no such day
	corrected = salesHeader +
		"T1,C1,P1,2026-11-23,1,20.25,0,card,PEN,web,Lima\n" +
		"T3,C2,P1,2026-02-28,1,10.00,0,card,PEN,web,Lima\n" +
		"T4,C2,P1,2026-11-24,1,10.00,0,card,USD,web,Lima\n"
)

// TestCorrected replaces a file by a corrected one under the same key, and that one by the draft again.
func TestCorrected(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	const key = "sales/november.csv"
	first := w.send(key, []byte(draft))
	w.summarize()
	w.holds("T1 11.00 1", "T2 28.00 1")
	w.sums("2026-11-23 PEN 11.00", "2026-11-24 PEN 28.00")

	second := w.send(key, []byte(corrected))
	w.summarize()
	w.counts(first, pipeline.Counts{Loaded: 1, Superseded: 1, Duplicates: 1, Rejected: 1})
	w.counts(second, pipeline.Counts{Loaded: 3})
	w.holds("T1 22.28 2", "T2 28.00 1", "T3 11.00 2", "T4 11.00 2")
	w.sums("2026-02-28 PEN 11.00", "2026-11-23 PEN 22.28", "2026-11-24 PEN 28.00", "2026-11-24 USD 11.00")

	third := w.send(key, []byte(draft))
	w.summarize()
	w.counts(first, pipeline.Counts{Superseded: 2, Duplicates: 1, Rejected: 1})
	w.counts(second, pipeline.Counts{Loaded: 2, Superseded: 1})
	w.counts(third, pipeline.Counts{Loaded: 2, Duplicates: 1, Rejected: 1})
	w.holds("T1 11.00 3", "T2 28.00 3", "T3 11.00 2", "T4 11.00 2")
	w.sums("2026-02-28 PEN 11.00", "2026-11-23 PEN 11.00", "2026-11-24 PEN 28.00", "2026-11-24 USD 11.00")
	w.atRest()
}

// counts holds what the ledger says now of an object that was published.
func (w *world) counts(o pgstore.ObjectRow, want pipeline.Counts) {
	w.Helper()
	now := w.ended(o.Object.Key, o.Object.VersionID, patience)
	if now.Status != pipeline.Published || now.Counts != want || now.Records != want.Total() {
		w.Errorf("%s (%s): %s, %d records, %+v; want %+v", o.Object.Key, now.Error, now.Status, now.Records, now.Counts, want)
	}
}

// holds checks the table of sales: id, total, and the number of the version that the row is from.
func (w *world) holds(want ...string) {
	w.Helper()
	got := w.lines(`
		SELECT format('%s %s %s', s.transaction_id, s.total, o.version)
		  FROM warehouse.sales s
		  JOIN (SELECT object_id, row_number() OVER (ORDER BY rank) AS version FROM acequia.objects) o ON o.object_id = s._object_id
		 ORDER BY s.transaction_id`)
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("sales (-want +got):\n%s", diff)
	}
}

// sums checks the total sales of each day and currency.
func (w *world) sums(want ...string) {
	w.Helper()
	got := w.lines(`
		SELECT format('%s %s %s', day, dimension->>'currency', value) FROM acequia.daily_summaries
		 WHERE kpi = 'total_sales' ORDER BY day, dimension->>'currency'`)
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("total sales (-want +got):\n%s", diff)
	}
}
