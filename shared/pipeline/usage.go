package pipeline

// Usage is what the work on an object took of the things that cloud providers charge for, as the functions metered it. It travels
// with the messages; one without it comes from a version that did not meter, and adds nothing.
type Usage struct {
	// S3Gets counts GET and HEAD requests, S3Puts those of the dearer class: PUT, POST and LIST. DELETE is free.
	S3Gets int64 `json:"s3_gets,omitzero"`
	S3Puts int64 `json:"s3_puts,omitzero"`
	// SQSRequests counts each 64 KB of a request as one, as SQS does.
	SQSRequests int64 `json:"sqs_requests,omitzero"`
	// BytesRead and BytesWritten are the bodies that came from S3 and went there.
	BytesRead    int64 `json:"bytes_read,omitzero"`
	BytesWritten int64 `json:"bytes_written,omitzero"`
	Invocations  int64 `json:"invocations,omitzero"`
	// MBMilliseconds is the functions' memory, in MB of 2^20 bytes, times the milliseconds that they had it.
	MBMilliseconds int64 `json:"mb_ms,omitzero"`
}

// Add gives the sum of both.
func (u Usage) Add(v Usage) Usage {
	return Usage{
		S3Gets: u.S3Gets + v.S3Gets, S3Puts: u.S3Puts + v.S3Puts, SQSRequests: u.SQSRequests + v.SQSRequests,
		BytesRead: u.BytesRead + v.BytesRead, BytesWritten: u.BytesWritten + v.BytesWritten,
		Invocations: u.Invocations + v.Invocations, MBMilliseconds: u.MBMilliseconds + v.MBMilliseconds,
	}
}
