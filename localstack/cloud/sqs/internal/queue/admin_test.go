package queue_test

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestQueueAttributes(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "queues.db"))
	defer closeStore(t, s)
	must(t, s.Create("dlq", nil, nil))
	policy := `{"deadLetterTargetArn":"` + s.ARN("dlq") + `","maxReceiveCount":3}`
	must(t, s.Create("q", map[string]string{"DelaySeconds": "3", "RedrivePolicy": policy}, nil))
	must(t, s.Create("q", map[string]string{"DelaySeconds": "3", "VisibilityTimeout": "30"}, nil))
	wantFault(t, s.Create("q", map[string]string{"DelaySeconds": "4"}, nil), "QueueNameExists")
	must(t, s.SetAttributes("q", map[string]string{"RedrivePolicy": "", "VisibilityTimeout": "31"}))
	got, err := s.Attributes("q")
	must(t, err)
	if got["DelaySeconds"] != "3" || got["VisibilityTimeout"] != "31" || got["MaximumMessageSize"] != "1048576" {
		t.Errorf("attributes: %v", got)
	}
	if policy, has := got["RedrivePolicy"]; has {
		t.Errorf("the redrive policy %s was taken away", policy)
	}
	must(t, s.Ensure("q", map[string]string{"DelaySeconds": "5"}))
	if got, err = s.Attributes("q"); err != nil || got["DelaySeconds"] != "5" || got["VisibilityTimeout"] != "30" {
		t.Errorf("attributes: %v, %v", got, err)
	}
}

func TestAttributesThatCannotBe(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "queues.db"))
	defer closeStore(t, s)
	must(t, s.Create("q", nil, nil))
	nowhere := `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:nowhere","maxReceiveCount":3}`
	for attribute, bad := range map[string][]string{
		"InvalidAttributeName FifoQueue":                {"true"},
		"InvalidAttributeName QueueArn":                 {"arn:aws:sqs:us-east-1:000000000000:q"},
		"InvalidAttributeValue VisibilityTimeout":       {"43201", "-1", "soon", ""},
		"InvalidAttributeValue MessageRetentionPeriod":  {"59"},
		"InvalidAttributeValue RedrivePolicy":           {"{", strings.Replace(nowhere, "3", "0", 1), `{"maxReceiveCount":1}`},
		"InvalidParameterValueException RedrivePolicy":  {nowhere, strings.Replace(nowhere, "nowhere", "q", 1)},
		"InvalidAttributeValue MaximumMessageSize":      {"1048577"},
		"InvalidAttributeName ApproximateNumberOfMoons": {"1"},
	} {
		shape, name, _ := strings.Cut(attribute, " ")
		for _, value := range bad {
			wantFault(t, s.SetAttributes("q", map[string]string{name: value}), shape)
		}
	}
	for name, shape := range map[string]string{
		"orders.fifo": "UnsupportedOperation", "a b": "InvalidParameterValueException", "": "InvalidParameterValueException",
		strings.Repeat("q", 81): "InvalidParameterValueException",
	} {
		wantFault(t, s.Create(name, nil, nil), shape)
	}
}
