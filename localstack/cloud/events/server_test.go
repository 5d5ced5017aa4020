package events_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"

	"acequia/localstack/cloud/events"
)

const (
	walk = "arn:aws:lambda:us-east-1:000000000000:function:walk"
	sum  = "arn:aws:lambda:us-east-1:000000000000:function:sum"
)

type fired struct {
	function string
	payload  []byte
}

// Time stands still until a rule waits for it.
func TestRulesFire(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var all []fired
	s := events.New(events.Options{
		Now: func() time.Time { return now },
		Wait: func(ctx context.Context, until time.Time) bool {
			now = until
			return ctx.Err() == nil
		},
		Invoke: func(_ context.Context, function string, payload []byte) error {
			if all = append(all, fired{function, payload}); len(all) == 4 {
				cancel()
			}
			return errors.New("a rule that cannot invoke goes on")
		},
	})
	for _, r := range []events.Rule{
		{Name: "daily", Schedule: "cron(15 5 * * ? *)", Targets: []events.Target{{ID: "a", ARN: sum}, {ID: "b", ARN: walk, Input: `{"in":1}`}}},
		{Name: "off", Schedule: "rate(1 minute)", Disabled: true, Targets: []events.Target{{ID: "a", ARN: walk}}},
	} {
		if _, err := s.AddRule(r); err != nil {
			t.Fatal(err)
		}
	}
	s.Run(ctx)
	var event struct {
		Source     string    `json:"source"`
		DetailType string    `json:"detail-type"`
		Time       time.Time `json:"time"`
		Resources  []string  `json:"resources"`
		ID         string    `json:"id"`
	}
	if err := json.Unmarshal(all[2].payload, &event); err != nil {
		t.Fatal(err)
	}
	if event.Source != "aws.events" || event.DetailType != "Scheduled Event" || len(event.ID) != 36 ||
		!event.Time.Equal(time.Date(2026, 11, 25, 5, 15, 0, 0, time.UTC)) ||
		event.Resources[0] != "arn:aws:events:us-east-1:000000000000:rule/daily" {
		t.Errorf("event = %s", all[2].payload)
	}
	if all[2].function != sum || all[3].function != walk || string(all[3].payload) != `{"in":1}` {
		t.Errorf("fired %v", all)
	}
}

// After a sleep of three days, a daily rule is due once.
func TestRuleFiresOnceAfterASleep(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var waits []time.Time
	s := events.New(events.Options{
		Now: func() time.Time { return now },
		Wait: func(_ context.Context, until time.Time) bool {
			waits = append(waits, until)
			now = until.Add(72*time.Hour + time.Minute)
			return len(waits) < 3
		},
		Invoke: func(context.Context, string, []byte) error { return nil },
	})
	if _, err := s.AddRule(events.Rule{Name: "daily", Schedule: "cron(15 5 * * ? *)"}); err != nil {
		t.Fatal(err)
	}
	s.Run(ctx)
	if got, want := waits[1], time.Date(2026, 11, 27, 5, 15, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("the second wait is for %s, want %s, the last time that was slept through", got, want)
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	t.Parallel()
	s := events.New(events.Options{})
	good := events.Rule{Name: "a", Schedule: "rate(1 day)"}
	if _, err := s.AddRule(good); err != nil {
		t.Fatal(err)
	}
	for _, r := range []events.Rule{
		good, {Name: "b", Schedule: "daily"}, {Name: "c", Schedule: "rate(1 day)", Targets: []events.Target{{Input: "{"}}},
	} {
		if _, err := s.AddRule(r); err == nil || !strings.Contains(err.Error(), "rule "+r.Name) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

func TestDescriptions(t *testing.T) {
	t.Parallel()
	s := events.New(events.Options{})
	for _, r := range []events.Rule{
		{Name: "b-off", Schedule: "rate(1 day)", Disabled: true},
		{Name: "a-daily", Description: "does it", Schedule: "cron(15 5 * * ? *)", Targets: []events.Target{{ID: "a", ARN: sum, Input: `{}`}}},
	} {
		if _, err := s.AddRule(r); err != nil {
			t.Fatal(err)
		}
	}
	endpoint := httptest.NewServer(s)
	t.Cleanup(endpoint.Close)
	c := eventbridge.New(eventbridge.Options{
		BaseEndpoint: &endpoint.URL, Region: "us-east-1", Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
	})
	list, err := c.ListRules(t.Context(), &eventbridge.ListRulesInput{})
	if err != nil || len(list.Rules) != 2 || *list.Rules[0].Name != "a-daily" || list.Rules[1].State != types.RuleStateDisabled {
		t.Errorf("rules: %v %+v", err, list)
	}
	some, err := c.ListRules(t.Context(), &eventbridge.ListRulesInput{NamePrefix: aws.String("b")})
	if err != nil || len(some.Rules) != 1 {
		t.Errorf("rules that start with b: %v %+v", err, some)
	}
	rule, err := c.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: aws.String("a-daily")})
	if err != nil || *rule.ScheduleExpression != "cron(15 5 * * ? *)" || *rule.Description != "does it" || rule.State != types.RuleStateEnabled {
		t.Errorf("rule: %v %+v", err, rule)
	}
	targets, err := c.ListTargetsByRule(t.Context(), &eventbridge.ListTargetsByRuleInput{Rule: aws.String("a-daily")})
	if err != nil || *targets.Targets[0].Arn != sum || *targets.Targets[0].Id != "a" || *targets.Targets[0].Input != "{}" {
		t.Errorf("targets: %v %+v", err, targets)
	}
	var missing *types.ResourceNotFoundException
	if _, err := c.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: aws.String("x")}); !errors.As(err, &missing) {
		t.Errorf("a rule that is not there: %v", err)
	}
	var api smithy.APIError
	if _, err := c.ListEventBuses(t.Context(), &eventbridge.ListEventBusesInput{}); !errors.As(err, &api) ||
		api.ErrorCode() != "NotImplementedException" || !strings.Contains(api.ErrorMessage(), "ListEventBuses") {
		t.Errorf("what is not emulated: %v", err)
	}
}
