package e2e

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"acequia/shared/pipeline"
)

// TestDeadLettersAreShownAndSentBack lets messages die of a database that takes no chunk, and an event of what Lambda says; it
// looks why, mends the database, and sends them back.
func TestDeadLettersAreShownAndSentBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0, "MAX_RECEIVE_COUNT=2")
	w.run(`CREATE FUNCTION acequia.no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room for chunks'; END $$`)
	w.run(`CREATE TRIGGER no_room BEFORE INSERT ON acequia.chunks EXECUTE FUNCTION acequia.no_room()`)
	version := w.put("sales/dies.csv", []byte(draft))
	w.within(patience, "a message to die", func() bool { return w.dead("rows") == 1 })
	w.dies(w.uploaded(pipeline.Object{Key: "sales/dies.csv", VersionID: version}), "RuntimeError: no more memory")

	w.says(w.cli("status"), "2 dead letters: make redrive")
	w.says(w.cli("redrive"), "rows: 1 dead letter", "sales/dies.csv", "chunk 0", "load", "no room for chunks", "request ",
		"ingest: 1 dead letter", "upload", "RuntimeError: no more memory (request r-1)", "make redrive QUEUE=ingest, or ALL=1")
	if rows, ingest := w.dead("rows"), w.dead("ingest"); rows != 1 || ingest != 1 {
		t.Errorf("looking left %d and %d dead letters, want 1 and 1", rows, ingest)
	}

	w.run(`DROP TRIGGER no_room ON acequia.chunks`)
	w.says(w.cli("redrive", "rows"), "rows: 1 message sent back", "published")
	if got := w.ended("sales/dies.csv", version, patience); got.Status != pipeline.Published {
		t.Errorf("%s (%s), want published", got.Status, got.Error)
	}
	if w.dead("ingest") != 1 {
		t.Error("only the dead letters of rows were to be sent back")
	}
	w.says(w.cli("redrive", "-all"), "ingest: 1 message sent back", "published")
	w.says(w.cli("redrive"), "There are no dead letters.")
	w.atRest()
}

// run runs a statement on the database.
func (w *world) run(statement string) {
	w.Helper()
	if _, err := w.db.Exec(w.Context(), statement); err != nil {
		w.Fatal(err)
	}
}

// says holds what the command line said to what it should.
func (w *world) says(said string, parts ...string) {
	w.Helper()
	for _, part := range parts {
		if !strings.Contains(said, part) {
			w.Errorf("it does not say %q:\n%s", part, said)
		}
	}
}

// dead counts the dead letters of a queue.
func (w *world) dead(queue string) int {
	w.Helper()
	for _, q := range w.health().Queues {
		if q.Name == "acequia-"+queue+"-dlq" {
			return q.Visible + q.InFlight
		}
	}
	w.Fatalf("there is no dead-letter queue of %s", queue)
	return 0
}

// dies leaves an event of ingest in its dead-letter queue, as Lambda does.
func (w *world) dies(event []byte, message string) {
	w.Helper()
	url, err := w.sqs.GetQueueUrl(w.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("acequia-ingest-dlq")})
	if err != nil {
		w.Fatal(err)
	}
	text := func(s string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &s}
	}
	_, err = w.sqs.SendMessage(w.Context(), &sqs.SendMessageInput{
		QueueUrl: url.QueueUrl, MessageBody: aws.String(string(event)),
		MessageAttributes: map[string]types.MessageAttributeValue{"ErrorMessage": text(message), "RequestID": text("r-1")},
	})
	if err != nil {
		w.Fatal(err)
	}
}
