package sqs

import (
	"fmt"
	"net/http"

	"acequia/localstack/cloud/sqs/internal/fault"
	"acequia/localstack/cloud/sqs/internal/queue"
)

type startMoveInput struct {
	SourceArn                    string
	DestinationArn               string
	MaxNumberOfMessagesPerSecond *int
}

type startMoveOutput struct {
	TaskHandle string
}

// maxMoveRate is the most messages that a task may be told to move in a second (AWS: StartMessageMoveTask).
const maxMoveRate = 500

func (s *Server) startMessageMoveTask(_ *http.Request, in startMoveInput) (startMoveOutput, error) {
	if in.SourceArn == "" {
		return startMoveOutput{}, fault.MissingParameter("SourceArn")
	}
	rate := 0
	if in.MaxNumberOfMessagesPerSecond != nil {
		rate = *in.MaxNumberOfMessagesPerSecond
		if rate < 1 || rate > maxMoveRate {
			return startMoveOutput{}, fault.InvalidParameter("MaxNumberOfMessagesPerSecond", fmt.Sprint(rate), "Must be between 1 and 500, if provided.")
		}
	}
	task, err := s.store.StartMove(in.SourceArn, in.DestinationArn, rate)
	if err != nil {
		return startMoveOutput{}, err
	}
	return startMoveOutput{TaskHandle: task.Handle()}, nil
}

type cancelMoveInput struct {
	TaskHandle string
}

type cancelMoveOutput struct {
	ApproximateNumberOfMessagesMoved *int
}

func (s *Server) cancelMessageMoveTask(_ *http.Request, in cancelMoveInput) (cancelMoveOutput, error) {
	if in.TaskHandle == "" {
		return cancelMoveOutput{}, fault.MissingParameter("TaskHandle")
	}
	moved, err := s.store.CancelMove(in.TaskHandle)
	return cancelMoveOutput{ApproximateNumberOfMessagesMoved: &moved}, err
}

type listMovesInput struct {
	SourceArn  string
	MaxResults *int
}

type listMovesOutput struct {
	Results []moveResult `query:"ListMessageMoveTasksResultEntry"`
}

// moveResult tells of a task. Numbers that are pointers are told even if they are zero.
type moveResult struct {
	TaskHandle                        string `json:",omitempty"` // of a task that runs
	Status                            string
	SourceArn                         string
	DestinationArn                    string `json:",omitempty"`
	MaxNumberOfMessagesPerSecond      int    `json:",omitempty"`
	ApproximateNumberOfMessagesMoved  *int
	ApproximateNumberOfMessagesToMove *int
	FailureReason                     string `json:",omitempty"`
	StartedTimestamp                  int    // milliseconds since 1970
}

// maxMoveResults is how many tasks are listed at most.
const maxMoveResults = 10

func (s *Server) listMessageMoveTasks(_ *http.Request, in listMovesInput) (listMovesOutput, error) {
	if in.SourceArn == "" {
		return listMovesOutput{}, fault.MissingParameter("SourceArn")
	}
	limit := 1
	if in.MaxResults != nil {
		limit = *in.MaxResults
	}
	if limit < 1 || limit > maxMoveResults {
		return listMovesOutput{}, fault.InvalidParameter("MaxResults", fmt.Sprint(limit), "Must be between 1 and 10, if provided.")
	}
	tasks, err := s.store.Moves(in.SourceArn, limit)
	if err != nil {
		return listMovesOutput{}, err
	}
	out := listMovesOutput{Results: []moveResult{}}
	for _, t := range tasks {
		out.Results = append(out.Results, moveResultOf(t))
	}
	return out, nil
}

func moveResultOf(t queue.MoveTask) moveResult {
	r := moveResult{
		Status: string(t.Status), SourceArn: t.SourceARN, DestinationArn: t.DestinationARN,
		MaxNumberOfMessagesPerSecond: t.PerSecond, FailureReason: t.FailureReason, StartedTimestamp: int(t.Started.UnixMilli()),
		ApproximateNumberOfMessagesMoved: &t.Moved, ApproximateNumberOfMessagesToMove: &t.ToMove,
	}
	if t.Status == queue.MoveRunning {
		r.TaskHandle = t.Handle()
	}
	return r
}
