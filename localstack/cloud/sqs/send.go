package sqs

import (
	"net/http"

	"acequia/localstack/cloud/sqs/internal/fault"
	"acequia/localstack/cloud/sqs/internal/queue"
)

// draftInput is the part of the input that is the same for a message alone and for one in a batch.
type draftInput struct {
	MessageBody             string
	DelaySeconds            *int
	MessageAttributes       map[string]MessageAttribute `query:"MessageAttribute"`
	MessageSystemAttributes map[string]MessageAttribute `query:"MessageSystemAttribute"`
	MessageGroupID          string                      `json:"MessageGroupId" query:"MessageGroupId"`
	MessageDeduplicationID  string                      `json:"MessageDeduplicationId" query:"MessageDeduplicationId"`
}

// traceHeader is the only system attribute that a sender may set.
const traceHeader = "AWSTraceHeader"

// draft gives the message to send, checked; limit is the queue's limit in bytes.
func (in draftInput) draft(limit int) (queue.Draft, error) {
	if in.MessageDeduplicationID != "" {
		return queue.Draft{}, fault.InvalidParameter("MessageDeduplicationId", in.MessageDeduplicationID,
			"The request includes a parameter that is not valid for this queue type.")
	}
	for name := range in.MessageSystemAttributes {
		if name != traceHeader {
			return queue.Draft{}, fault.InvalidParameter("MessageSystemAttributes", name, "Only AWSTraceHeader may be sent.")
		}
	}
	d := queue.Draft{
		ID: queue.NewID(), Body: in.MessageBody, Delay: inSeconds(in.DelaySeconds), Attributes: in.MessageAttributes,
		Trace: in.MessageSystemAttributes[traceHeader].StringValue, GroupID: in.MessageGroupID,
	}
	return d, d.Check(limit)
}

// sentOutput says what became of a message; the checksums are what SDKs compare with their own.
type sentOutput struct {
	MessageID              string `json:"MessageId" query:"MessageId"`
	MD5OfMessageBody       string
	MD5OfMessageAttributes string `json:",omitempty"`
	MD5OfSystemAttributes  string `json:"MD5OfMessageSystemAttributes,omitempty" query:"MD5OfMessageSystemAttributes"`
}

// sent gives the answer to a draft that was sent.
func (in draftInput) sent(d queue.Draft) sentOutput {
	return sentOutput{
		MessageID: d.ID, MD5OfMessageBody: queue.MD5([]byte(d.Body)),
		MD5OfMessageAttributes: queue.AttributesMD5(d.Attributes),
		MD5OfSystemAttributes:  queue.AttributesMD5(in.MessageSystemAttributes),
	}
}

type sendMessageInput struct {
	onQueue
	draftInput
}

func (s *Server) sendMessage(_ *http.Request, in sendMessageInput) (sentOutput, error) {
	name, err := in.name()
	if err != nil {
		return sentOutput{}, err
	}
	limit, err := s.store.MaxBytes(name)
	if err != nil {
		return sentOutput{}, err
	}
	draft, err := in.draft(limit)
	if err != nil {
		return sentOutput{}, err
	}
	return in.sent(draft), s.store.Send(name, draft)
}
