package cloud

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"acequia/localstack/cloud/events"
	"acequia/localstack/cloud/lambda"
	"acequia/localstack/cloud/s3"
	"acequia/localstack/cloud/template"
)

// deploy makes what the template says. What is there already keeps its contents.
func (c *Cloud) deploy(stack *template.Stack, cfg Config) error {
	for _, left := range stack.Inert {
		c.log.Debug("left out of the local cloud", "what", left.What, "line", left.Line, "reason", left.Reason)
	}
	err := errors.Join(c.deployQueues(stack.Queues), c.deployFunctions(stack.Functions, cfg))
	if err != nil {
		return err
	}
	return errors.Join(c.deployBuckets(stack.Buckets), c.deployMappings(stack.Mappings), c.deployRules(stack.Rules))
}

func (c *Cloud) deployQueues(queues []template.Queue) error {
	for _, q := range queues {
		arn, err := c.sqs.EnsureQueue(q.Name, q.Attributes)
		if err != nil {
			return fmt.Errorf("make the queue %s: %w", q.Name, err)
		}
		c.deployed[arn] = true
	}
	for _, q := range queues {
		if q.DeadLetterARN != "" {
			if err := c.needs("the queue "+q.Name, q.DeadLetterARN); err != nil {
				return err
			}
		}
	}
	return nil
}

// needs checks that what refers to an ARN finds it in the template.
func (c *Cloud) needs(who, arn string) error {
	if !c.deployed[arn] {
		return fmt.Errorf("%s refers to %s, which is not in the template", who, arn)
	}
	return nil
}

func (c *Cloud) deployFunctions(functions []template.Function, cfg Config) error {
	for _, f := range functions {
		for _, queueARN := range []string{f.DeadLetterARN, f.OnFailureARN} {
			if queueARN != "" {
				if err := c.needs("the function "+f.Name, queueARN); err != nil {
					return err
				}
			}
		}
		binary := binaryOf(f, cfg)
		if _, err := os.Stat(binary); err != nil {
			c.log.Warn("a function is not built, and will fail when it is invoked", "function", f.Name, "binary", binary)
		}
		arn, err := c.lambda.AddFunction(lambda.Function{
			Name: f.Name, Description: f.Description, Runtime: f.Runtime, Handler: f.Handler, Binary: binary,
			MemorySize: f.MemorySize, Timeout: f.Timeout, Reserved: f.Reserved, Environment: f.Environment,
			DeadLetterARN: f.DeadLetterARN, OnFailureARN: f.OnFailureARN, MaxRetries: f.MaxRetries, MaxEventAge: f.MaxEventAge,
		})
		if err != nil {
			return err
		}
		c.deployed[arn] = true
	}
	return nil
}

func binaryOf(f template.Function, cfg Config) string {
	if cfg.FunctionBinary != nil {
		return cfg.FunctionBinary(f.Name, f.CodeURI)
	}
	return filepath.Join(filepath.Dir(cfg.TemplatePath), f.CodeURI, "bootstrap")
}

func (c *Cloud) deployBuckets(buckets []template.Bucket) error {
	for _, b := range buckets {
		if err := c.s3.EnsureBucket(b.Name, b.Versioned); err != nil {
			return fmt.Errorf("make the bucket %s: %w", b.Name, err)
		}
		rules := make([]s3.NotificationRule, 0, len(b.Notifications))
		for _, n := range b.Notifications {
			if err := c.needs("a notification of the bucket "+b.Name, n.Target); err != nil {
				return err
			}
			rules = append(rules, s3.NotificationRule(n))
		}
		if err := c.s3.SetNotifications(b.Name, rules); err != nil {
			return fmt.Errorf("set the notifications of the bucket %s: %w", b.Name, err)
		}
	}
	return nil
}

func (c *Cloud) deployMappings(mappings []template.Mapping) error {
	for _, m := range mappings {
		if err := c.needs("an event source mapping of "+m.Function, m.QueueARN); err != nil {
			return err
		}
		if _, err := c.lambda.AddMapping(lambda.Mapping(m)); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cloud) deployRules(rules []template.Rule) error {
	for _, r := range rules {
		rule := events.Rule{Name: r.Name, Description: r.Description, Schedule: r.Schedule, Disabled: r.Disabled}
		for _, t := range r.Targets {
			if err := c.needs("the rule "+r.Name, t.ARN); err != nil {
				return err
			}
			rule.Targets = append(rule.Targets, events.Target(t))
		}
		if _, err := c.events.AddRule(rule); err != nil {
			return err
		}
	}
	return nil
}

// invoke takes an event that a rule or a bucket sends to a function; when it returns, the event is stored.
func (c *Cloud) invoke(ctx context.Context, functionARN string, payload []byte) error {
	_, err := c.lambda.InvokeAsync(ctx, functionARN, payload)
	return err
}

// deliver takes a notification of a bucket. One for what the template no longer has is dropped, as AWS drops it: no retry
// could help.
func (c *Cloud) deliver(ctx context.Context, n s3.Notification) error {
	if !c.deployed[n.Target] {
		c.log.Error("a notification is dropped, as its target is not in the template", "target", n.Target)
		return nil
	}
	if strings.HasPrefix(n.Target, "arn:aws:sqs:") {
		return queues{c.sqs}.Send(ctx, n.Target, string(n.Event), nil)
	}
	return c.invoke(ctx, n.Target, n.Event)
}
