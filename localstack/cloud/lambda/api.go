package lambda

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"acequia/localstack/cloud/internal/uuid"
	"acequia/localstack/cloud/lambda/sandbox"
)

// apiError is an error in the form of Lambda's API.
type apiError struct {
	status  int
	code    string
	message string
}

// Error gives the code and the message.
func (e *apiError) Error() string { return e.code + ": " + e.message }

// ServeHTTP answers a request of Lambda's REST API. Signatures are not checked.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	requestID := uuid.New()
	w.Header().Set("X-Amzn-Requestid", requestID)
	if err := s.serve(w, r, requestID); err != nil {
		s.writeError(w, err)
	}
}

// serve finds the operation by its path. A function's name is one part of the path, whatever it holds.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, requestID string) error {
	parts := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i, part := range parts {
		var err error
		if parts[i], err = url.PathUnescape(part); err != nil {
			return &apiError{400, "InvalidParameterValueException", "The path is not escaped as it should be."}
		}
	}
	id := ""
	if len(parts) > 2 {
		id, parts[2] = parts[2], "*"
	}
	if qualifier := r.URL.Query().Get("Qualifier"); qualifier != "" {
		id += ":" + qualifier
	}
	switch r.Method + " " + strings.Join(parts, "/") {
	case "POST 2015-03-31/functions/*/invocations":
		return s.serveInvoke(w, r, id, requestID)
	case "GET 2015-03-31/functions":
		return s.serveListFunctions(w)
	case "GET 2015-03-31/functions/*":
		return s.serveGetFunction(w, id)
	case "GET 2015-03-31/functions/*/configuration":
		return s.serveGetConfiguration(w, id)
	case "GET 2015-03-31/event-source-mappings":
		return s.serveListMappings(w, r)
	case "GET 2015-03-31/event-source-mappings/*":
		return s.serveGetMapping(w, id)
	}
	return &apiError{
		http.StatusNotImplemented, "NotImplementedException",
		fmt.Sprintf("The local cloud's Lambda has no %s %s. Functions are described in the template; see localstack/cloud/lambda.",
			r.Method, r.URL.Path),
	}
}

func (s *Server) serveInvoke(w http.ResponseWriter, r *http.Request, name, requestID string) error {
	f, err := s.find(name)
	if err != nil {
		return err
	}
	// One byte more than is allowed tells that the payload is too large.
	payload, err := io.ReadAll(io.LimitReader(r.Body, sandbox.MaxPayload+1))
	if err != nil {
		return fmt.Errorf("read the payload: %w", err)
	}
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "", "RequestResponse":
		return s.serveSync(w, r, f, requestID, payload)
	case "Event":
		if err := s.invokeAsync(f, requestID, payload); err != nil {
			return err
		}
		w.WriteHeader(http.StatusAccepted)
		return nil
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
		return nil
	default:
		return &apiError{400, "InvalidParameterValueException", fmt.Sprintf("There is no invocation type %q.", kind)}
	}
}

func (s *Server) serveSync(w http.ResponseWriter, r *http.Request, f *function, requestID string, payload []byte) error {
	clientContext, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Amz-Client-Context"))
	if err != nil {
		return &apiError{400, "InvalidRequestContentException", "The client context is not base64."}
	}
	result, err := s.invoke(r.Context(), f, sandbox.Invocation{
		RequestID: requestID, Payload: orEmptyObject(payload), ClientContext: string(clientContext),
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Amz-Executed-Version", "$LATEST")
	if result.Failed {
		h.Set("X-Amz-Function-Error", "Unhandled")
	}
	if r.Header.Get("X-Amz-Log-Type") == "Tail" {
		h.Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString(result.LogTail))
	}
	_, _ = w.Write(result.Payload)
	return nil
}

// writeError answers with an error. One that is not of the API's own kind is the local cloud's fault, and is logged.
func (s *Server) writeError(w http.ResponseWriter, err error) {
	var api *apiError
	if !errors.As(err, &api) && !errors.Is(err, context.Canceled) {
		s.options.Logger.Error("a request to Lambda failed", "error", err)
	}
	if api == nil {
		api = &apiError{http.StatusInternalServerError, "ServiceException", err.Error()}
	}
	body := map[string]string{"Type": "User", "message": api.message, "Message": api.message}
	if api.status >= http.StatusInternalServerError {
		body["Type"] = "Service"
	}
	if api.code == "TooManyRequestsException" {
		body["Reason"] = "ReservedFunctionConcurrentInvocationLimitExceeded"
	}
	w.Header().Set("X-Amzn-Errortype", api.code)
	writeJSON(w, api.status, body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The types of body are ours and can be encoded; a client that went away needs no answer.
	_ = json.NewEncoder(w).Encode(body)
}
