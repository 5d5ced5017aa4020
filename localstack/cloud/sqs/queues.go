package sqs

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"

	"acequia/localstack/cloud/sqs/internal/fault"
)

type createQueueInput struct {
	QueueName  string
	Attributes map[string]string `query:"Attribute"`
	Tags       map[string]string `json:"tags" query:"Tag,Key"`
}

type queueURLOutput struct {
	QueueURL string `json:"QueueUrl" query:"QueueUrl"`
}

func (s *Server) createQueue(r *http.Request, in createQueueInput) (queueURLOutput, error) {
	if in.QueueName == "" {
		return queueURLOutput{}, fault.MissingParameter("QueueName")
	}
	err := s.store.Create(in.QueueName, in.Attributes, in.Tags)
	return queueURLOutput{QueueURL: urlOf(r, in.QueueName)}, err
}

func (s *Server) getQueueURL(r *http.Request, in struct{ QueueName string }) (queueURLOutput, error) {
	if in.QueueName == "" {
		return queueURLOutput{}, fault.MissingParameter("QueueName")
	}
	_, err := s.store.Tags(in.QueueName)
	return queueURLOutput{QueueURL: urlOf(r, in.QueueName)}, err
}

func (s *Server) deleteQueue(_ *http.Request, in onQueue) (none, error) {
	name, err := in.name()
	if err != nil {
		return none{}, err
	}
	return none{}, s.store.Drop(name)
}

func (s *Server) purgeQueue(_ *http.Request, in onQueue) (none, error) {
	name, err := in.name()
	if err != nil {
		return none{}, err
	}
	return none{}, s.store.Purge(name)
}

// page is the input of calls that give a list in parts.
type page struct {
	MaxResults *int
	NextToken  string
}

type listQueuesInput struct {
	page
	QueueNamePrefix string
}

type listQueuesOutput struct {
	QueueURLs []string `json:"QueueUrls,omitempty" query:"QueueUrl"`
	NextToken string   `json:",omitempty"`
}

func (s *Server) listQueues(r *http.Request, in listQueuesInput) (listQueuesOutput, error) {
	urls, token, err := in.cut(r, s.store.Names(in.QueueNamePrefix))
	return listQueuesOutput{QueueURLs: urls, NextToken: token}, err
}

type listSourcesInput struct {
	onQueue
	page
}

// listSourcesOutput has AWS's spelling: here alone the list's name starts with a small letter.
type listSourcesOutput struct {
	QueueURLs []string `json:"queueUrls" query:"QueueUrl"`
	NextToken string   `json:",omitempty"`
}

func (s *Server) listDeadLetterSourceQueues(r *http.Request, in listSourcesInput) (listSourcesOutput, error) {
	name, err := in.name()
	if err != nil {
		return listSourcesOutput{}, err
	}
	names, err := s.store.Sources(name)
	if err != nil {
		return listSourcesOutput{}, err
	}
	urls, token, err := in.cut(r, names)
	return listSourcesOutput{QueueURLs: urls, NextToken: token}, err
}

// maxPage is how many queues AWS lists at once at most.
const maxPage = 1000

// cut gives the part of the sorted names that was asked for as URLs, and the token of the next part, which is its first
// name. As on AWS there is a token only if the client has set MaxResults.
func (p page) cut(r *http.Request, names []string) (urls []string, token string, err error) {
	limit := maxPage
	if p.MaxResults != nil {
		if limit = *p.MaxResults; limit < 1 || limit > maxPage {
			return nil, "", fault.InvalidParameter("MaxResults", fmt.Sprint(limit), "Must be from 1 to 1000.")
		}
	}
	from, err := base64.URLEncoding.DecodeString(p.NextToken)
	if err != nil {
		return nil, "", fault.InvalidParameter("NextToken", p.NextToken, "It was not given out by this call.")
	}
	at, _ := slices.BinarySearch(names, string(from))
	names = names[at:]
	if len(names) > limit {
		if p.MaxResults != nil {
			token = base64.URLEncoding.EncodeToString([]byte(names[limit]))
		}
		names = names[:limit]
	}
	urls = []string{}
	for _, name := range names {
		urls = append(urls, urlOf(r, name))
	}
	return urls, token, nil
}
