package sqs

import (
	"net/http"
	"slices"

	"acequia/localstack/cloud/sqs/internal/fault"
)

type getAttributesInput struct {
	onQueue
	AttributeNames []string `query:"AttributeName"`
}

type getAttributesOutput struct {
	Attributes map[string]string `json:",omitempty" query:"Attribute"`
}

func (s *Server) getQueueAttributes(_ *http.Request, in getAttributesInput) (getAttributesOutput, error) {
	name, err := in.name()
	if err != nil {
		return getAttributesOutput{}, err
	}
	all, err := s.store.Attributes(name)
	if err != nil || slices.Contains(in.AttributeNames, "All") {
		return getAttributesOutput{Attributes: all}, err
	}
	some := map[string]string{}
	for _, attribute := range in.AttributeNames {
		if !queueAttributes[attribute] {
			return getAttributesOutput{}, fault.InvalidAttributeName(attribute)
		}
		if value, ok := all[attribute]; ok {
			some[attribute] = value
		}
	}
	return getAttributesOutput{Attributes: some}, nil
}

// queueAttributes holds the attributes that may be asked for (AWS: GetQueueAttributes); those of FIFO queues are never set.
var queueAttributes = map[string]bool{
	"ApproximateNumberOfMessages": true, "ApproximateNumberOfMessagesDelayed": true,
	"ApproximateNumberOfMessagesNotVisible": true, "ContentBasedDeduplication": true, "CreatedTimestamp": true,
	"DeduplicationScope": true, "DelaySeconds": true, "FifoQueue": true, "FifoThroughputLimit": true,
	"KmsDataKeyReusePeriodSeconds": true, "KmsMasterKeyId": true, "LastModifiedTimestamp": true,
	"MaximumMessageSize": true, "MessageRetentionPeriod": true, "Policy": true, "QueueArn": true,
	"ReceiveMessageWaitTimeSeconds": true, "RedriveAllowPolicy": true, "RedrivePolicy": true,
	"SqsManagedSseEnabled": true, "VisibilityTimeout": true,
}

type setAttributesInput struct {
	onQueue
	Attributes map[string]string `query:"Attribute"`
}

func (s *Server) setQueueAttributes(_ *http.Request, in setAttributesInput) (none, error) {
	name, err := in.name()
	if err != nil {
		return none{}, err
	}
	return none{}, s.store.SetAttributes(name, in.Attributes)
}

type tagQueueInput struct {
	onQueue
	Tags map[string]string `query:"Tag,Key"`
}

func (s *Server) tagQueue(_ *http.Request, in tagQueueInput) (none, error) {
	name, err := in.name()
	if err != nil {
		return none{}, err
	}
	return none{}, s.store.Retag(name, in.Tags, nil)
}

type untagQueueInput struct {
	onQueue
	TagKeys []string `query:"TagKey"`
}

func (s *Server) untagQueue(_ *http.Request, in untagQueueInput) (none, error) {
	name, err := in.name()
	if err != nil {
		return none{}, err
	}
	return none{}, s.store.Retag(name, nil, in.TagKeys)
}

type tagsOutput struct {
	Tags map[string]string `json:",omitempty" query:"Tag,Key"`
}

func (s *Server) listQueueTags(_ *http.Request, in onQueue) (tagsOutput, error) {
	name, err := in.name()
	if err != nil {
		return tagsOutput{}, err
	}
	tags, err := s.store.Tags(name)
	return tagsOutput{Tags: tags}, err
}
