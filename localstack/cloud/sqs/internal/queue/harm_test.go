package queue_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"acequia/localstack/cloud/faults"
	"acequia/localstack/cloud/sqs/internal/queue"
)

// openHarmed opens a store in which a fault always happens, at most a second long.
func openHarmed(t *testing.T, path string, kind faults.Kind) (*queue.Store, *faults.Injector) {
	t.Helper()
	i := &faults.Injector{}
	must(t, i.Start(faults.Plan{Seed: 5, MaxDelay: 1000, Probability: map[faults.Kind]float64{kind: 1}}))
	s, err := queue.Open(path, queue.Options{Region: "us-east-1", Now: time.Now, Faults: i})
	must(t, err)
	must(t, s.Ensure("chunks", map[string]string{"VisibilityTimeout": "30"}))
	return s, i
}

// deliver receives as Lambda does.
func deliver(t *testing.T, s *queue.Store, limit int) []queue.Message {
	t.Helper()
	atOnce := time.Duration(0)
	messages, err := s.Receive(t.Context(), "chunks", queue.Want{Max: limit, Wait: &atOnce, Delivery: true})
	must(t, err)
	return messages
}

func bodies(messages []queue.Message) (all []string) {
	for _, m := range messages {
		all = append(all, m.Body)
	}
	return all
}

func TestReorderedMessagesAreAllDelivered(t *testing.T) {
	t.Parallel()
	s, _ := openHarmed(t, filepath.Join(t.TempDir(), "queues.db"), faults.MessageReordered)
	defer closeStore(t, s)
	var sent []string
	for i := range 20 {
		sent = append(sent, fmt.Sprintf("%02d", i))
	}
	send(t, s, sent...)
	got := bodies(deliver(t, s, len(sent)))
	if slices.Equal(got, sent) || !slices.Equal(slices.Sorted(slices.Values(got)), sent) {
		t.Errorf("delivered %v", got)
	}
}

func TestADeletedMessageIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, i := openHarmed(t, filepath.Join(t.TempDir(), "queues.db"), faults.MessageRepeated)
		defer closeStore(t, s)
		send(t, s, "a")
		first := deliver(t, s, 1)
		must(t, s.DeleteDelivered("chunks", receipt(t, first[0])))
		if got := deliver(t, s, 1); len(got) != 0 {
			t.Errorf("delivered %v at once", bodies(got))
		}
		time.Sleep(time.Second)
		again := deliver(t, s, 1)
		if len(again) != 1 || again[0].MessageID != first[0].MessageID {
			t.Fatalf("delivered %v", again)
		}
		// Its end was the first deletion's: that one does not count for the second delivery.
		must(t, s.DeleteDelivered("chunks", receipt(t, first[0])))
		i.Stop()
		must(t, s.DeleteDelivered("chunks", receipt(t, again[0])))
		if got, err := s.Depths("chunks"); err != nil || got != (queue.Depths{}) {
			t.Errorf("left: %+v (%v)", got, err)
		}
	})
}

// A fault that holds a message back is over after a restart; and only deliveries meet it.
func TestDelayEndsWithARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "queues.db")
	s, _ := openHarmed(t, path, faults.MessageDelayed)
	send(t, s, "a", "b")
	if got := deliver(t, s, 1); len(got) != 0 {
		t.Errorf("delivered %v", bodies(got))
	}
	if got, err := s.Depths("chunks"); err != nil || got != (queue.Depths{Delayed: 2}) {
		t.Errorf("depths: %+v (%v)", got, err)
	}
	send(t, s, "c")
	if got := bodies(receive(t, s, "chunks", 0)); !slices.Equal(got, []string{"c"}) {
		t.Errorf("received %v, want what nobody was to deliver", got)
	}
	closeStore(t, s)
	s = open(t, path)
	defer closeStore(t, s)
	if got := bodies(deliver(t, s, 10)); len(got) != 3 {
		t.Errorf("delivered %v after the restart", got)
	}
}

// What is in flight when the faults begin keeps to their limit, too.
func TestVisibilityIsCutInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := &faults.Injector{}
		s, err := queue.Open(filepath.Join(t.TempDir(), "queues.db"), queue.Options{Region: "us-east-1", Now: time.Now, Faults: i})
		must(t, err)
		defer closeStore(t, s)
		must(t, s.Ensure("chunks", map[string]string{"VisibilityTimeout": "30"}))
		send(t, s, "a")
		receive(t, s, "chunks", 0)
		must(t, i.Start(faults.Plan{MaxVisibility: 200}))
		s.FaultsChanged()
		began := time.Now()
		if got := receive(t, s, "chunks", 10*time.Second); len(got) != 1 || time.Since(began) != 200*time.Millisecond {
			t.Errorf("received %v after %v", bodies(got), time.Since(began))
		}
	})
}
