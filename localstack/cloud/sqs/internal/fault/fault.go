// Package fault holds the errors of the SQS API: a cause goes in, and what a client is told comes out, as both of the API's
// protocols spell it.
package fault

import (
	"fmt"
	"net/http"
)

// Error is an error as SQS tells it.
type Error struct {
	// Shape is the error's name in the JSON protocol ("QueueDoesNotExist"): the type that an SDK turns it into.
	Shape string
	// Code is its name in the query protocol ("AWS.SimpleQueueService.NonExistentQueue"), which the JSON protocol repeats in
	// the header x-amzn-query-error, and which batches use for the entries that failed.
	Code string
	// Message is a sentence for a person.
	Message string
	// Status is the HTTP status.
	Status int
}

func (e *Error) Error() string { return e.Shape + ": " + e.Message }

// SenderFault tells whether the request is to blame, rather than the server.
func (e *Error) SenderFault() bool { return e.Status < http.StatusInternalServerError }

// legacy is the prefix of the query protocol's codes that the API's first version did not have.
const legacy = "AWS.SimpleQueueService."

// sender makes an error that the request is to blame for. The pairs of shape and code below are those of AWS's model of the
// API (the trait awsQueryError of its errors).
func sender(shape, code, format string, args ...any) *Error {
	return &Error{Shape: shape, Code: code, Message: fmt.Sprintf(format, args...), Status: http.StatusBadRequest}
}

// QueueDoesNotExist says that there is no queue of this name.
func QueueDoesNotExist(name string) *Error {
	return sender("QueueDoesNotExist", legacy+"NonExistentQueue", "The queue %q does not exist.", name)
}

// QueueNameExists says that a queue of the name exists with another value of the attribute.
func QueueNameExists(name, attribute string) *Error {
	return sender("QueueNameExists", "QueueAlreadyExists",
		"A queue named %q already exists with a different value for attribute %s.", name, attribute)
}

// InvalidParameter says that a parameter's value cannot be used, and why.
func InvalidParameter(parameter, value, reason string) *Error {
	return sender("InvalidParameterValueException", "InvalidParameterValue",
		"Value %s for parameter %s is invalid. Reason: %s", value, parameter, reason)
}

// InvalidValue says what is wrong with a request in a sentence of AWS's own.
func InvalidValue(message string) *Error {
	return sender("InvalidParameterValueException", "InvalidParameterValue", "%s", message)
}

// ResourceNotFound says that there is no queue of the ARN that a parameter gives.
func ResourceNotFound(parameter string) *Error {
	return notFound("The resource that you specified for the " + parameter + " parameter doesn't exist.")
}

// TaskDoesNotExist says that there is no message move task of this handle.
func TaskDoesNotExist() *Error { return notFound("Task does not exist.") }

func notFound(message string) *Error {
	const code = "ResourceNotFoundException"
	return &Error{Shape: code, Code: code, Message: message, Status: http.StatusNotFound}
}

// TaskNotRunning says that a message move task is over, or about to be.
func TaskNotRunning() *Error {
	return sender("UnsupportedOperation", legacy+"UnsupportedOperation", "Only a task that is RUNNING can be cancelled.")
}

// MissingParameter says that the request lacks a parameter.
func MissingParameter(parameter string) *Error {
	return sender("MissingRequiredParameterException", "MissingParameter",
		"The request must contain the parameter %s.", parameter)
}

// Malformed says that the request's body could not be read.
func Malformed(cause error) *Error {
	return sender("SerializationException", "MalformedInput", "The request could not be read: %v.", cause)
}

// InvalidAttributeName says that queues have no such attribute, or that it cannot be set.
func InvalidAttributeName(name string) *Error {
	return sender("InvalidAttributeName", "InvalidAttributeName", "Unknown Attribute %s.", name)
}

// InvalidAttributeValue says that a queue's attribute cannot have this value, and why.
func InvalidAttributeValue(name, value, reason string) *Error {
	return sender("InvalidAttributeValue", "InvalidAttributeValue",
		"Invalid value %q for the attribute %s. Reason: %s", value, name, reason)
}

// InvalidMessageContents says that a message's text holds a character that XML 1.0 does not allow.
func InvalidMessageContents() *Error {
	return sender("InvalidMessageContents", "InvalidMessageContents",
		"Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | "+
			"#x10000 to #x10FFFF.")
}

// ReceiptHandleIsInvalid says that the receipt handle was not given out by this queue.
func ReceiptHandleIsInvalid(handle string) *Error {
	return sender("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid",
		"The input receipt handle %q is not a valid receipt handle of this queue.", handle)
}

// MessageNotInflight says that the message is visible, so its visibility timeout cannot be changed.
func MessageNotInflight() *Error {
	return sender("MessageNotInflight", legacy+"MessageNotInflight", "The message is not in flight.")
}

// EmptyBatch says that a batch has no entries.
func EmptyBatch() *Error {
	return sender("EmptyBatchRequest", legacy+"EmptyBatchRequest", "There should be at least one entry in the request.")
}

// TooManyEntries says that a batch has more entries than SQS takes.
func TooManyEntries(entries, limit int) *Error {
	return sender("TooManyEntriesInBatchRequest", legacy+"TooManyEntriesInBatchRequest",
		"Maximum number of entries per request are %d. You have sent %d.", limit, entries)
}

// EntryIDsNotDistinct says that two entries of a batch have one id.
func EntryIDsNotDistinct(id string) *Error {
	return sender("BatchEntryIdsNotDistinct", legacy+"BatchEntryIdsNotDistinct", "Id %s repeated.", id)
}

// InvalidEntryID says that the id of an entry of a batch is not of the form that SQS takes.
func InvalidEntryID() *Error {
	return sender("InvalidBatchEntryId", legacy+"InvalidBatchEntryId",
		"A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.")
}

// BatchTooLong says that the messages of a batch are too long together. Sizes are in bytes.
func BatchTooLong(size, limit int) *Error {
	return sender("BatchRequestTooLong", legacy+"BatchRequestTooLong",
		"Batch requests cannot be longer than %d bytes. You have sent %d bytes.", limit, size)
}

// Unsupported says that the local cloud does not do what AWS does, and what to do instead.
func Unsupported(what, instead string) *Error {
	return sender("UnsupportedOperation", legacy+"UnsupportedOperation",
		"%s is not supported by Acequia's local cloud: %s", what, instead)
}

// UnknownAction says that SQS has no such action.
func UnknownAction(action string) *Error {
	return sender("UnknownOperationException", "InvalidAction", "The action %s is not valid for this endpoint.", action)
}

// Internal hides the cause of a server's fault from the client; the caller logs it.
func Internal() *Error {
	return &Error{
		Shape: "InternalFailure", Code: "InternalFailure", Status: http.StatusInternalServerError,
		Message: "The local cloud could not do this; its log says why.",
	}
}

// Closing says that the server is about to end; SDKs then ask again a little later.
func Closing() *Error {
	return &Error{
		Shape: "ServiceUnavailable", Code: "ServiceUnavailable", Status: http.StatusServiceUnavailable,
		Message: "The local cloud is being stopped.",
	}
}
