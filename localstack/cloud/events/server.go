package events

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"acequia/localstack/cloud/internal/uuid"
)

// Rule is a rule with a schedule.
type Rule struct {
	Name        string
	Description string
	// Schedule is the expression: cron(…) or rate(…).
	Schedule string
	Disabled bool
	Targets  []Target
}

// Target is a function that a rule invokes.
type Target struct {
	ID  string
	ARN string
	// Input is JSON that the function receives in place of the scheduled event; empty for none.
	Input string
}

// Options configure a [Server].
type Options struct {
	// Region and AccountID are part of ARNs and events; us-east-1 and 000000000000 by default.
	Region    string
	AccountID string
	// Invoke invokes a function, named by its ARN, asynchronously.
	Invoke func(ctx context.Context, functionARN string, payload []byte) error
	Logger *slog.Logger
	Now    func() time.Time
	// Wait waits until a time, or gives false if ctx ends before; by the clock, unless a test has its own.
	Wait func(ctx context.Context, until time.Time) bool
}

// Server is an EventBridge of one region and account, with its default bus. Its methods may be called concurrently.
type Server struct {
	options Options

	mu    sync.Mutex
	rules []rule
}

type rule struct {
	Rule
	arn      string
	schedule Schedule
}

// New makes a server without rules.
func New(opt Options) *Server {
	opt.Region = cmp.Or(opt.Region, "us-east-1")
	opt.AccountID = cmp.Or(opt.AccountID, "000000000000")
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Wait == nil {
		opt.Wait = waitUntil
	}
	return &Server{options: opt}
}

// AddRule adds a rule. The error says what in its schedule or its input cannot be used.
func (s *Server) AddRule(r Rule) (arn string, err error) {
	schedule, err := ParseSchedule(r.Schedule)
	if err != nil {
		return "", fmt.Errorf("rule %s: %w", r.Name, err)
	}
	for _, t := range r.Targets {
		if t.Input != "" && !json.Valid([]byte(t.Input)) {
			return "", fmt.Errorf("rule %s, target %s: Input is not JSON", r.Name, t.ID)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	arn = fmt.Sprintf("arn:aws:events:%s:%s:rule/%s", s.options.Region, s.options.AccountID, r.Name)
	if slices.ContainsFunc(s.rules, func(other rule) bool { return other.Name == r.Name }) {
		return "", fmt.Errorf("rule %s: there is one of this name already", r.Name)
	}
	s.rules = append(s.rules, rule{r, arn, schedule})
	return arn, nil
}

// Run fires the rules that were added until ctx ends.
func (s *Server) Run(ctx context.Context) {
	var running sync.WaitGroup
	for _, r := range s.all() {
		if !r.Disabled {
			running.Go(func() { s.run(ctx, r) })
		}
	}
	running.Wait()
}

// all gives the rules by name.
func (s *Server) all() []rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(slices.Values(s.rules), func(a, b rule) int { return cmp.Compare(a.Name, b.Name) })
}

func (s *Server) run(ctx context.Context, r rule) {
	for due := r.schedule.Next(s.options.Now()); !due.IsZero(); due = r.schedule.Next(due) {
		// A machine that slept through several times fires once for all of them.
		if next := r.schedule.Next(due); !next.IsZero() && next.Before(s.options.Now()) {
			continue
		}
		if !s.options.Wait(ctx, due) {
			return
		}
		s.fire(ctx, r, due)
	}
}

func (s *Server) fire(ctx context.Context, r rule, at time.Time) {
	for _, t := range r.Targets {
		payload := []byte(t.Input)
		if t.Input == "" {
			payload = s.scheduledEvent(r, at)
		}
		if err := s.options.Invoke(ctx, t.ARN, payload); err != nil {
			s.options.Logger.Error("a rule could not invoke its target", "rule", r.Name, "target", t.ARN, "error", err)
		}
	}
}

// scheduledEvent is the event of
// https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html and of aws-lambda-go's samples.
func (s *Server) scheduledEvent(r rule, at time.Time) []byte {
	// Strings can be encoded.
	event, _ := json.Marshal(map[string]any{
		"version": "0", "id": uuid.New(), "detail-type": "Scheduled Event", "source": "aws.events",
		"account": s.options.AccountID, "time": at.UTC().Format(time.RFC3339), "region": s.options.Region,
		"resources": []string{r.arn}, "detail": map[string]any{},
	})
	return event
}

func waitUntil(ctx context.Context, until time.Time) bool {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// RuleStatus is a rule's state at a moment.
type RuleStatus struct {
	Name     string `json:"name"`
	Schedule string `json:"schedule"`
	State    string `json:"state"`
}

// Rules tells of all rules, by name.
func (s *Server) Rules() []RuleStatus {
	list := []RuleStatus{}
	for _, r := range s.all() {
		list = append(list, RuleStatus{r.Name, r.Schedule, r.state()})
	}
	return list
}
