package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"acequia/localstack/cloud/internal/uuid"
)

// apiError is an error in the form of EventBridge's API.
type apiError struct {
	status        int
	code, message string
}

// Error gives the code and the message.
func (e *apiError) Error() string { return e.code + ": " + e.message }

// request has the parameters of the calls that are answered.
type request struct {
	Name, Rule, NamePrefix, EventBusName string
}

// ruleDescription and targetDescription have the fields of AWS's Rule and Target that mean something here.
type ruleDescription struct {
	Name, Arn, EventBusName, ScheduleExpression, State string
	Description                                        string `json:",omitempty"`
}

type targetDescription struct {
	ID    string `json:"Id"`
	Arn   string
	Input string `json:",omitempty"`
}

// ServeHTTP answers a request of EventBridge's API, which is JSON 1.1 with the call's name in X-Amz-Target. Signatures are
// not checked.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Amzn-Requestid", uuid.New())
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	body, err := s.serve(r)
	var api *apiError
	if errors.As(err, &api) {
		w.Header().Set("X-Amzn-Errortype", api.code)
		w.WriteHeader(api.status)
		body = map[string]string{"__type": api.code, "message": api.message}
	}
	// The types of body are ours and can be encoded; a client that went away needs no answer.
	_ = json.NewEncoder(w).Encode(body)
}

// serve gives an answer, or an [*apiError].
func (s *Server) serve(r *http.Request) (any, error) {
	var in request
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		return nil, &apiError{http.StatusBadRequest, "SerializationException", err.Error()}
	}
	if in.EventBusName != "" && in.EventBusName != "default" {
		return nil, notFound("Event bus %s does not exist.", in.EventBusName)
	}
	call := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AWSEvents.")
	switch call {
	case "ListRules":
		return s.listRules(in.NamePrefix), nil
	case "DescribeRule":
		found, err := s.find(in.Name)
		return describe(found), err
	case "ListTargetsByRule":
		found, err := s.find(in.Rule)
		return map[string]any{"Targets": describeTargets(found)}, err
	}
	return nil, &apiError{
		http.StatusNotImplemented, "NotImplementedException",
		fmt.Sprintf("The local cloud's EventBridge has no %s. Rules are described in the template; see localstack/cloud/events.", call),
	}
}

func notFound(format string, args ...any) error {
	return &apiError{http.StatusBadRequest, "ResourceNotFoundException", fmt.Sprintf(format, args...)}
}

func (s *Server) find(name string) (rule, error) {
	for _, r := range s.all() {
		if r.Name == name {
			return r, nil
		}
	}
	return rule{}, notFound("Rule %s does not exist on EventBus default.", name)
}

func (s *Server) listRules(prefix string) any {
	list := []ruleDescription{}
	for _, r := range s.all() {
		if strings.HasPrefix(r.Name, prefix) {
			list = append(list, describe(r))
		}
	}
	return map[string]any{"Rules": list}
}

func describe(r rule) ruleDescription {
	return ruleDescription{
		Name: r.Name, Arn: r.arn, EventBusName: "default", ScheduleExpression: r.Schedule, State: r.state(),
		Description: r.Description,
	}
}

func (r *Rule) state() string {
	if r.Disabled {
		return "DISABLED"
	}
	return "ENABLED"
}

func describeTargets(r rule) []targetDescription {
	list := []targetDescription{}
	for _, t := range r.Targets {
		list = append(list, targetDescription{t.ID, t.ARN, t.Input})
	}
	return list
}
