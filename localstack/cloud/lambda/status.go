package lambda

import "acequia/localstack/cloud/lambda/sandbox"

// FunctionStatus is what a function does at a moment.
type FunctionStatus struct {
	Name string `json:"name"`
	sandbox.Usage
	// Events counts the asynchronous invocations that wait for an attempt.
	Events int `json:"events"`
}

// Functions tells of all functions, by name.
func (s *Server) Functions() []FunctionStatus {
	list := []FunctionStatus{}
	for _, f := range s.sorted() {
		list = append(list, FunctionStatus{Name: f.Name, Usage: f.pool.Usage(), Events: f.queue.depth()})
	}
	return list
}

// MappingStatus is what an event source mapping does at a moment.
type MappingStatus struct {
	ID       string `json:"id"`
	Queue    string `json:"queue"` // ARN
	Function string `json:"function"`
	State    string `json:"state"`
	// InFlight counts the batches that are being handled, Failed those that have failed as a whole since the start.
	InFlight int64 `json:"in_flight"`
	Failed   int64 `json:"failed"`
}

// Mappings tells of all event source mappings, in the order in which they were added.
func (s *Server) Mappings() []MappingStatus {
	list := []MappingStatus{}
	for _, m := range s.allMappings() {
		list = append(list, MappingStatus{
			ID: m.id, Queue: m.QueueARN, Function: m.function.Name, State: m.state(),
			InFlight: m.inFlight.Load(), Failed: m.failed.Load(),
		})
	}
	return list
}
