package sqs_test

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// do sends a request and gives the status and the body of the answer.
func do(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	return answer.StatusCode, string(body)
}

// post makes a call in the query protocol; parameters are "name=value".
func post(t *testing.T, to, action string, parameters ...string) (int, string) {
	t.Helper()
	form := url.Values{"Action": {action}, "Version": {"2012-11-05"}}
	for _, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		form.Set(name, value)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(form.Encode()))
	must(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(t, r)
}

// ask makes a call that succeeds, and reads its answer.
func ask(t *testing.T, into any, to, action string, parameters ...string) {
	t.Helper()
	status, body := post(t, to, action, parameters...)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", action, status, body)
	}
	if err := xml.Unmarshal([]byte(body), into); err != nil {
		t.Fatalf("%s: %v in %s", action, err, body)
	}
}

// The query protocol is what SDKs and CLIs spoke until November 2023. Names and shapes are those of AWS's API reference.
func TestMessageMakesItsRoundInTheQueryProtocol(t *testing.T) {
	t.Parallel()
	_, server := start(t)
	var created struct {
		XMLName xml.Name `xml:"http://queue.amazonaws.com/doc/2012-11-05/ CreateQueueResponse"`
		URL     string   `xml:"CreateQueueResult>QueueUrl"`
	}
	ask(t, &created, server, "CreateQueue", "QueueName=chunks", "Attribute.1.Name=VisibilityTimeout", "Attribute.1.Value=45",
		"Tag.1.Key=team", "Tag.1.Value=data")

	body := "tab\t, lines\r\n, <markup> & \"quotes\", año"
	var sent struct {
		ID               string `xml:"SendMessageResult>MessageId"`
		MD5OfMessageBody string `xml:"SendMessageResult>MD5OfMessageBody"`
		MD5OfAttributes  string `xml:"SendMessageResult>MD5OfMessageAttributes"`
	}
	// To the queue's own URL, as the older clients do, and without QueueUrl.
	ask(t, &sent, created.URL, "SendMessage", "MessageBody="+body, "MessageAttribute.1.Name=kind",
		"MessageAttribute.1.Value.DataType=String", "MessageAttribute.1.Value.StringValue=rows",
		"MessageAttribute.2.Name=raw", "MessageAttribute.2.Value.DataType=Binary", "MessageAttribute.2.Value.BinaryValue=AP8=")

	var got struct {
		Messages []struct {
			MessageID     string `xml:"MessageId"`
			ReceiptHandle string
			Body          string
			MD5OfBody     string
			Attributes    []struct{ Name, Value string } `xml:"Attribute"`
			MD5           string                         `xml:"MD5OfMessageAttributes"`
			Custom        []struct {
				Name   string
				Type   string `xml:"Value>DataType"`
				String string `xml:"Value>StringValue"`
				Binary string `xml:"Value>BinaryValue"`
			} `xml:"MessageAttribute"`
		} `xml:"ReceiveMessageResult>Message"`
	}
	ask(t, &got, created.URL, "ReceiveMessage", "AttributeName.1=SentTimestamp", "AttributeName.2=ApproximateReceiveCount",
		"MessageAttributeName.1=All", "MaxNumberOfMessages=10", "WaitTimeSeconds=1")
	if len(got.Messages) != 1 {
		t.Fatalf("received %+v", got)
	}
	m := got.Messages[0]
	if m.Body != body || m.MessageID != sent.ID || m.MD5OfBody != sent.MD5OfMessageBody || m.MD5 != sent.MD5OfAttributes {
		t.Errorf("received %+v, sent %+v", m, sent)
	}
	if len(m.Attributes) != 2 || m.Attributes[0].Name != "ApproximateReceiveCount" || m.Attributes[0].Value != "1" {
		t.Errorf("attributes: %+v", m.Attributes)
	}
	if len(m.Custom) != 2 || m.Custom[0].String != "rows" || m.Custom[1].Binary != "AP8=" || m.Custom[1].Type != "Binary" {
		t.Errorf("message attributes: %+v", m.Custom)
	}

	var done struct {
		RequestID string `xml:"ResponseMetadata>RequestId"`
	}
	ask(t, &done, created.URL, "DeleteMessage", "ReceiptHandle="+m.ReceiptHandle)
	if done.RequestID == "" {
		t.Error("the answer has no request id")
	}
	var attributes struct {
		Attributes []struct{ Name, Value string } `xml:"GetQueueAttributesResult>Attribute"`
	}
	ask(t, &attributes, server, "GetQueueAttributes", "QueueUrl="+created.URL, "AttributeName.1=All")
	values := map[string]string{}
	for _, a := range attributes.Attributes {
		values[a.Name] = a.Value
	}
	if values["VisibilityTimeout"] != "45" || values["ApproximateNumberOfMessages"] != "0" ||
		values["QueueArn"] != "arn:aws:sqs:us-east-1:000000000000:chunks" {
		t.Errorf("queue attributes: %v", values)
	}
}

