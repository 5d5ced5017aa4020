package lambda

// SQSEvent and Payloads are tested by themselves.
var (
	SQSEvent = sqsEvent
	Payloads = payloads
)
