package s3

import (
	"encoding/xml"
	"fmt"
	"net/http"
)

// apiError is an error as S3 tells it to a client.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
type apiError struct {
	Status  int
	Code    string
	Message string
	// header holds headers that go with the error, such as x-amz-delete-marker.
	header http.Header
}

func (e *apiError) Error() string { return e.Code + ": " + e.Message }

// with adds a header to the answer.
func (e *apiError) with(name, value string) *apiError {
	if e.header == nil {
		e.header = http.Header{}
	}
	e.header.Set(name, value)
	return e
}

// errorBody is the answer's body.
type errorBody struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Resource  string
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
}

func badRequest(code, format string, args ...any) *apiError {
	return &apiError{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

func invalidArgument(format string, args ...any) *apiError {
	return badRequest("InvalidArgument", format, args...)
}

func malformedXML(err error) *apiError {
	return badRequest("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema: %v", err)
}

func notFound(code, format string, args ...any) *apiError {
	return &apiError{Status: http.StatusNotFound, Code: code, Message: fmt.Sprintf(format, args...)}
}

func noSuchBucket(name string) *apiError {
	return notFound("NoSuchBucket", "The specified bucket does not exist: %s", name)
}

func noSuchKey() *apiError { return notFound("NoSuchKey", "The specified key does not exist.") }

func noSuchUpload() *apiError {
	return notFound("NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
}

func conflict(code, message string) *apiError {
	return &apiError{Status: http.StatusConflict, Code: code, Message: message}
}

func preconditionFailed(condition string) *apiError {
	return &apiError{
		Status: http.StatusPreconditionFailed, Code: "PreconditionFailed",
		Message: "At least one of the pre-conditions you specified did not hold: " + condition,
	}
}

// notModified has no body: HTTP forbids one.
func notModified() *apiError { return &apiError{Status: http.StatusNotModified, Code: "NotModified"} }

// notEmulated refuses what S3 can do and this server cannot, by name.
func notEmulated(what string) *apiError {
	return &apiError{
		Status: http.StatusNotImplemented, Code: "NotImplemented",
		Message: what + " is not emulated by the local cloud",
	}
}
