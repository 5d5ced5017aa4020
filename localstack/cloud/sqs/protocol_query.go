package sqs

import (
	"net/http"
	"net/url"
	"strings"

	"acequia/localstack/cloud/sqs/internal/awsquery"
	"acequia/localstack/cloud/sqs/internal/fault"
)

// formCall is a call in the query protocol.
type formCall struct {
	form url.Values
}

// readForm reads a form from the body or the URL. A call that is posted to a queue's URL is about that queue.
func readForm(r *http.Request) (protocol, error) {
	if err := r.ParseForm(); err != nil {
		return &formCall{form: url.Values{}}, fault.Malformed(err)
	}
	if path := strings.Trim(r.URL.Path, "/"); path != "" && !r.Form.Has("QueueUrl") {
		r.Form.Set("QueueUrl", path)
	}
	return &formCall{form: r.Form}, nil
}

func (c *formCall) action() string { return c.form.Get("Action") }

func (c *formCall) decode(in any) error { return awsquery.Decode(c.form, in) }

func (c *formCall) answer(w http.ResponseWriter, requestID string, out any) error {
	return write(w, http.StatusOK, awsquery.ContentType, awsquery.Encode(c.action(), requestID, out))
}

func (c *formCall) refuse(w http.ResponseWriter, requestID string, f *fault.Error) error {
	return write(w, f.Status, awsquery.ContentType,
		awsquery.EncodeError(f.Code, f.Message, f.SenderFault(), requestID))
}
