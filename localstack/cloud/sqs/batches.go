package sqs

import (
	"errors"
	"net/http"
	"regexp"

	"acequia/localstack/cloud/sqs/internal/fault"
	"acequia/localstack/cloud/sqs/internal/queue"
)

// maxEntries is how many messages a call sends, receives or deletes at most.
const maxEntries = 10

// batch is the input of the calls about several messages.
type batch[E interface{ id() string }] struct {
	onQueue
	Entries []E `query:"{Action}RequestEntry"`
}

// entry is what the entries of all batches have: an id by which the answer speaks of them.
type entry struct {
	ID string `json:"Id" query:"Id"`
}

func (e entry) id() string { return e.ID }

// results says what became of the entries of a batch. One that fails does not harm the others.
type results[R any] struct {
	Successful []R       `query:"{Action}ResultEntry"`
	Failed     []failure `json:",omitempty" query:"BatchResultErrorEntry"`
}

// failure tells what is wrong with an entry.
type failure struct {
	ID          string `json:"Id" query:"Id"`
	Code        string
	Message     string
	SenderFault bool
}

var entryID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

// check tells what is wrong with the batch as a whole, and gives the queue's name.
func (b batch[E]) check() (name string, err error) {
	if len(b.Entries) == 0 {
		return "", fault.EmptyBatch()
	}
	if len(b.Entries) > maxEntries {
		return "", fault.TooManyEntries(len(b.Entries), maxEntries)
	}
	seen := map[string]bool{}
	for _, e := range b.Entries {
		switch id := e.id(); {
		case !entryID.MatchString(id):
			return "", fault.InvalidEntryID()
		case seen[id]:
			return "", fault.EntryIDsNotDistinct(id)
		default:
			seen[id] = true
		}
	}
	return b.name()
}

// each collects what do gives for each entry. An error that is not about the entry ends it.
func each[E interface{ id() string }, R any](entries []E, do func(E) (R, error)) (results[R], error) {
	all := results[R]{Successful: []R{}}
	for _, e := range entries {
		result, err := do(e)
		var f *fault.Error
		switch {
		case err == nil:
			all.Successful = append(all.Successful, result)
		case errors.As(err, &f):
			all.Failed = append(all.Failed,
				failure{ID: e.id(), Code: f.Code, Message: f.Message, SenderFault: f.SenderFault()})
		default:
			return all, err
		}
	}
	return all, nil
}

type sendEntry struct {
	entry
	draftInput
}

type sentEntry struct {
	entry
	sentOutput
}

func (s *Server) sendMessageBatch(_ *http.Request, in batch[sendEntry]) (results[sentEntry], error) {
	name, err := in.check()
	if err != nil {
		return results[sentEntry]{}, err
	}
	limit, err := s.store.MaxBytes(name)
	if err != nil {
		return results[sentEntry]{}, err
	}
	var drafts []queue.Draft
	size := 0
	all, err := each(in.Entries, func(e sendEntry) (sentEntry, error) {
		draft, err := e.draft(limit)
		size += draft.Size()
		if err == nil {
			drafts = append(drafts, draft)
		}
		return sentEntry{entry: e.entry, sentOutput: e.sent(draft)}, err
	})
	if err != nil {
		return all, err
	}
	if size > queue.MaxBatchBytes {
		return all, fault.BatchTooLong(size, queue.MaxBatchBytes)
	}
	return all, s.store.Send(name, drafts...)
}

type deleteEntry struct {
	entry
	receiptInput
}

func (s *Server) deleteMessageBatch(_ *http.Request, in batch[deleteEntry]) (results[entry], error) {
	name, err := in.check()
	if err != nil {
		return results[entry]{}, err
	}
	var receipts []queue.Receipt
	all, err := each(in.Entries, func(e deleteEntry) (entry, error) {
		receipt, err := queue.ParseReceipt(name, e.ReceiptHandle)
		if err == nil {
			receipts = append(receipts, receipt)
		}
		return e.entry, err
	})
	if err != nil {
		return all, err
	}
	return all, s.store.Delete(name, receipts...)
}

type visibilityEntry struct {
	entry
	visibilityInput
}

func (s *Server) changeMessageVisibilityBatch(_ *http.Request, in batch[visibilityEntry]) (results[entry], error) {
	name, err := in.check()
	if err != nil {
		return results[entry]{}, err
	}
	return each(in.Entries, func(e visibilityEntry) (entry, error) {
		return e.entry, s.changeVisibility(name, e.visibilityInput)
	})
}
