package faults

import (
	"net/http"
	"strconv"
)

// unheard is an answer that nobody gets.
type unheard struct{ header http.Header }

func (u *unheard) Header() http.Header         { return u.header }
func (u *unheard) WriteHeader(int)             {}
func (u *unheard) Write(p []byte) (int, error) { return len(p), nil }

// cutAnswerWriter passes on the beginning of an answer, and swallows the rest: the service must not see the difference.
type cutAnswerWriter struct {
	http.ResponseWriter
	fault Fault
	begun bool
	// left counts the bytes of the body that may still pass.
	left   int64
	passed bool
}

// WriteHeader passes the status on if some of the body will follow it.
func (w *cutAnswerWriter) WriteHeader(status int) {
	if w.begun {
		return
	}
	w.begun = true
	// A body whose length is not announced would not be missed, so none of it passes.
	if length, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64); err == nil && length > 0 {
		w.left = w.fault.Below(length)
	}
	if w.left > 0 {
		w.passed = true
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write passes on what may pass.
func (w *cutAnswerWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if pass := min(int64(len(p)), w.left); pass > 0 {
		w.left -= pass
		if n, err := w.ResponseWriter.Write(p[:pass]); err != nil {
			return n, err
		}
	}
	return len(p), nil
}

// flush sends what has passed.
func (w *cutAnswerWriter) flush() {
	if w.passed {
		// The connection is closed next: a client that has gone needs no answer.
		_ = http.NewResponseController(w.ResponseWriter).Flush()
	}
}
