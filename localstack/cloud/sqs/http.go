package sqs

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"

	"acequia/localstack/cloud/sqs/internal/fault"
)

// maxRequestBytes bounds a request: a batch of 1 MiB, each character escaped in six.
const maxRequestBytes = 8 << 20

// protocol is one of the API's two ways to put a call, as read from one request.
type protocol interface {
	// action names the call.
	action() string
	// decode fills the struct that in points to.
	decode(in any) error
	// answer writes what the call gave, a pointer to a struct.
	answer(w http.ResponseWriter, requestID string, out any) error
	// refuse writes an error.
	refuse(w http.ResponseWriter, requestID string, f *fault.Error) error
}

// ServeHTTP answers one call of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	requestID := rand.Text()
	w.Header().Set("x-amzn-RequestId", requestID)
	p, err := read(r)
	var out any
	if err == nil {
		out, err = s.do(r, p)
	}
	if err != nil {
		err = p.refuse(w, requestID, s.faultOf(r, p, err))
	} else {
		err = p.answer(w, requestID, out)
	}
	if err != nil && r.Context().Err() == nil {
		s.log.WarnContext(r.Context(), "sqs: the answer could not be sent", "action", p.action(), "error", err.Error())
	}
}

// read reads a request in the protocol that it is in. The protocol is told even if there is an error.
func read(r *http.Request) (protocol, error) {
	if r.Header.Get("X-Amz-Target") != "" {
		return readJSON(r)
	}
	return readForm(r)
}

// do performs a call.
func (s *Server) do(r *http.Request, p protocol) (any, error) {
	run, known := actions[p.action()]
	if !known {
		return nil, refusal(p.action())
	}
	return run(s, r, p)
}

// faultOf gives what the client is told of an error. What is not the client's fault is logged here.
func (s *Server) faultOf(r *http.Request, p protocol, err error) *fault.Error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	if !errors.Is(err, context.Canceled) {
		s.log.ErrorContext(r.Context(), "sqs: a call failed", "action", p.action(), "error", err.Error())
	}
	return fault.Internal()
}

// write sends a whole answer.
func write(w http.ResponseWriter, status int, contentType string, body []byte) error {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}
