package pipeline

import "time"

// DeadLetter says why a message died: the function that fails it for the last time leaves this in the work bucket, and the queue
// moves the message to its dead-letter queue, where it keeps its id. (A redrive gives it a new one.)
type DeadLetter struct {
	// Queue is the name of the queue that the message died in.
	Queue     string `json:"queue"`
	MessageID string `json:"message_id"`
	// Receives is how often it was received.
	Receives int `json:"receives"`
	// Error is what the last try ended with, ErrorType the name of its type.
	Error     string `json:"error"`
	ErrorType string `json:"error_type"`
	// Function and RequestID name the last try's invocation, so that its log can be found.
	Function  string    `json:"function"`
	RequestID string    `json:"request_id"`
	At        time.Time `json:"at"`
}

// DeadLetterKey is where in the work bucket it is said why a message of the queue died.
func DeadLetterKey(queue, messageID string) string {
	return "deadletters/" + queue + "/" + messageID + ".json"
}
