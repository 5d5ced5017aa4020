package sqs

import (
	"net/http"

	"acequia/localstack/cloud/sqs/internal/fault"
	"acequia/localstack/cloud/sqs/internal/queue"
)

// receiptInput is the part of the input that is the same for a receipt alone and for one in a batch.
type receiptInput struct {
	ReceiptHandle string
}

type deleteMessageInput struct {
	onQueue
	receiptInput
}

func (s *Server) deleteMessage(_ *http.Request, in deleteMessageInput) (none, error) {
	name, err := in.name()
	if err != nil {
		return none{}, err
	}
	receipt, err := queue.ParseReceipt(name, in.ReceiptHandle)
	if err != nil {
		return none{}, err
	}
	return none{}, s.store.Delete(name, receipt)
}

type visibilityInput struct {
	receiptInput
	VisibilityTimeout *int
}

type changeVisibilityInput struct {
	onQueue
	visibilityInput
}

func (s *Server) changeMessageVisibility(_ *http.Request, in changeVisibilityInput) (none, error) {
	name, err := in.name()
	if err != nil {
		return none{}, err
	}
	return none{}, s.changeVisibility(name, in.visibilityInput)
}

func (s *Server) changeVisibility(name string, in visibilityInput) error {
	receipt, err := queue.ParseReceipt(name, in.ReceiptHandle)
	if err != nil {
		return err
	}
	if in.VisibilityTimeout == nil {
		return fault.MissingParameter("VisibilityTimeout")
	}
	return s.store.ChangeVisibility(name, receipt, *inSeconds(in.VisibilityTimeout))
}
