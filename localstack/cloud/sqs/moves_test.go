package sqs_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func arnOf(name string) *string { return aws.String("arn:aws:sqs:us-east-1:000000000000:" + name) }

// graveyard makes the queue "dead" and queues whose messages die there after one receipt, and gives their URLs.
func graveyard(t *testing.T, c *client.Client, names ...string) (dead *string, queues []*string) {
	t.Helper()
	made, err := c.CreateQueue(t.Context(), &client.CreateQueueInput{QueueName: aws.String("dead")})
	must(t, err)
	for _, name := range names {
		q, err := c.CreateQueue(t.Context(), &client.CreateQueueInput{QueueName: &name, Attributes: map[string]string{
			"RedrivePolicy": `{"deadLetterTargetArn":"` + *arnOf("dead") + `","maxReceiveCount":1}`,
		}})
		must(t, err)
		queues = append(queues, q.QueueUrl)
	}
	return made.QueueUrl, queues
}

// die sends messages and receives each until it is dead.
func die(t *testing.T, c *client.Client, queue *string, bodies ...string) {
	t.Helper()
	for _, body := range bodies {
		_, err := c.SendMessage(t.Context(), &client.SendMessageInput{QueueUrl: queue, MessageBody: &body})
		must(t, err)
	}
	for received := 1; received > 0; {
		out, err := c.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{QueueUrl: queue, VisibilityTimeout: 0, MaxNumberOfMessages: 10})
		must(t, err)
		received = len(out.Messages)
		for _, m := range out.Messages {
			_, err := c.ChangeMessageVisibility(t.Context(), &client.ChangeMessageVisibilityInput{QueueUrl: queue, ReceiptHandle: m.ReceiptHandle})
			must(t, err)
		}
	}
}

func startMove(t *testing.T, c *client.Client, in *client.StartMessageMoveTaskInput) *string {
	t.Helper()
	out, err := c.StartMessageMoveTask(t.Context(), in)
	must(t, err)
	return out.TaskHandle
}

// newestMove waits until the newest task of the queue "dead" has one of these statuses, and gives it.
func newestMove(t *testing.T, c *client.Client, statuses ...string) types.ListMessageMoveTasksResultEntry {
	t.Helper()
	var tasks []types.ListMessageMoveTasksResultEntry
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		out, err := c.ListMessageMoveTasks(t.Context(), &client.ListMessageMoveTasksInput{SourceArn: arnOf("dead")})
		must(t, err)
		tasks = out.Results
		if len(tasks) == 1 && slices.Contains(statuses, *tasks[0].Status) {
			return tasks[0]
		}
	}
	t.Fatalf("waited in vain for %v: %+v", statuses, tasks)
	return types.ListMessageMoveTasksResultEntry{}
}

// all receives what is visible, and gives the messages by their bodies.
func all(t *testing.T, c *client.Client, queue *string) map[string]types.Message {
	t.Helper()
	messages := map[string]types.Message{}
	for {
		out, err := c.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{
			QueueUrl: queue, MaxNumberOfMessages: 10, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"},
		})
		must(t, err)
		if len(out.Messages) == 0 {
			return messages
		}
		for _, m := range out.Messages {
			if _, twice := messages[*m.Body]; twice {
				t.Errorf("%s is there twice", *m.Body)
			}
			messages[*m.Body] = m
		}
	}
}

func TestMessagesMoveBackToWhereTheyDied(t *testing.T) {
	t.Parallel()
	_, url := start(t)
	c := connect(url)
	dead, queues := graveyard(t, c, "one", "two")
	die(t, c, queues[0], "a", "b")
	die(t, c, queues[1], "c", "d")
	seen := all(t, c, dead)
	for _, m := range seen {
		_, err := c.ChangeMessageVisibility(t.Context(), &client.ChangeMessageVisibilityInput{QueueUrl: dead, ReceiptHandle: m.ReceiptHandle})
		must(t, err)
	}
	startMove(t, c, &client.StartMessageMoveTaskInput{SourceArn: arnOf("dead")})
	task := newestMove(t, c, "COMPLETED")
	if task.ApproximateNumberOfMessagesMoved != 4 || *task.ApproximateNumberOfMessagesToMove != 4 || *task.SourceArn != *arnOf("dead") ||
		task.TaskHandle != nil || task.DestinationArn != nil || task.MaxNumberOfMessagesPerSecond != nil || task.FailureReason != nil ||
		time.Since(time.UnixMilli(task.StartedTimestamp)) > time.Minute {
		t.Errorf("the task: %+v", task)
	}
	for i, bodies := range [][]string{{"a", "b"}, {"c", "d"}} {
		messages := all(t, c, queues[i])
		for _, body := range bodies {
			m := messages[body]
			if m.MessageId == nil || *m.MessageId == *seen[body].MessageId || m.Attributes["ApproximateReceiveCount"] != "1" ||
				m.Attributes["DeadLetterQueueSourceArn"] != "" || m.Attributes["SentTimestamp"] < seen[body].Attributes["SentTimestamp"] {
				t.Errorf("%+v moved and became %+v", seen[body], m)
			}
		}
	}
	wantCounts(t, c, dead, "0", "0", "0")
}

