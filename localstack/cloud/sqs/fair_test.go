package sqs_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// A tenant that has sent a thousand messages does not keep one that sends a single one waiting.
func TestNoisyGroupDoesNotDelayOthers(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	send := func(group string) {
		_, err := c.SendMessage(t.Context(), &client.SendMessageInput{
			QueueUrl: queue, MessageBody: aws.String(group), MessageGroupId: &group,
		})
		must(t, err)
	}
	receive := func(limit int32) (groups []string) {
		out, err := c.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{
			QueueUrl: queue, MaxNumberOfMessages: limit,
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameMessageGroupId},
		})
		must(t, err)
		for _, m := range out.Messages {
			groups = append(groups, m.Attributes["MessageGroupId"])
		}
		return groups
	}
	for range 1000 {
		send("noisy")
	}
	if got := receive(2); len(got) != 2 || got[0] != "noisy" {
		t.Errorf("received %v while nobody else has sent", got)
	}
	send("quiet")
	send("quiet")
	if got := strings.Join(receive(3), " "); got != "quiet quiet noisy" {
		t.Errorf("received %q; two noisy ones are in flight, so the quiet ones come first", got)
	}
	_, err := c.SendMessage(t.Context(), &client.SendMessageInput{
		QueueUrl: queue, MessageBody: aws.String("x"), MessageGroupId: aws.String("not a group"),
	})
	wantCode(t, err, "InvalidParameterValue")
}
