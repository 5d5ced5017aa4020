package cloud

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"acequia/localstack/cloud/events"
	"acequia/localstack/cloud/lambda"
)

// Health is what GET /_acequia/health answers, as JSON.
type Health struct {
	// Ready tells that the services answer, and that queues and rules are polled.
	Ready     bool                    `json:"ready"`
	Services  []string                `json:"services"`
	Functions []lambda.FunctionStatus `json:"functions"`
	Queues    []QueueStatus           `json:"queues"`
	Mappings  []lambda.MappingStatus  `json:"mappings"`
	Rules     []events.RuleStatus     `json:"rules"`
}

// QueueStatus counts a queue's messages.
type QueueStatus struct {
	Name     string `json:"name"`
	ARN      string `json:"arn"`
	Visible  int    `json:"visible"`
	InFlight int    `json:"in_flight"`
	Delayed  int    `json:"delayed"`
}

// Health tells what runs at this moment.
func (c *Cloud) Health() Health {
	h := Health{
		Ready: c.door.isReady(), Services: slices.Sorted(maps.Keys(c.services)),
		Functions: c.lambda.Functions(), Mappings: c.lambda.Mappings(), Rules: c.events.Rules(), Queues: []QueueStatus{},
	}
	for _, arn := range c.sqs.Queues() {
		q := QueueStatus{ARN: arn, Name: arn[strings.LastIndexByte(arn, ':')+1:]}
		q.Visible, q.InFlight, q.Delayed = c.sqs.Depths(arn)
		h.Queues = append(h.Queues, q)
	}
	return h
}

func (c *Cloud) serveHealth(w http.ResponseWriter) {
	if !c.door.enter() {
		http.Error(w, `{"ready":false}`, http.StatusServiceUnavailable)
		return
	}
	defer c.door.leave()
	w.Header().Set("Content-Type", "application/json")
	// The types of Health are ours and can be encoded; a client that went away needs no answer.
	_ = json.NewEncoder(w).Encode(c.Health())
}
