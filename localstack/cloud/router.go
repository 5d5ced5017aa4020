package cloud

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"acequia/localstack/cloud/s3"
)

// ServeHTTP hands a request to the service that it is for: the one in the scope of its signature, which is not checked.
// Without a signature, X-Amz-Target tells; what has neither is for S3.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/_acequia/health" {
		c.serveHealth(w)
		return
	}
	if !c.door.enter() {
		http.Error(w, "the local cloud is stopping", http.StatusServiceUnavailable)
		return
	}
	defer c.door.leave()
	if r.URL.Path == "/_acequia/faults" {
		c.serveFaults(w, r)
		return
	}
	credential := credentialOf(r)
	name := serviceOf(r, credential)
	service, ok := c.services[name]
	if !ok {
		refuse(w, r, name)
		return
	}
	accessKey, _, _ := strings.Cut(credential, "/")
	if kill, isFunction := c.lambda.Caller(accessKey); isFunction {
		c.faults.Serve(w, s3.WithOpaqueETag(r), name, service, kill)
		return
	}
	service.ServeHTTP(w, r)
}

// credentialOf gives what a request's signature says of who signs and for what: AKID/date/region/service/aws4_request. It is
// empty where there is no signature of version 4.
func credentialOf(r *http.Request) string {
	if _, after, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		credential, _, _ := strings.Cut(after, ",")
		return strings.TrimSpace(credential)
	}
	return queryValue(r.URL.RawQuery, "X-Amz-Credential")
}

// serviceOf names the service that a request is for.
func serviceOf(r *http.Request, credential string) string {
	if credential != "" {
		return serviceOfScope(credential)
	}
	target, _, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch target {
	case "":
		return "s3"
	case "AmazonSQS":
		return "sqs"
	case "AWSEvents":
		return "events"
	}
	target, _, _ = strings.Cut(target, "_")
	return strings.ToLower(target)
}

// serviceOfScope takes the service out of a credential; that of a signature of version 4a has no region.
func serviceOfScope(credential string) string {
	parts := strings.Split(credential, "/")
	if len(parts) < 4 {
		return "s3"
	}
	return parts[len(parts)-2]
}

// queryValue gives a parameter of a query, or nothing if the query cannot be read.
func queryValue(query, name string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	return values.Get(name)
}

// refuse answers for a service that the local cloud does not have, in the form that the client of such a service reads.
func refuse(w http.ResponseWriter, r *http.Request, service string) {
	const code = "NotImplemented"
	message := fmt.Sprintf("The local cloud does not emulate %s. It has s3, sqs, lambda, events and sts.", service)
	w.Header().Set("X-Amzn-Errortype", code)
	// 501 and not 500: SDKs do not retry it.
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusNotImplemented)
		_ = xml.NewEncoder(w).Encode(queryError{Type: "Sender", Code: code, Message: message})
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusNotImplemented)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message})
}

// queryError is an error of the services that speak AWS's query protocol.
type queryError struct {
	XMLName xml.Name `xml:"ErrorResponse"`
	Type    string   `xml:"Error>Type"`
	Code    string   `xml:"Error>Code"`
	Message string   `xml:"Error>Message"`
}