func TestMoveIsCancelled(t *testing.T) {
	t.Parallel()
	_, url := start(t)
	c := connect(url)
	dead, queues := graveyard(t, c, "one", "elsewhere")
	die(t, c, queues[0], "a", "b", "c", "d", "e")
	handle := startMove(t, c, &client.StartMessageMoveTaskInput{
		SourceArn: arnOf("dead"), DestinationArn: arnOf("elsewhere"), MaxNumberOfMessagesPerSecond: aws.Int32(1),
	})
	task := newestMove(t, c, "RUNNING")
	if *task.TaskHandle != *handle || *task.DestinationArn != *arnOf("elsewhere") || *task.MaxNumberOfMessagesPerSecond != 1 {
		t.Errorf("the task: %+v", task)
	}
	_, err := c.StartMessageMoveTask(t.Context(), &client.StartMessageMoveTaskInput{SourceArn: arnOf("dead")})
	wantCode(t, err, "InvalidParameterValue")
	cancelled, err := c.CancelMessageMoveTask(t.Context(), &client.CancelMessageMoveTaskInput{TaskHandle: handle})
	must(t, err)
	newestMove(t, c, "CANCELLING", "CANCELLED")
	_, err = c.CancelMessageMoveTask(t.Context(), &client.CancelMessageMoveTaskInput{TaskHandle: handle})
	wantCode(t, err, "AWS.SimpleQueueService.UnsupportedOperation")
	task = newestMove(t, c, "CANCELLED")
	if moved := task.ApproximateNumberOfMessagesMoved; moved != cancelled.ApproximateNumberOfMessagesMoved || moved > 4 {
		t.Errorf("%d messages have moved, and %d when it was cancelled", moved, cancelled.ApproximateNumberOfMessagesMoved)
	}
	if got := len(all(t, c, dead)) + len(all(t, c, queues[1])); got != 5 {
		t.Errorf("%d messages are left of 5", got)
	}
}

func TestMoveFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, reason string
		destination  *string
	}{
		{"a message that was sent to the dead-letter queue", "CouldNotDetermineMessageSource", nil},
		{"a queue that is deleted meanwhile", "AWS.SimpleQueueService.NonExistentQueue", arnOf("elsewhere")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, url := start(t)
			c := connect(url)
			dead, queues := graveyard(t, c, "one", "elsewhere")
			_, err := c.SendMessage(t.Context(), &client.SendMessageInput{QueueUrl: dead, MessageBody: aws.String("stays")})
			must(t, err)
			startMove(t, c, &client.StartMessageMoveTaskInput{
				SourceArn: arnOf("dead"), DestinationArn: test.destination, MaxNumberOfMessagesPerSecond: aws.Int32(2),
			})
			_, err = c.DeleteQueue(t.Context(), &client.DeleteQueueInput{QueueUrl: queues[1]})
			must(t, err)
			if task := newestMove(t, c, "FAILED"); *task.FailureReason != test.reason || task.ApproximateNumberOfMessagesMoved != 0 {
				t.Errorf("the task: %+v", task)
			}
			if got := all(t, c, dead); len(got) != 1 {
				t.Errorf("left: %v", got)
			}
		})
	}
}

// AWS's answers were recorded by LocalStack's tests, which run against AWS (tests/aws/services/sqs/test_sqs_move_task.py).
func TestMoveIsRefused(t *testing.T) {
	t.Parallel()
	_, url := start(t)
	c := connect(url)
	graveyard(t, c, "one")
	for _, test := range []struct {
		in   client.StartMessageMoveTaskInput
		code string
	}{
		{client.StartMessageMoveTaskInput{SourceArn: arnOf("one")}, "InvalidParameterValue"}, // no dead-letter queue
		{client.StartMessageMoveTaskInput{SourceArn: arnOf("nowhere")}, "ResourceNotFoundException"},
		{client.StartMessageMoveTaskInput{SourceArn: aws.String("dead")}, "ResourceNotFoundException"},
		{client.StartMessageMoveTaskInput{SourceArn: arnOf("dead"), DestinationArn: arnOf("nowhere")}, "ResourceNotFoundException"},
		{client.StartMessageMoveTaskInput{SourceArn: arnOf("dead"), DestinationArn: arnOf("dead")}, "InvalidParameterValue"},
		{client.StartMessageMoveTaskInput{SourceArn: arnOf("dead"), MaxNumberOfMessagesPerSecond: aws.Int32(501)}, "InvalidParameterValue"},
	} {
		_, err := c.StartMessageMoveTask(t.Context(), &test.in)
		wantCode(t, err, test.code)
	}
	for handle, code := range map[string]string{
		"nonsense": "InvalidParameterValue",
		"eyJ0YXNrSWQiOiJ4Iiwic291cmNlQXJuIjoiYXJuOmF3czpzcXM6dXMtZWFzdC0xOjAwMDAwMDAwMDAwMDpub3doZXJlIn0=": "ResourceNotFoundException", // of a queue nowhere
		"eyJ0YXNrSWQiOiJ4Iiwic291cmNlQXJuIjoiYXJuOmF3czpzcXM6dXMtZWFzdC0xOjAwMDAwMDAwMDAwMDpkZWFkIn0=":     "ResourceNotFoundException", // of no task
	} {
		_, err := c.CancelMessageMoveTask(t.Context(), &client.CancelMessageMoveTaskInput{TaskHandle: &handle})
		wantCode(t, err, code)
	}
	_, err := c.ListMessageMoveTasks(t.Context(), &client.ListMessageMoveTasksInput{SourceArn: arnOf("dead"), MaxResults: aws.Int32(11)})
	wantCode(t, err, "InvalidParameterValue")
}

