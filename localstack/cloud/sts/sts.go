// Package sts is the STS of the local cloud: it answers whoever asks who they are with the local cloud's only user. That is
// all that SDKs and CLIs need of it; there are no credentials to give out, and none are checked.
package sts

import (
	"bytes"
	"crypto/rand"
	"encoding/xml"
	"net/http"
	"strconv"
)

// The local cloud's only identity. UserID has the form of AWS's ids of users.
const (
	Account = "000000000000"
	ARN     = "arn:aws:iam::" + Account + ":user/local"
	UserID  = "AIDAACEQUIALOCALUSER0"
)

// Server is STS: an http.Handler of its API, in the query protocol, the only one that it has.
type Server struct{}

type callerIdentity struct {
	XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
	ARN       string   `xml:"GetCallerIdentityResult>Arn"`
	UserID    string   `xml:"GetCallerIdentityResult>UserId"`
	Account   string   `xml:"GetCallerIdentityResult>Account"`
	RequestID string   `xml:"ResponseMetadata>RequestId"`
}

type refusal struct {
	XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
	Type      string   `xml:"Error>Type"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	RequestID string   `xml:"RequestId"`
}

// leftOut holds the calls that AWS has and the local cloud does not.
var leftOut = map[string]bool{
	"AssumeRole": true, "AssumeRoleWithSAML": true, "AssumeRoleWithWebIdentity": true, "AssumeRoot": true,
	"DecodeAuthorizationMessage": true, "GetAccessKeyInfo": true, "GetFederationToken": true, "GetSessionToken": true,
}

// maxRequestBytes bounds a form; the one call that is answered takes nothing.
const maxRequestBytes = 1 << 20

// ServeHTTP answers one call of the API.
func (Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	// A form that cannot be read names no action, which the answer says.
	action := r.FormValue("Action")
	requestID := rand.Text()
	if action == "GetCallerIdentity" {
		write(w, http.StatusOK, callerIdentity{ARN: ARN, UserID: UserID, Account: Account, RequestID: requestID})
		return
	}
	refuse := refusal{Type: "Sender", RequestID: requestID}
	refuse.Code, refuse.Message = reason(action)
	write(w, http.StatusBadRequest, refuse)
}

// reason says why an action is not performed, as a code and as a sentence.
func reason(action string) (code, message string) {
	switch {
	case action == "":
		return "MissingAction", "The request must contain the parameter Action."
	case leftOut[action]:
		return "UnsupportedOperation", action + " is not supported by Acequia's local cloud: " +
			"it checks no credentials. Use any static access key, such as test and test."
	default:
		return "InvalidAction", "Could not find operation " + action + " for version 2011-06-15."
	}
}

func write(w http.ResponseWriter, status int, answer any) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	// The answers hold nothing but text, which always encodes.
	_ = xml.NewEncoder(&b).Encode(answer)
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
