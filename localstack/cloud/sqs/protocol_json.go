package sqs

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"acequia/localstack/cloud/sqs/internal/fault"
)

const jsonContentType = "application/x-amz-json-1.0"

// jsonCall is a call in the protocol AWS JSON 1.0, which SDKs have used for SQS since November 2023.
type jsonCall struct {
	name string
	body []byte
}

func readJSON(r *http.Request) (protocol, error) {
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return &jsonCall{name: name}, fault.Malformed(err)
	}
	return &jsonCall{name: name, body: body}, nil
}

func (c *jsonCall) action() string { return c.name }

func (c *jsonCall) decode(in any) error {
	if len(c.body) == 0 {
		return nil
	}
	return json.Unmarshal(c.body, in)
}

func (c *jsonCall) answer(w http.ResponseWriter, _ string, out any) error {
	body, err := json.Marshal(out)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, jsonContentType, body)
}

// refuse tells the error's shape in the body, and in a header its code in the query protocol, by which SDKs that have
// changed protocols go on calling it (AWS: trait awsQueryCompatible).
func (c *jsonCall) refuse(w http.ResponseWriter, _ string, f *fault.Error) error {
	blame := "Receiver"
	if f.SenderFault() {
		blame = "Sender"
	}
	w.Header().Set("x-amzn-query-error", f.Code+";"+blame)
	body, err := json.Marshal(map[string]string{"__type": "com.amazonaws.sqs#" + f.Shape, "message": f.Message})
	if err != nil {
		return err
	}
	return write(w, f.Status, jsonContentType, body)
}
