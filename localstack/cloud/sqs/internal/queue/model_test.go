package queue_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"acequia/localstack/cloud/sqs/internal/queue"
)

// naive is a queue as one would explain it: a list of messages, looked through at each call.
type naive struct {
	now      time.Time
	messages []*naiveMessage
	sent     int
}

type naiveMessage struct {
	body     string
	group    string
	number   int
	sent     time.Time
	first    time.Time // when it was first to be visible
	due      time.Time
	received int
	handle   string // of the last receipt
}

const (
	naiveVisibility = 30 * time.Second
	naiveRetention  = 10 * time.Minute
)

func (n *naive) visible(m *naiveMessage) bool { return !m.due.After(n.now) }

func (n *naive) expire() {
	n.messages = slices.DeleteFunc(n.messages, func(m *naiveMessage) bool {
		return m.sent.Before(n.now.Add(-naiveRetention))
	})
}

// next gives up to limit visible messages: of the group with the fewest in flight the one that became visible first, and so
// on, those that were chosen already counting as in flight.
func (n *naive) next(limit int) []*naiveMessage {
	var ready, chosen []*naiveMessage
	flying := map[string]int{}
	for _, m := range n.messages {
		switch {
		case n.visible(m):
			ready = append(ready, m)
		case m.received > 0:
			flying[m.group]++
		}
	}
	for len(chosen) < limit && len(ready) > 0 {
		slices.SortFunc(ready, func(a, b *naiveMessage) int {
			return cmp.Or(cmp.Compare(flying[a.group], flying[b.group]), a.due.Compare(b.due), cmp.Compare(a.number, b.number))
		})
		flying[ready[0].group]++
		chosen, ready = append(chosen, ready[0]), ready[1:]
	}
	return chosen
}

func (n *naive) depths() queue.Depths {
	var d queue.Depths
	for _, m := range n.messages {
		switch {
		case n.visible(m):
			d.Visible++
		case m.received == 0:
			d.Delayed++
		default:
			d.InFlight++
		}
	}
	return d
}

// Whatever is done in whatever order, the store answers as the naive queue does, across restarts too.
func TestStoreIsAQueue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "queue") //nolint:usetesting // rapid's T has no TempDir
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		n := &naive{now: time.UnixMilli(1795500000000)}
		open := func() *queue.Store {
			s, err := queue.Open(filepath.Join(dir, "queues.db"), queue.Options{Region: "us-east-1", Now: func() time.Time { return n.now }})
			check(t, err)
			check(t, s.Ensure("chunks", map[string]string{"VisibilityTimeout": "30", "MessageRetentionPeriod": "600"}))
			return s
		}
		s := open()
		defer func() { check(t, s.Close()) }()
		t.Repeat(map[string]func(*rapid.T){
			"send":    func(t *rapid.T) { n.send(t, s) },
			"receive": func(t *rapid.T) { n.receive(t, s) },
			"delete": func(t *rapid.T) {
				m := n.draw(t)
				check(t, s.Delete("chunks", parse(t, m.handle)))
				n.messages = slices.DeleteFunc(n.messages, func(other *naiveMessage) bool { return other == m })
			},
			"postpone": func(t *rapid.T) { n.postpone(t, s) },
			"wait":     func(t *rapid.T) { n.now = n.now.Add(drawSeconds(t, "wait", 100)) },
			"reopen": func(t *rapid.T) {
				check(t, s.Close())
				s = open()
				for _, m := range n.messages {
					if m.received > 0 {
						m.due = m.first
					}
				}
			},
			"": func(t *rapid.T) {
				n.expire()
				got, err := s.Depths("chunks")
				check(t, err)
				if want := n.depths(); got != want {
					t.Fatalf("the queue has %+v, want %+v", got, want)
				}
			},
		})
	})
}

func (n *naive) send(t *rapid.T, s *queue.Store) {
	var drafts []queue.Draft
	for range rapid.IntRange(1, 3).Draw(t, "messages") {
		n.sent++
		delay := drawSeconds(t, "delay", 40)
		group := rapid.SampledFrom([]string{"", "", "a", "b", "c"}).Draw(t, "group")
		d := queue.Draft{ID: queue.NewID(), Body: fmt.Sprint(n.sent), Delay: &delay, GroupID: group}
		drafts = append(drafts, d)
		n.messages = append(n.messages, &naiveMessage{
			body: d.Body, group: group, number: n.sent, sent: n.now, first: n.now.Add(delay), due: n.now.Add(delay),
		})
	}
	check(t, s.Send("chunks", drafts...))
}

func (n *naive) receive(t *rapid.T, s *queue.Store) {
	limit, atOnce := rapid.IntRange(1, 4).Draw(t, "limit"), time.Duration(0)
	got, err := s.Receive(t.Context(), "chunks", queue.Want{Max: limit, Wait: &atOnce})
	check(t, err)
	want := n.next(limit)
	if len(got) != len(want) {
		t.Fatalf("received %d messages, want %d", len(got), len(want))
	}
	for i, m := range want {
		m.received++
		m.due = n.now.Add(naiveVisibility)
		m.handle = got[i].ReceiptHandle
		if count := got[i].Attributes["ApproximateReceiveCount"]; got[i].Body != m.body || count != fmt.Sprint(m.received) {
			t.Fatalf("received message %s for the %sth time, want %s for the %dth", got[i].Body, count, m.body, m.received)
		}
	}
}

// draw picks a message that was received, and so has a receipt handle.
func (n *naive) draw(t *rapid.T) *naiveMessage {
	var known []*naiveMessage
	for _, m := range n.messages {
		if m.handle != "" {
			known = append(known, m)
		}
	}
	if len(known) == 0 {
		t.Skip("nothing was received")
	}
	return rapid.SampledFrom(known).Draw(t, "message")
}

func (n *naive) postpone(t *rapid.T, s *queue.Store) {
	m, d := n.draw(t), drawSeconds(t, "visibility", 60)
	err := s.ChangeVisibility("chunks", parse(t, m.handle), d)
	if inFlight := !n.visible(m); inFlight != (err == nil) {
		t.Fatalf("postponing message %s, in flight: %t, gave %v", m.body, inFlight, err)
	}
	if err == nil {
		m.due = n.now.Add(d)
	}
}

func drawSeconds(t *rapid.T, label string, most int) time.Duration {
	return time.Duration(rapid.IntRange(0, most).Draw(t, label)) * time.Second
}

func parse(t *rapid.T, handle string) queue.Receipt {
	r, err := queue.ParseReceipt("chunks", handle)
	check(t, err)
	return r
}

func check(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}
