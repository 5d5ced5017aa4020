package lambda

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"acequia/localstack/cloud/lambda/sandbox"
)

// record is a message in the event that a function receives; see
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html.
type record struct {
	MessageID         string                     `json:"messageId"`
	ReceiptHandle     string                     `json:"receiptHandle"`
	Body              string                     `json:"body"`
	Attributes        map[string]string          `json:"attributes"`
	MessageAttributes map[string]recordAttribute `json:"messageAttributes"`
	MD5OfBody         string                     `json:"md5OfBody"`
	EventSource       string                     `json:"eventSource"`
	EventSourceARN    string                     `json:"eventSourceARN"`
	AWSRegion         string                     `json:"awsRegion"`
}

type recordAttribute struct {
	StringValue      *string  `json:"stringValue,omitempty"`
	BinaryValue      []byte   `json:"binaryValue,omitempty"`
	StringListValues []string `json:"stringListValues"`
	BinaryListValues []string `json:"binaryListValues"`
	DataType         string   `json:"dataType"`
}

func sqsEvent(batch []Message, queueARN, region string) map[string][]record {
	records := make([]record, 0, len(batch))
	for _, m := range batch {
		r := record{
			MessageID: m.ID, ReceiptHandle: m.ReceiptHandle, Body: m.Body, MD5OfBody: m.MD5OfBody, Attributes: m.Attributes,
			MessageAttributes: map[string]recordAttribute{},
			EventSource:       "aws:sqs", EventSourceARN: queueARN, AWSRegion: region,
		}
		for name, a := range m.MessageAttributes {
			r.MessageAttributes[name] = newRecordAttribute(a)
		}
		records = append(records, r)
	}
	return map[string][]record{"Records": records}
}

func newRecordAttribute(a Attribute) recordAttribute {
	r := recordAttribute{DataType: a.DataType, StringListValues: []string{}, BinaryListValues: []string{}}
	if len(a.BinaryValue) > 0 {
		r.BinaryValue = a.BinaryValue
	} else {
		r.StringValue = &a.StringValue
	}
	return r
}

// payloads cuts a batch where its event could exceed the limit of a payload: on AWS a batch then ends early, too.
func payloads(batch []Message) [][]Message {
	const limit = sandbox.MaxPayload
	var parts [][]Message
	start, size := 0, 0
	for i, m := range batch {
		// Escaped as JSON, a byte of the body becomes at most six.
		body, _ := json.Marshal(m.Body)
		own := len(body) + recordOverhead
		if i > start && size+own > limit {
			parts, start, size = append(parts, batch[start:i]), i, 0
		}
		size += own
	}
	if start < len(batch) {
		parts = append(parts, batch[start:])
	}
	return parts
}

// recordOverhead is about what a record takes beside its body, with ten message attributes.
const recordOverhead = 4 << 10

// batchResponse is what a function with ReportBatchItemFailures answers.
type batchResponse struct {
	BatchItemFailures []struct {
		ItemIdentifier string `json:"itemIdentifier"`
	} `json:"batchItemFailures"`
}

// withoutFailures gives the receipt handles of the messages that a function's response does not report as failed. The
// error means that the whole batch counts as failed, by the rules of
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting.
func withoutFailures(batch []Message, response []byte) ([]string, error) {
	var reported batchResponse
	if len(bytes.TrimSpace(response)) > 0 {
		if err := json.Unmarshal(response, &reported); err != nil {
			return nil, fmt.Errorf("read the function's batchItemFailures: %w", err)
		}
	}
	handles := make(map[string]string, len(batch))
	for _, m := range batch {
		handles[m.ID] = m.ReceiptHandle
	}
	failed := map[string]bool{}
	for _, f := range reported.BatchItemFailures {
		if f.ItemIdentifier == "" {
			return nil, errors.New("the function reports a failure without an itemIdentifier")
		}
		if _, ok := handles[f.ItemIdentifier]; !ok {
			return nil, fmt.Errorf("the function reports a failure of message %q, which is not of the batch", f.ItemIdentifier)
		}
		failed[f.ItemIdentifier] = true
	}
	handled := make([]string, 0, len(batch))
	for _, m := range batch {
		if !failed[m.ID] {
			handled = append(handled, m.ReceiptHandle)
		}
	}
	return handled, nil
}
