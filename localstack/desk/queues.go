package desk

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Queue is a queue's depth, with that of its dead-letter queue.
type Queue struct {
	// Name is without the stack's prefix.
	Name                       string
	Waiting, InFlight, Delayed int64
	// Dead counts the messages in its dead-letter queue, if it has one.
	Dead    int64
	HasDead bool
	// DeadOnly tells that it is a dead-letter queue that belongs to no queue, but to a function.
	DeadOnly bool
}

// depth is how many messages one queue holds.
type depth struct{ waiting, inFlight, delayed int64 }

// Queues gives all queues whose names start with prefix, in the order in which a file's messages pass through them.
func Queues(ctx context.Context, client *sqs.Client, prefix string) ([]Queue, error) {
	depths := map[string]depth{}
	pages := sqs.NewListQueuesPaginator(client, &sqs.ListQueuesInput{QueueNamePrefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the queues: %w", err)
		}
		for _, url := range page.QueueUrls {
			d, err := depthOf(ctx, client, url)
			if err != nil {
				return nil, err
			}
			depths[strings.TrimPrefix(path.Base(url), prefix)] = d
		}
	}
	return pair(depths), nil
}

func depthOf(ctx context.Context, client *sqs.Client, url string) (depth, error) {
	got, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	if err != nil {
		return depth{}, fmt.Errorf("asking how deep the queue %s is: %w", url, err)
	}
	number := func(name types.QueueAttributeName) int64 {
		n, err := strconv.ParseInt(got.Attributes[string(name)], 10, 64)
		if err != nil {
			return 0 // an emulator that does not count it
		}
		return n
	}
	return depth{
		waiting:  number(types.QueueAttributeNameApproximateNumberOfMessages),
		inFlight: number(types.QueueAttributeNameApproximateNumberOfMessagesNotVisible),
		delayed:  number(types.QueueAttributeNameApproximateNumberOfMessagesDelayed),
	}, nil
}

const deadSuffix = "-dlq"

// flow is the order of the queues; others come after them.
var flow = []string{"ingest" + deadSuffix, "chunks", "cleaned", "rows"}

// pair puts each queue together with its dead-letter queue, whose name is the same with a suffix.
func pair(depths map[string]depth) []Queue {
	names := slices.SortedFunc(maps.Keys(depths), func(a, b string) int {
		return compareFlow(a, b, flow)
	})
	var queues []Queue
	for _, name := range names {
		base, isDead := strings.CutSuffix(name, deadSuffix)
		if _, owned := depths[base]; isDead && owned {
			continue
		}
		d := depths[name]
		if isDead {
			queues = append(queues, Queue{Name: base, Dead: d.waiting + d.inFlight, HasDead: true, DeadOnly: true})
			continue
		}
		dead, hasDead := depths[name+deadSuffix]
		queues = append(queues, Queue{
			Name: name, Waiting: d.waiting, InFlight: d.inFlight, Delayed: d.delayed,
			Dead: dead.waiting + dead.inFlight, HasDead: hasDead,
		})
	}
	return queues
}

// compareFlow compares by the place in the flow, and by name for what has none.
func compareFlow(a, b string, flow []string) int {
	place := func(name string) int {
		if i := slices.Index(flow, name); i >= 0 {
			return i
		}
		return len(flow)
	}
	if d := place(a) - place(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
