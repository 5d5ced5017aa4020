package s3

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
)

// NotificationRule says which events of a bucket are told to which target.
type NotificationRule struct {
	// ID names the rule; events carry it as configurationId.
	ID string
	// Events are types such as "s3:ObjectCreated:Put" or "s3:ObjectCreated:*".
	Events []string
	// Prefix and Suffix of the key; empty fits every key.
	Prefix, Suffix string
	// Target is the ARN of a queue, a topic or a function.
	Target string
}

// SetNotifications replaces the bucket's rules. Unlike PutBucketNotificationConfiguration it sends no test event: it is
// for whoever sets up the local cloud, at every start.
func (s *Server) SetNotifications(bucketName string, rules []NotificationRule) error {
	rules = slices.Clone(rules)
	for i := range rules {
		if rules[i].ID == "" {
			rules[i].ID = randomHex(16)
		}
	}
	return s.changeBucket(bucketName, func(_ *tx, b *bucket) error {
		b.Rules = rules
		return nil
	})
}

// fits tells if the rule wants an event, named without "s3:".
func (n NotificationRule) fits(event, key string) bool {
	return strings.HasPrefix(key, n.Prefix) && strings.HasSuffix(key, n.Suffix) &&
		slices.ContainsFunc(n.Events, func(pattern string) bool {
			pattern = strings.TrimPrefix(pattern, "s3:")
			family, isFamily := strings.CutSuffix(pattern, "*")
			return pattern == event || isFamily && strings.HasPrefix(event, family)
		})
}

// service is the target's, as the third part of its ARN has it: sqs, sns or lambda.
func (n NotificationRule) service() string {
	parts := strings.SplitN(n.Target, ":", 4)
	if len(parts) < 4 || parts[0] != "arn" {
		return ""
	}
	return parts[2]
}

// notificationConfiguration is S3's document of the rules.
type notificationConfiguration struct {
	XMLName   xml.Name       `xml:"http://s3.amazonaws.com/doc/2006-03-01/ NotificationConfiguration"`
	Queues    []ruleDocument `xml:"QueueConfiguration"`
	Topics    []ruleDocument `xml:"TopicConfiguration"`
	Functions []ruleDocument `xml:"CloudFunctionConfiguration"`
}

type ruleDocument struct {
	ID       string   `xml:"Id,omitempty"`
	Queue    string   `xml:",omitempty"`
	Topic    string   `xml:",omitempty"`
	Function string   `xml:"CloudFunction,omitempty"`
	Events   []string `xml:"Event"`
	Filter   *keyFilter
}

type keyFilter struct {
	Rules []filterRule `xml:"S3Key>FilterRule"`
}

type filterRule struct {
	Name  string
	Value string
}

// rule reads one rule of a document.
func (d ruleDocument) rule() (NotificationRule, error) {
	rule := NotificationRule{ID: d.ID, Events: d.Events, Target: d.Queue + d.Topic + d.Function}
	if rule.ID == "" {
		rule.ID = randomHex(16)
	}
	if err := d.Filter.apply(&rule); err != nil {
		return rule, err
	}
	if rule.service() == "" {
		return rule, invalidArgument("The ARN is not well formed: %q", rule.Target)
	}
	for _, event := range rule.Events {
		if !strings.HasPrefix(event, "s3:Object") {
			return rule, notEmulated("A notification about " + event)
		}
	}
	return rule, nil
}

// apply sets the rule's prefix and suffix. There may be no filter.
func (f *keyFilter) apply(rule *NotificationRule) error {
	if f == nil {
		return nil
	}
	for _, filter := range f.Rules {
		switch strings.ToLower(filter.Name) {
		case "prefix":
			rule.Prefix = filter.Value
		case "suffix":
			rule.Suffix = filter.Value
		default:
			return invalidArgument("filter rule name must be either prefix or suffix")
		}
	}
	return nil
}

func documentOf(rule NotificationRule) ruleDocument {
	d := ruleDocument{ID: rule.ID, Events: rule.Events}
	var filters []filterRule
	if rule.Prefix != "" {
		filters = append(filters, filterRule{"Prefix", rule.Prefix})
	}
	if rule.Suffix != "" {
		filters = append(filters, filterRule{"Suffix", rule.Suffix})
	}
	if filters != nil {
		d.Filter = &keyFilter{filters}
	}
	return d
}

func (s *Server) getNotifications(w http.ResponseWriter, r *request) error {
	b, err := s.lookUpBucket(r.bucket)
	if err != nil {
		return err
	}
	var answer notificationConfiguration
	for _, rule := range b.Rules {
		d := documentOf(rule)
		switch rule.service() {
		case "sqs":
			d.Queue = rule.Target
			answer.Queues = append(answer.Queues, d)
		case "sns":
			d.Topic = rule.Target
			answer.Topics = append(answer.Topics, d)
		default:
			d.Function = rule.Target
			answer.Functions = append(answer.Functions, d)
		}
	}
	return writeXML(w, answer)
}

// putNotifications replaces the bucket's rules, and sends s3:TestEvent to queues and topics; S3 sends none to functions.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html.
func (s *Server) putNotifications(_ http.ResponseWriter, r *request) error {
	var want struct {
		notificationConfiguration
		XMLName     xml.Name  `xml:"NotificationConfiguration"`
		EventBridge *struct{} `xml:"EventBridgeConfiguration"`
	}
	if err := r.readXML(&want); err != nil {
		return err
	}
	if want.EventBridge != nil {
		return notEmulated("PutBucketNotificationConfiguration with EventBridgeConfiguration")
	}
	var rules []NotificationRule
	for _, document := range slices.Concat(want.Queues, want.Topics, want.Functions) {
		rule, err := document.rule()
		if err != nil {
			return err
		}
		rules = append(rules, rule)
	}
	return s.changeBucket(r.bucket, func(t *tx, b *bucket) error {
		b.Rules = rules
		for _, rule := range rules {
			if rule.service() == "lambda" {
				continue
			}
			if err := t.enqueue(Notification{Target: rule.Target, Event: s.testEvent(r)}); err != nil {
				return err
			}
		}
		return nil
	})
}
