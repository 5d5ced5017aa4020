package faults

import (
	"maps"
	"slices"
)

// Kind is a kind of fault, as plans and reports name it.
type Kind string

// Faults of deliveries. Each message that an event source mapping receives, or has deleted, is an opportunity.
const (
	// MessageDoubled delivers a message to two receivers.
	MessageDoubled Kind = "message_doubled"
	// MessageRepeated delivers a message again after it was deleted, up to MaxDelay later.
	MessageRepeated Kind = "message_repeated"
	// MessageReordered delivers any visible message rather than the one that has waited longest.
	MessageReordered Kind = "message_reordered"
	// MessageDelayed delivers a message for the first time up to MaxDelay late.
	MessageDelayed Kind = "message_delayed"
	// VisibilityExpired makes a message visible up to MaxDelay after its receipt, whatever its visibility timeout, so perhaps
	// while it is worked on.
	VisibilityExpired Kind = "visibility_expired"
	// NotificationDoubled delivers a notification of S3 twice, the second time up to MaxDelay later.
	NotificationDoubled Kind = "notification_doubled"
	// NotificationDelayed delivers a notification up to MaxDelay late.
	NotificationDelayed Kind = "notification_delayed"
	// NotificationReordered holds a notification back until another one has been delivered, for at most MaxDelay.
	NotificationReordered Kind = "notification_reordered"
	// NotificationLost never delivers a notification.
	NotificationLost Kind = "notification_lost"
	// InvocationDoubled runs an asynchronous invocation twice, under one request id.
	InvocationDoubled Kind = "invocation_doubled"
)

// Faults of processes.
const (
	// KillBefore kills the process that makes a request, which is not carried out.
	KillBefore Kind = "kill_before"
	// KillAfter kills the process that makes a request after it was carried out: the state has changed, and nobody knows.
	KillAfter Kind = "kill_after"
	// KillDuring kills the process of an invocation up to MaxDelay after its begin, if it still runs. All invocations are
	// opportunities, those that a person waits for included.
	KillDuring Kind = "kill_during"
)

// Faults of requests. A request meets one fault at most. One that is refused was not carried out.
const (
	// S3SlowDown refuses a request with 503 SlowDown.
	S3SlowDown Kind = "s3_slow_down"
	// S3InternalError refuses a request with 500 InternalError.
	S3InternalError Kind = "s3_internal_error"
	// S3Stalled lets a client wait up to MaxDelay and then closes the connection; in half of the cases the request was
	// carried out.
	S3Stalled Kind = "s3_stalled"
	// S3RequestCut ends a request's body early and closes the connection. Requests with a body are the opportunities.
	S3RequestCut Kind = "s3_request_cut"
	// S3AnswerCut carries a request out and closes the connection before the end of the answer: that of a GET somewhere in
	// the object.
	S3AnswerCut Kind = "s3_answer_cut"
	// SQSUnavailable refuses a request with 503 ServiceUnavailable.
	SQSUnavailable Kind = "sqs_unavailable"
	// SQSThrottled refuses a request with RequestThrottled.
	SQSThrottled Kind = "sqs_throttled"
	// SQSStalled is to SQS what S3Stalled is to S3.
	SQSStalled Kind = "sqs_stalled"
	// SQSAnswerCut carries a request out and closes the connection before the end of the answer.
	SQSAnswerCut Kind = "sqs_answer_cut"
)

// takesTime tells for each kind whether it draws a time, which MaxDelay bounds.
var takesTime = map[Kind]bool{
	MessageDoubled: false, MessageRepeated: true, MessageReordered: false, MessageDelayed: true, VisibilityExpired: true,
	NotificationDoubled: true, NotificationDelayed: true, NotificationReordered: true, NotificationLost: false,
	InvocationDoubled: false,
	KillBefore:        false, KillAfter: false, KillDuring: true,
	S3SlowDown: false, S3InternalError: false, S3Stalled: true, S3RequestCut: false, S3AnswerCut: false,
	SQSUnavailable: false, SQSThrottled: false, SQSStalled: true, SQSAnswerCut: false,
}

// Kinds gives all kinds, sorted.
func Kinds() []Kind { return slices.Sorted(maps.Keys(takesTime)) }
