package sqs_test

import (
	"bufio"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/localstack/cloud/sqs"
)

// victimDir is the variable that makes the test binary a server of the queues in the folder that it names.
const victimDir = "ACEQUIA_TEST_SQS_VICTIM"

// serveVictim says where it listens, and serves until it is killed.
func serveVictim(dir string) int {
	s, err := sqs.Open(dir, sqs.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Fprintln(os.Stdout, httptest.NewServer(s).URL)
	select {}
}

// startVictim starts a server in a process of its own, and gives its URL and what kills it with SIGKILL.
func startVictim(t *testing.T, dir string) (url string, kill func()) {
	t.Helper()
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), victimDir+"="+dir)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	must(t, err)
	must(t, victim.Start())
	kill = sync.OnceFunc(func() {
		must(t, victim.Process.Kill())
		_ = victim.Wait() // its error is that it was killed
	})
	t.Cleanup(kill)
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the server did not start")
	}
	return lines.Text(), kill
}

// fate is what is known of a message of TestKilledServer.
type fate int

const (
	unknown  fate = iota // never sent, or a call about it was not answered
	sent                 // SendMessage was answered
	deleting             // DeleteMessage was not answered: it may have happened or not
	deleted              // DeleteMessage was answered
)

// ledger holds what is known of messages by their bodies.
type ledger struct {
	mu    sync.Mutex
	fates map[string]fate
}

// rise notes a message's fate; fates only go up, since a message may be received before its sender has the answer.
func (l *ledger) rise(body string, to fate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fates[body] = max(l.fates[body], to)
}

// Senders are in the middle of sending, and receivers hold messages, when the server is killed: every message that was
// answered is there afterwards and visible, and none that was deleted.
func TestKilledServer(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "queues")
	known := &ledger{fates: map[string]fate{}}
	for round := range 3 {
		url, kill := startVictim(t, dir)
		c := connect(url)
		created, err := c.CreateQueue(t.Context(), &client.CreateQueueInput{QueueName: aws.String("chunks")})
		must(t, err)
		var busy sync.WaitGroup
		for sender := range 4 {
			busy.Go(func() { sendUntilKilled(t, c, created.QueueUrl, fmt.Sprint(round, sender), known) })
		}
		busy.Go(func() { deleteUntilKilled(t, c, created.QueueUrl, known) })
		time.Sleep(300 * time.Millisecond)
		kill()
		busy.Wait()
	}
	found := visible(t, dir)
	count := map[fate]int{}
	for body, is := range known.fates {
		count[is]++
		if is == sent && !found[body] || is == deleted && found[body] {
			t.Errorf("message %s: found %t, fate %d", body, found[body], is)
		}
	}
	if count[sent] < 10 || count[deleted] == 0 {
		t.Fatalf("%d messages were sent and %d deleted: the test shows nothing", count[sent], count[deleted])
	}
	t.Logf("%d messages sent and kept, %d deleted, %d not answered", count[sent], count[deleted], count[deleting])
}

func sendUntilKilled(t *testing.T, c *client.Client, queue *string, sender string, known *ledger) {
	for i := 0; ; i++ {
		body := fmt.Sprintf("%s/%d", sender, i)
		_, err := c.SendMessage(t.Context(), &client.SendMessageInput{QueueUrl: queue, MessageBody: &body})
		if err != nil {
			return
		}
		known.rise(body, sent)
	}
}

// deleteUntilKilled deletes every second message that it receives.
func deleteUntilKilled(t *testing.T, c *client.Client, queue *string, known *ledger) {
	for i := 0; ; i++ {
		got, err := c.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{QueueUrl: queue, WaitTimeSeconds: 1})
		if err != nil {
			return
		}
		if i%2 == 0 || len(got.Messages) == 0 {
			continue
		}
		m := got.Messages[0]
		known.rise(*m.Body, deleting)
		_, err = c.DeleteMessage(t.Context(), &client.DeleteMessageInput{QueueUrl: queue, ReceiptHandle: m.ReceiptHandle})
		if err != nil {
			return
		}
		known.rise(*m.Body, deleted)
	}
}

// visible gives the bodies of all messages of the queue "chunks" that can be received at once.
func visible(t *testing.T, dir string) map[string]bool {
	t.Helper()
	s, err := sqs.Open(dir, sqs.Options{})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	arn, err := s.EnsureQueue("chunks", nil)
	must(t, err)
	found := map[string]bool{}
	for {
		messages, err := s.Receive(t.Context(), arn, 100, 0)
		must(t, err)
		if len(messages) == 0 {
			return found
		}
		for _, m := range messages {
			found[m.Body] = true
		}
	}
}
