package queue

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"acequia/localstack/cloud/sqs/internal/fault"
)

// Receipt is one receipt of one message: a receipt handle, read. Only a message's last receipt can delete it.
type Receipt struct {
	queue string
	id    string
	count int // the receipts of the message, with this one
}

// String gives the receipt handle.
func (r Receipt) String() string {
	return base64.URLEncoding.EncodeToString(fmt.Appendf(nil, "%s#%s#%d", r.queue, r.id, r.count))
}

// ParseReceipt reads a receipt handle of the queue of this name.
func ParseReceipt(name, handle string) (Receipt, error) {
	if handle == "" {
		return Receipt{}, fault.MissingParameter("ReceiptHandle")
	}
	b, err := base64.URLEncoding.DecodeString(handle)
	parts := strings.Split(string(b), "#")
	if err != nil || len(parts) != 3 || parts[0] != name {
		return Receipt{}, fault.ReceiptHandleIsInvalid(handle)
	}
	count, err := strconv.Atoi(parts[2])
	if err != nil || count < 1 {
		return Receipt{}, fault.ReceiptHandleIsInvalid(handle)
	}
	return Receipt{queue: parts[0], id: parts[1], count: count}, nil
}

// message gives the message whose last receipt this is, or nil.
func (q *queue) message(r Receipt) *message {
	if m := q.byID[r.id]; m != nil && m.count == r.count && r.count > m.voided {
		return m
	}
	return nil
}
