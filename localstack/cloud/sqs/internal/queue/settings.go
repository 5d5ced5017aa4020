package queue

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"acequia/localstack/cloud/sqs/internal/fault"
)

// The limits of a message and of a batch, in bytes, since August 2025 (AWS: "Amazon SQS increases maximum message payload
// size to 1 MiB").
const (
	MaxMessageBytes = 1 << 20
	MaxBatchBytes   = 1 << 20
)

// settings is what a queue's attributes say.
type settings struct {
	delay, retention, wait, visibility time.Duration
	maxBytes                           int
	redrive                            *redrivePolicy // nil: messages are received for ever
}

// redrivePolicy says where a message goes that was received too often.
type redrivePolicy struct {
	TargetARN  string      `json:"deadLetterTargetArn"`
	MaxReceive json.Number `json:"maxReceiveCount"` // AWS takes it as a number and as a string
	max        int
}

// numeric holds the attributes that are whole numbers, with their range and default (AWS: SetQueueAttributes).
var numeric = map[string]struct {
	least, most, standard int
}{
	"DelaySeconds":                  {0, 900, 0},
	"MaximumMessageSize":            {1024, MaxMessageBytes, MaxMessageBytes},
	"MessageRetentionPeriod":        {60, 1209600, 345600},
	"ReceiveMessageWaitTimeSeconds": {0, 20, 0},
	"VisibilityTimeout":             {0, 43200, 30},
}

// redriveAttribute is the attribute that holds a queue's redrive policy, as JSON.
const redriveAttribute = "RedrivePolicy"

// kept holds the attributes that are kept and given back, and have no effect here.
var kept = map[string]bool{
	"KmsDataKeyReusePeriodSeconds": true, "KmsMasterKeyId": true, "Policy": true, "RedriveAllowPolicy": true,
	"SqsManagedSseEnabled": true,
}

// parseSettings reads a queue's attributes; those that are missing have AWS's defaults.
func parseSettings(attributes map[string]string) (settings, error) {
	numbers := map[string]int{}
	for name, limits := range numeric {
		numbers[name] = limits.standard
	}
	set := settings{}
	for name, value := range attributes {
		var err error
		switch _, isNumber := numeric[name]; {
		case isNumber:
			numbers[name], err = parseNumber(name, value)
		case name == redriveAttribute:
			set.redrive, err = parseRedrive(value)
		case !kept[name]:
			err = fault.InvalidAttributeName(name)
		}
		if err != nil {
			return settings{}, err
		}
	}
	seconds := func(name string) time.Duration { return time.Duration(numbers[name]) * time.Second }
	set.delay = seconds("DelaySeconds")
	set.retention = seconds("MessageRetentionPeriod")
	set.wait = seconds("ReceiveMessageWaitTimeSeconds")
	set.visibility = seconds("VisibilityTimeout")
	set.maxBytes = numbers["MaximumMessageSize"]
	return set, nil
}

func parseNumber(name, value string) (int, error) {
	limits := numeric[name]
	n, err := strconv.Atoi(value)
	if err != nil || n < limits.least || n > limits.most {
		return 0, fault.InvalidAttributeValue(name, value,
			fmt.Sprintf("Must be a whole number from %d to %d.", limits.least, limits.most))
	}
	return n, nil
}

// parseRedrive reads a redrive policy. The empty text takes a policy away, as on AWS.
func parseRedrive(value string) (*redrivePolicy, error) {
	if value == "" {
		return nil, nil //nolint:nilnil // No policy is a policy: nothing is redriven.
	}
	var p redrivePolicy
	if err := json.Unmarshal([]byte(value), &p); err != nil {
		return nil, fault.InvalidAttributeValue(redriveAttribute, value, "Redrive policy is not a valid JSON map.")
	}
	if !strings.HasPrefix(p.TargetARN, "arn:aws:sqs:") {
		return nil, fault.InvalidAttributeValue(redriveAttribute, value, "deadLetterTargetArn is not the ARN of a queue.")
	}
	var err error
	if p.max, err = strconv.Atoi(p.MaxReceive.String()); err != nil || p.max < 1 || p.max > 1000 {
		return nil, fault.InvalidAttributeValue(redriveAttribute, value, "maxReceiveCount must be from 1 to 1000.")
	}
	return &p, nil
}
