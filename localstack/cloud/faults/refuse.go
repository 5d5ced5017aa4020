package faults

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
)

// refuseS3 gives the error as S3 tells it.
func refuseS3(status int, code, message string) func(call, Fault) {
	return func(c call, _ Fault) {
		c.w.Header().Set("Content-Type", "application/xml")
		c.w.WriteHeader(status)
		if c.r.Method == http.MethodHead {
			return
		}
		_ = xml.NewEncoder(c.w).Encode(struct {
			XMLName xml.Name `xml:"Error"`
			Code    string
			Message string
		}{Code: code, Message: message})
	}
}

// refuseSQS gives the error as SQS tells it in the protocol AWS JSON, which functions' SDKs speak. The header repeats its
// code for SDKs that know the older protocol's.
func refuseSQS(status int, code, blame, message string) func(call, Fault) {
	return func(c call, _ Fault) {
		c.w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		c.w.Header().Set("x-amzn-query-error", code+";"+blame)
		c.w.WriteHeader(status)
		_ = json.NewEncoder(c.w).Encode(map[string]string{"__type": "com.amazonaws.sqs#" + code, "message": message})
	}
}
