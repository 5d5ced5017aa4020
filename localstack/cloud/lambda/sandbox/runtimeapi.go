package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// runtimeAPI is the Runtime API, version 2018-06-01, of one execution environment.
type runtimeAPI struct {
	functionARN string
	listener    net.Listener
	server      *http.Server
	// idle is told when the process asks for its next invocation: its initialization, or the invocation before, is over.
	idle chan struct{}
	next chan *assignment

	mu      sync.Mutex
	current *assignment // what the process works on
}

// assignment is an invocation on its way to the process, and where its outcome is awaited.
type assignment struct {
	Invocation
	deadline time.Time
	// outcome has room for the one outcome.
	outcome chan outcome
}

func listenRuntimeAPI(functionARN string) (*runtimeAPI, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the Runtime API: %w", err)
	}
	a := &runtimeAPI{
		functionARN: functionARN, listener: listener,
		idle: make(chan struct{}, 1), next: make(chan *assignment),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", a.serveNext)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", a.serveResponse)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", a.serveError)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", a.serveInitError)
	a.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	// Serve ends with an error when the server is closed, and only then.
	go func() { _ = a.server.Serve(listener) }()
	return a, nil
}

func (a *runtimeAPI) address() string { return a.listener.Addr().String() }

func (a *runtimeAPI) close() { a.server.Close() }

// assign makes an invocation the one whose outcome the process may report. It goes to the process through next.
func (a *runtimeAPI) assign(in Invocation) *assignment {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.current = &assignment{Invocation: in, outcome: make(chan outcome, 1)}
	return a.current
}

// serveNext gives the process its next invocation. It may wait for long.
func (a *runtimeAPI) serveNext(w http.ResponseWriter, r *http.Request) {
	select {
	case a.idle <- struct{}{}:
	default: // asked before and went away
	}
	select {
	case <-r.Context().Done():
	case next := <-a.next:
		h := w.Header()
		h.Set("Lambda-Runtime-Aws-Request-Id", next.RequestID)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(next.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", a.functionARN)
		h.Set("Lambda-Runtime-Trace-Id", traceID(next))
		if next.ClientContext != "" {
			h.Set("Lambda-Runtime-Client-Context", next.ClientContext)
		}
		h.Set("Content-Type", "application/json")
		_, _ = w.Write(next.Payload)
	}
}

// traceID gives an X-Ray trace header that says that nobody traces.
func traceID(a *assignment) string {
	return fmt.Sprintf("Root=1-%08x-%024x;Sampled=0", a.deadline.Unix(), a.deadline.UnixNano())
}

func (a *runtimeAPI) serveResponse(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		a.end(w, r, http.StatusRequestEntityTooLarge, func(id string) outcome {
			return failedOutcome(id, errorTooLarge,
				fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxPayload))
		})
		return
	}
	if err != nil {
		return // the process went away; its exit ends the invocation
	}
	a.end(w, r, http.StatusAccepted, func(string) outcome { return responded(body, r.Trailer) })
}

// responded reads the trailers in which a runtime tells of an error that came while it wrote its response.
func responded(body []byte, trailer http.Header) outcome {
	errorType := trailer.Get("Lambda-Runtime-Function-Error-Type")
	if errorType == "" {
		return outcome{payload: body}
	}
	if told, err := base64.StdEncoding.DecodeString(trailer.Get("Lambda-Runtime-Function-Error-Body")); err == nil {
		body = told
	}
	return outcome{payload: body, failed: errorType}
}

func (a *runtimeAPI) serveError(w http.ResponseWriter, r *http.Request) {
	if body, ok := readError(w, r); ok {
		a.end(w, r, http.StatusAccepted, func(string) outcome { return reported(body) })
	}
}

// reported is the outcome of an error that the function reported.
func reported(body []byte) outcome {
	f := failure{Type: "Runtime.UnknownReason"}
	// What is not of this form is passed on as it is, as AWS does.
	_ = json.Unmarshal(body, &f)
	return outcome{payload: body, failed: f.Type}
}

// serveInitError takes the word of a runtime that cannot start: it is the outcome of the invocation that it was started for.
func (a *runtimeAPI) serveInitError(w http.ResponseWriter, r *http.Request) {
	body, ok := readError(w, r)
	if !ok {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current != nil {
		a.current.outcome <- reported(body)
		a.current = nil
	}
	answer(w, http.StatusAccepted, `{"status":"OK"}`)
}

func readError(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	if err != nil {
		answer(w, http.StatusRequestEntityTooLarge, `{"errorType":"RequestEntityTooLarge","errorMessage":"The error cannot be read."}`)
		return nil, false
	}
	return body, true
}

// end gives the current invocation its outcome, once.
func (a *runtimeAPI) end(w http.ResponseWriter, r *http.Request, status int, of func(requestID string) outcome) {
	id := r.PathValue("id")
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == nil || a.current.RequestID != id {
		answer(w, http.StatusBadRequest, `{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}`)
		return
	}
	a.current.outcome <- of(id)
	a.current = nil
	answer(w, status, `{"status":"OK"}`)
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}
