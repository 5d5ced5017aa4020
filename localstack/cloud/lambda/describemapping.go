package lambda

import (
	"net/http"
	"time"
)

// mappingConfiguration has the fields of AWS's EventSourceMappingConfiguration that mean something here.
type mappingConfiguration struct {
	UUID                           string
	EventSourceArn                 string
	FunctionArn                    string
	BatchSize                      int
	MaximumBatchingWindowInSeconds int
	FunctionResponseTypes          []string
	ScalingConfig                  map[string]int `json:",omitempty"`
	State                          string
	StateTransitionReason          string
	LastModified                   int64
}

func (m *mapping) configuration() mappingConfiguration {
	c := mappingConfiguration{
		UUID: m.id, EventSourceArn: m.QueueARN, FunctionArn: m.function.arn, BatchSize: m.BatchSize,
		MaximumBatchingWindowInSeconds: int(m.Window / time.Second), FunctionResponseTypes: []string{},
		State: m.state(), StateTransitionReason: "USER_INITIATED", LastModified: m.added.Unix(),
	}
	if m.ReportBatchItemFailures {
		c.FunctionResponseTypes = append(c.FunctionResponseTypes, "ReportBatchItemFailures")
	}
	if m.MaximumConcurrency != 0 {
		c.ScalingConfig = map[string]int{"MaximumConcurrency": m.MaximumConcurrency}
	}
	return c
}

func (s *Server) serveListMappings(w http.ResponseWriter, r *http.Request) error {
	var only *function
	if name := r.URL.Query().Get("FunctionName"); name != "" {
		var err error
		if only, err = s.find(name); err != nil {
			return err
		}
	}
	source := r.URL.Query().Get("EventSourceArn")
	list := []mappingConfiguration{}
	for _, m := range s.allMappings() {
		if (only == nil || m.function == only) && (source == "" || m.QueueARN == source) {
			list = append(list, m.configuration())
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"EventSourceMappings": list})
	return nil
}

func (s *Server) serveGetMapping(w http.ResponseWriter, id string) error {
	for _, m := range s.allMappings() {
		if m.id == id {
			writeJSON(w, http.StatusOK, m.configuration())
			return nil
		}
	}
	return &apiError{404, "ResourceNotFoundException", "The resource you requested does not exist."}
}
