package sqs_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	client "github.com/aws/aws-sdk-go-v2/service/sqs"
)

// BenchmarkRound sends, receives and deletes one message after another, with 0 and with 100,000 others in the queue.
func BenchmarkRound(b *testing.B) {
	for _, others := range []int{0, 100_000} {
		b.Run(strconv.Itoa(others), func(b *testing.B) {
			s, _ := start(b)
			arn, err := s.EnsureQueue("chunks", nil)
			must(b, err)
			body := fmt.Sprintf("%1000d", 0)
			for range others {
				must(b, s.Send(b.Context(), arn, body))
			}
			for b.Loop() {
				must(b, s.Send(b.Context(), arn, body))
				got, err := s.Receive(b.Context(), arn, 1, 0)
				must(b, err)
				must(b, s.Delete(b.Context(), arn, got[0].ReceiptHandle))
			}
		})
	}
}

// BenchmarkClients sends, receives and deletes with the SDK over HTTP, from several clients at once.
func BenchmarkClients(b *testing.B) {
	c, queue := withQueue(b)
	body := strings.Repeat("b", 1000)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, err := c.SendMessage(b.Context(), &client.SendMessageInput{QueueUrl: queue, MessageBody: &body})
			must(b, err)
			got, err := c.ReceiveMessage(b.Context(), &client.ReceiveMessageInput{QueueUrl: queue, WaitTimeSeconds: 1})
			must(b, err)
			for _, m := range got.Messages {
				_, err := c.DeleteMessage(b.Context(), &client.DeleteMessageInput{QueueUrl: queue, ReceiptHandle: m.ReceiptHandle})
				must(b, err)
			}
		}
	})
}
