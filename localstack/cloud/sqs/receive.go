package sqs

import (
	"fmt"
	"net/http"

	"acequia/localstack/cloud/sqs/internal/fault"
	"acequia/localstack/cloud/sqs/internal/queue"
)

type receiveMessageInput struct {
	onQueue
	MaxNumberOfMessages *int
	VisibilityTimeout   *int
	WaitTimeSeconds     *int
	// AttributeNames is the older name of MessageSystemAttributeNames.
	AttributeNames              []string `query:"AttributeName"`
	MessageSystemAttributeNames []string `query:"MessageSystemAttributeName"`
	MessageAttributeNames       []string `query:"MessageAttributeName"`
}

type receiveMessageOutput struct {
	Messages []Message `json:",omitempty" query:"Message"`
}

func (s *Server) receiveMessage(r *http.Request, in receiveMessageInput) (receiveMessageOutput, error) {
	name, err := in.name()
	if err != nil {
		return receiveMessageOutput{}, err
	}
	want, err := in.want()
	if err != nil {
		return receiveMessageOutput{}, err
	}
	messages, err := s.store.Receive(r.Context(), name, want)
	if err != nil {
		return receiveMessageOutput{}, err
	}
	system := append(in.AttributeNames, in.MessageSystemAttributeNames...)
	for i := range messages {
		messages[i].Keep(system, in.MessageAttributeNames)
	}
	return receiveMessageOutput{Messages: messages}, nil
}

func (in receiveMessageInput) want() (queue.Want, error) {
	want := queue.Want{Max: 1, Visibility: inSeconds(in.VisibilityTimeout), Wait: inSeconds(in.WaitTimeSeconds)}
	if in.MaxNumberOfMessages != nil {
		want.Max = *in.MaxNumberOfMessages
	}
	if want.Max < 1 || want.Max > maxEntries {
		return want, fault.InvalidParameter("MaxNumberOfMessages", fmt.Sprint(want.Max), "Must be between 1 and 10, if provided.")
	}
	if n := in.WaitTimeSeconds; n != nil && (*n < 0 || *n > 20) {
		return want, fault.InvalidParameter("WaitTimeSeconds", fmt.Sprint(*n), "Must be >= 0 and <= 20, if provided.")
	}
	if want.Visibility != nil {
		return want, queue.CheckVisibility(*want.Visibility)
	}
	return want, nil
}
