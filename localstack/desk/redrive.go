package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"acequia/shared/pipeline"
)

// Redrive shows what lies in the dead-letter queues and why it died. With a queue's name, or all, it sends back what is there,
// and tells how its objects ended: ErrNotWell if one was refused or failed or a message died again, ErrTimeout.
func (d *Desk) Redrive(ctx context.Context, queue string, all bool) error {
	queues, err := Queues(ctx, d.Dead.SQS, NamePrefix)
	if err != nil {
		return err
	}
	chosen, err := choose(queues, queue)
	if err != nil {
		return err
	}
	letters := map[string][]letter{}
	chosen = slices.DeleteFunc(chosen, func(q Queue) bool { return q.Dead == 0 })
	for _, q := range chosen {
		if letters[q.Name], err = d.Dead.look(ctx, q); err != nil {
			return err
		}
		d.Term.Heading(fmt.Sprintf("%s: %s", q.Name, plural(q.Dead, "dead letter")))
		d.Term.lines(lettersTable(letters[q.Name], d.Now()).render(d.Term))
	}
	switch {
	case len(chosen) == 0:
		d.Term.Line("There are no dead letters.")
		return nil
	case queue == "" && !all:
		d.Term.Line("\nWhen what killed them is mended, send them back: make redrive QUEUE=%s, or ALL=1 for all of them.", chosen[0].Name)
		return nil
	}
	return d.sendBack(ctx, chosen, letters)
}

// choose gives the queue of that name, or all that have dead letters where none is named.
func choose(queues []Queue, name string) ([]Queue, error) {
	name = strings.TrimSuffix(strings.TrimPrefix(name, NamePrefix), deadSuffix)
	var chosen []Queue
	var names []string
	for _, q := range queues {
		if q.HasDead {
			names = append(names, q.Name)
		}
		if q.HasDead && (name == "" || name == q.Name) {
			chosen = append(chosen, q)
		}
	}
	if len(chosen) == 0 && name != "" {
		return nil, &UsageError{fmt.Sprintf("there is no queue %q with a dead-letter queue: choose %s", name, strings.Join(names, ", "))}
	}
	return chosen, nil
}

// shownLetters is how many dead letters of a queue are shown.
const shownLetters = 20

// lettersTable shows dead letters, and below each why it died.
func lettersTable(letters []letter, now time.Time) *table {
	t := newTable(">sent", "object", "what", ">receives", "died in")
	for _, l := range letters[:min(shownLetters, len(letters))] {
		about, ok := subjectOf(l.body)
		if !ok {
			about = subject{what: "unreadable: " + clip(l.body, narrowest)}
		}
		receives := cell{"", dim}
		if l.why.Receives > 0 {
			receives = text(count(int64(l.why.Receives)))
		}
		t.add(cell{ago(l.sent, now), dim}, text(about.object.Key), text(about.what), receives, text(strings.TrimPrefix(l.why.Function, NamePrefix)))
		t.note(whyDied(l.why), red)
	}
	if more := len(letters) - shownLetters; more > 0 {
		t.add(cell{}, cell{fmt.Sprintf("… and %d more", more), dim})
	}
	return t
}

func whyDied(why pipeline.DeadLetter) string {
	switch {
	case why.Error == "":
		return "nobody could say why: the function ended before it could (its time or memory was over), or its word has expired"
	case why.RequestID == "":
		return why.Error
	}
	return fmt.Sprintf("%s (request %s)", why.Error, why.RequestID)
}

// sendBack sends the queues' dead letters back, and waits for the ends of what they are about.
func (d *Desk) sendBack(ctx context.Context, queues []Queue, letters map[string][]letter) error {
	d.Term.Line("")
	var ids []pipeline.ObjectID
	for _, q := range queues {
		var moved atomic.Int64
		err := d.watched(func() error { return d.Dead.sendBack(ctx, q, &moved) }, func() (done, all int64) { return moved.Load(), q.Dead })
		if err != nil {
			return err
		}
		d.Term.Line("%s: %s sent back.", q.Name, plural(moved.Load(), "message"))
		for _, l := range letters[q.Name] {
			if about, ok := subjectOf(l.body); ok && !slices.Contains(ids, about.object.ID) {
				ids = append(ids, about.object.ID)
			}
		}
	}
	return d.awaitEnds(ctx, &homeward{queues: queues, open: ids})
}
