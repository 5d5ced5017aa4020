package sqs

import (
	"net/http"
	"strings"
	"time"

	"acequia/localstack/cloud/sqs/internal/fault"
	"acequia/localstack/cloud/sqs/internal/queue"
)

// action performs one call of the API, whichever protocol it came in, and gives a pointer to its result.
type action func(*Server, *http.Request, protocol) (any, error)

// actions holds the calls of the API by name.
var actions = map[string]action{
	"CancelMessageMoveTask":        with((*Server).cancelMessageMoveTask),
	"ChangeMessageVisibility":      with((*Server).changeMessageVisibility),
	"ChangeMessageVisibilityBatch": with((*Server).changeMessageVisibilityBatch),
	"CreateQueue":                  with((*Server).createQueue),
	"DeleteMessage":                with((*Server).deleteMessage),
	"DeleteMessageBatch":           with((*Server).deleteMessageBatch),
	"DeleteQueue":                  with((*Server).deleteQueue),
	"GetQueueAttributes":           with((*Server).getQueueAttributes),
	"GetQueueUrl":                  with((*Server).getQueueURL),
	"ListDeadLetterSourceQueues":   with((*Server).listDeadLetterSourceQueues),
	"ListMessageMoveTasks":         with((*Server).listMessageMoveTasks),
	"ListQueueTags":                with((*Server).listQueueTags),
	"ListQueues":                   with((*Server).listQueues),
	"PurgeQueue":                   with((*Server).purgeQueue),
	"ReceiveMessage":               with((*Server).receiveMessage),
	"SendMessage":                  with((*Server).sendMessage),
	"SendMessageBatch":             with((*Server).sendMessageBatch),
	"SetQueueAttributes":           with((*Server).setQueueAttributes),
	"StartMessageMoveTask":         with((*Server).startMessageMoveTask),
	"TagQueue":                     with((*Server).tagQueue),
	"UntagQueue":                   with((*Server).untagQueue),
}

// with makes an action of a method that takes the call's input and gives its output.
func with[In, Out any](run func(*Server, *http.Request, In) (Out, error)) action {
	return func(s *Server, r *http.Request, p protocol) (any, error) {
		var in In
		if err := p.decode(&in); err != nil {
			return nil, fault.Malformed(err)
		}
		out, err := run(s, r, in)
		return &out, err
	}
}

// leftOut holds the calls that AWS has and the local cloud does not, with what to do instead.
var leftOut = map[string]string{
	"AddPermission":    "it checks no permissions, so there is nothing to add.",
	"RemovePermission": "it checks no permissions, so there is nothing to remove.",
}

// refusal says why an action is not performed.
func refusal(name string) error {
	if instead, known := leftOut[name]; known {
		return fault.Unsupported(name, instead)
	}
	if name == "" {
		return fault.MissingParameter("Action")
	}
	return fault.UnknownAction(name)
}

// none is the result of calls that give nothing, and the input of those that take nothing.
type none struct{}

// onQueue is the input of calls about a queue, and a part of it.
type onQueue struct {
	QueueURL string `json:"QueueUrl" query:"QueueUrl"`
}

// name gives the queue's name: the last part of its URL, whatever host the client knows the local cloud by. The bare name
// will do too.
func (q onQueue) name() (string, error) {
	if q.QueueURL == "" {
		return "", fault.MissingParameter("QueueUrl")
	}
	return queue.NameOf(strings.TrimRight(q.QueueURL, "/")), nil
}

// urlOf gives a queue's URL at the host that the client has asked.
func urlOf(r *http.Request, name string) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host + "/" + queue.Account + "/" + name
}

// inSeconds gives a number of seconds as a duration, and nil for nil.
func inSeconds(n *int) *time.Duration {
	if n == nil {
		return nil
	}
	d := time.Duration(*n) * time.Second
	return &d
}