func TestMovesInTheQueryProtocol(t *testing.T) {
	t.Parallel()
	_, url := start(t)
	c := connect(url)
	_, queues := graveyard(t, c, "one")
	die(t, c, queues[0], "a", "b")
	var started struct {
		Handle string `xml:"StartMessageMoveTaskResult>TaskHandle"`
	}
	ask(t, &started, url, "StartMessageMoveTask", "SourceArn="+*arnOf("dead"), "MaxNumberOfMessagesPerSecond=1")
	var listed struct {
		Results []struct {
			TaskHandle, Status                string
			ApproximateNumberOfMessagesMoved  *int
			ApproximateNumberOfMessagesToMove int
			StartedTimestamp                  int64
		} `xml:"ListMessageMoveTasksResult>ListMessageMoveTasksResultEntry"`
	}
	ask(t, &listed, url, "ListMessageMoveTasks", "SourceArn="+*arnOf("dead"), "MaxResults=10")
	if len(listed.Results) != 1 || listed.Results[0].TaskHandle != started.Handle || listed.Results[0].Status != "RUNNING" ||
		listed.Results[0].ApproximateNumberOfMessagesMoved == nil || listed.Results[0].ApproximateNumberOfMessagesToMove != 2 ||
		listed.Results[0].StartedTimestamp == 0 {
		t.Errorf("listed: %+v", listed)
	}
	var cancelled struct {
		XMLName xml.Name `xml:"CancelMessageMoveTaskResponse"`
		Moved   *int     `xml:"CancelMessageMoveTaskResult>ApproximateNumberOfMessagesMoved"`
	}
	ask(t, &cancelled, url, "CancelMessageMoveTask", "TaskHandle="+started.Handle)
	if cancelled.Moved == nil {
		t.Error("the answer does not tell how many messages have moved")
	}
}

// cli runs the AWS CLI, whose answer is JSON.
func cli(t *testing.T, url string, into any, arguments ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "aws", append([]string{"--endpoint-url", url, "--output", "json", "sqs"}, arguments...)...)
	command.Env = append(command.Environ(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1")
	out, err := command.Output()
	if err == nil {
		err = json.Unmarshal(out, into)
	}
	if err != nil {
		t.Fatalf("aws %s (https://aws.amazon.com/cli must be installed): %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

func TestMovesWithTheCLI(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("the AWS CLI is not installed here (https://aws.amazon.com/cli); the other tests speak to the server with the SDK")
	}
	_, url := start(t)
	c := connect(url)
	_, queues := graveyard(t, c, "one")
	die(t, c, queues[0], "a", "b")
	var started, listed struct {
		TaskHandle string
		Results    []struct {
			Status                           string
			ApproximateNumberOfMessagesMoved int
		}
	}
	cli(t, url, &started, "start-message-move-task", "--source-arn", *arnOf("dead"))
	newestMove(t, c, "COMPLETED")
	cli(t, url, &listed, "list-message-move-tasks", "--source-arn", *arnOf("dead"), "--max-results", "10")
	if started.TaskHandle == "" || len(listed.Results) != 1 || listed.Results[0].Status != "COMPLETED" ||
		listed.Results[0].ApproximateNumberOfMessagesMoved != 2 {
		t.Errorf("started %+v, listed %+v", started, listed)
	}
}

// A task that is under way when the server is killed goes on afterwards, and moves every message once.
func TestMoveSurvivesKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url, kill := startVictim(t, dir)
	c := connect(url)
	_, queues := graveyard(t, c, "one", "elsewhere")
	const messages = 60
	var bodies []string
	for i := range messages {
		bodies = append(bodies, fmt.Sprint(i))
	}
	die(t, c, queues[0], bodies...)
	startMove(t, c, &client.StartMessageMoveTaskInput{
		SourceArn: arnOf("dead"), DestinationArn: arnOf("elsewhere"), MaxNumberOfMessagesPerSecond: aws.Int32(100),
	})
	for newestMove(t, c, "RUNNING").ApproximateNumberOfMessagesMoved == 0 {
		time.Sleep(time.Millisecond)
	}
	kill()
	url, _ = startVictim(t, dir)
	c = connect(url)
	if task := newestMove(t, c, "COMPLETED"); task.ApproximateNumberOfMessagesMoved != messages {
		t.Errorf("the task: %+v", task)
	}
	if got := all(t, c, aws.String(url+"/000000000000/elsewhere")); len(got) != messages {
		t.Errorf("%d messages have arrived of %d", len(got), messages)
	}
}