func TestBatchInTheQueryProtocol(t *testing.T) {
	t.Parallel()
	s, server := start(t)
	_, err := s.EnsureQueue("chunks", nil)
	must(t, err)
	var sent struct {
		Successful []struct {
			ID        string `xml:"Id"`
			MessageID string `xml:"MessageId"`
		} `xml:"SendMessageBatchResult>SendMessageBatchResultEntry"`
		Failed []struct {
			ID          string `xml:"Id"`
			Code        string
			SenderFault bool
		} `xml:"SendMessageBatchResult>BatchResultErrorEntry"`
	}
	ask(t, &sent, server+"/000000000000/chunks", "SendMessageBatch",
		"SendMessageBatchRequestEntry.1.Id=good", "SendMessageBatchRequestEntry.1.MessageBody=b",
		"SendMessageBatchRequestEntry.2.Id=empty", "SendMessageBatchRequestEntry.2.MessageBody=")
	if len(sent.Successful) != 1 || sent.Successful[0].ID != "good" || sent.Successful[0].MessageID == "" {
		t.Errorf("successful: %+v", sent.Successful)
	}
	if len(sent.Failed) != 1 || sent.Failed[0].ID != "empty" || sent.Failed[0].Code != "MissingParameter" || !sent.Failed[0].SenderFault {
		t.Errorf("failed: %+v", sent.Failed)
	}
}

func TestErrorsInTheQueryProtocol(t *testing.T) {
	t.Parallel()
	_, server := start(t)
	for _, test := range []struct{ action, parameter, code, message string }{
		{"MakeCoffee", "Milk=1", "InvalidAction", "MakeCoffee"},
		{"", "Milk=1", "MissingParameter", "Action"},
		{"AddPermission", "Label=a", "AWS.SimpleQueueService.UnsupportedOperation", "AddPermission"},
		{"GetQueueUrl", "QueueName=nowhere", "AWS.SimpleQueueService.NonExistentQueue", "nowhere"},
		{"SendMessage", "MessageBody=b", "MissingParameter", "QueueUrl"},
		{"ReceiveMessage", "WaitTimeSeconds=soon", "MalformedInput", "soon"},
	} {
		status, body := post(t, server, test.action, test.parameter)
		var refused struct {
			XMLName xml.Name `xml:"http://queue.amazonaws.com/doc/2012-11-05/ ErrorResponse"`
			Type    string   `xml:"Error>Type"`
			Code    string   `xml:"Error>Code"`
			Message string   `xml:"Error>Message"`
		}
		must(t, xml.Unmarshal([]byte(body), &refused))
		if status != http.StatusBadRequest || refused.Type != "Sender" || refused.Code != test.code ||
			!strings.Contains(refused.Message, test.message) {
			t.Errorf("%s: %d %s", test.action, status, body)
		}
	}
}
