package queue

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"acequia/localstack/cloud/sqs/internal/fault"
)

// Sender is the id of everybody who sends: the user that STS names here too.
const Sender = "AIDAACEQUIALOCALUSER0"

// Draft is a message to be sent.
type Draft struct {
	// ID is what NewID gave.
	ID   string
	Body string
	// Delay is how long the message stays invisible, whole seconds up to 15 minutes; nil leaves it to the queue.
	Delay      *time.Duration
	Attributes map[string]MessageAttribute
	// Trace is the X-Ray trace header; it is given back with the message and adds nothing to its size.
	Trace string
	// GroupID tells whose the message is, so that the messages of one do not keep those of others waiting; empty for nobody's.
	GroupID string
}

// Size is the message's size in bytes as SQS counts it: the body, and the names, types and values of the attributes.
func (d Draft) Size() int { return len(d.Body) + attributeBytes(d.Attributes) }

// maxDelay is AWS's limit of DelaySeconds.
const maxDelay = 15 * time.Minute

// Check tells what is wrong with the draft, if anything; maxBytes is the queue's limit.
func (d Draft) Check(maxBytes int) error {
	switch {
	case d.Body == "":
		return fault.MissingParameter("MessageBody")
	case !validText(d.Body):
		return fault.InvalidMessageContents()
	case d.Size() > maxBytes:
		return fault.InvalidParameter("MessageBody", fmt.Sprintf("of %d bytes", d.Size()),
			fmt.Sprintf("Message must be shorter than %d bytes.", maxBytes))
	case d.Delay != nil && (*d.Delay < 0 || *d.Delay > maxDelay):
		return fault.InvalidParameter("DelaySeconds", seconds(*d.Delay), "Must be from 0 to 900.")
	}
	if !groupID.MatchString(d.GroupID) {
		return fault.InvalidParameter("MessageGroupId", d.GroupID,
			"MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.")
	}
	return checkAttributes(d.Attributes)
}

// groupID is what a message's group may be called (AWS: SendMessage), or nothing.
var groupID = regexp.MustCompile(`^[!-~]{0,128}$`)

// validText tells whether XML 1.0 allows all characters, which is what SQS asks of a body.
func validText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	})
}

// Message is a message that was received.
type Message struct {
	// MessageID is a UUID; it stays the same when the message moves to a dead-letter queue.
	MessageID string `json:"MessageId" query:"MessageId"`
	// ReceiptHandle stands for this receipt of the message: what Delete and ChangeVisibility take.
	ReceiptHandle string
	Body          string
	// MD5OfBody and MD5OfMessageAttributes are in hex.
	MD5OfBody string
	// Attributes holds what the queue says of the message. Times are milliseconds since 1970, as text. Always there:
	// ApproximateReceiveCount, ApproximateFirstReceiveTimestamp, SenderId, SentTimestamp. If it applies: AWSTraceHeader,
	// DeadLetterQueueSourceArn, MessageGroupId.
	Attributes map[string]string `json:",omitempty" query:"Attribute"`
	// MessageAttributes holds what the sender put beside the body.
	MessageAttributes      map[string]MessageAttribute `json:",omitempty" query:"MessageAttribute"`
	MD5OfMessageAttributes string                      `json:",omitempty"`
}

// received makes a Message of a message that has just been received for the count-th time.
func received(name string, r record, got receipts) Message {
	attributes := map[string]string{
		"ApproximateFirstReceiveTimestamp": millis(got.first),
		"ApproximateReceiveCount":          strconv.Itoa(got.count),
		"SenderId":                         Sender,
		"SentTimestamp":                    millis(r.Sent),
	}
	for key, value := range map[string]string{
		"AWSTraceHeader": r.Trace, "DeadLetterQueueSourceArn": r.Source, "MessageGroupId": r.GroupID,
	} {
		if value != "" {
			attributes[key] = value
		}
	}
	return Message{
		MessageID: r.ID, Body: string(r.body), MD5OfBody: MD5(r.body), Attributes: attributes,
		ReceiptHandle:     Receipt{queue: name, id: r.ID, count: got.count}.String(),
		MessageAttributes: r.Attributes, MD5OfMessageAttributes: AttributesMD5(r.Attributes),
	}
}

// Keep removes the attributes that a receiver has not asked for. Of the queue's attributes it names each, or All; of the
// message's each, all that start with a prefix ("order.*"), or All (also as ".*").
func (m *Message) Keep(attributes, messageAttributes []string) {
	maps.DeleteFunc(m.Attributes, func(name, _ string) bool {
		return !slices.Contains(attributes, name) && !slices.Contains(attributes, "All")
	})
	maps.DeleteFunc(m.MessageAttributes, func(name string, _ MessageAttribute) bool {
		return !slices.ContainsFunc(messageAttributes, func(wanted string) bool {
			prefix, isPrefix := strings.CutSuffix(wanted, ".*")
			return wanted == name || wanted == "All" || isPrefix && strings.HasPrefix(name, prefix)
		})
	})
	m.MD5OfMessageAttributes = AttributesMD5(m.MessageAttributes)
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
