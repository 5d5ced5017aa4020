package cloud_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"acequia/localstack/cloud"
	"acequia/localstack/cloud/faults"
	"acequia/localstack/cloud/internal/testfunction"
)

// setFaults asks the door.
func setFaults(t *testing.T, address, method string, plan any) (status int, body string) {
	t.Helper()
	encoded, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+"/_acequia/faults", bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, r)
}

// always is a plan with one fault, which always happens.
func always(kind faults.Kind) faults.Plan {
	return faults.Plan{Seed: 1, MaxDelay: 50, Probability: map[faults.Kind]float64{kind: 1}}
}

func switchOn(t *testing.T, c *cloud.Cloud, p faults.Plan) {
	t.Helper()
	if err := c.StartFaults(p); err != nil {
		t.Fatal(err)
	}
}

func TestDoorOfFaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, address, _ := start(t, dir)
	plan := faults.Plan{Seed: 7, Probability: map[faults.Kind]float64{faults.NotificationLost: 1}, MaxVisibility: 300}
	if status, body := setFaults(t, address, http.MethodPut, plan); status != 200 || !strings.Contains(body, `"on":true`) {
		t.Errorf("PUT: %d %s", status, body)
	}
	put(t, address, "lost.csv")
	waitUntil(t, "the notification is lost", func() bool { return c.Faults().Injected[faults.NotificationLost] == 1 })
	var report faults.Report
	_, body := setFaults(t, address, http.MethodGet, nil)
	if err := json.Unmarshal([]byte(body), &report); err != nil || report.Plan.Seed != 7 || report.Injected[faults.NotificationLost] != 1 {
		t.Errorf("GET: %s (%v)", body, err)
	}
	if status, body := setFaults(t, address, http.MethodDelete, nil); status != 200 || !strings.Contains(body, `"on":false`) {
		t.Errorf("DELETE: %d %s", status, body)
	}
	put(t, address, "kept.csv")
	if got := notes(t, dir, 1); !strings.Contains(got[0], "kept.csv") {
		t.Errorf("invocations: %v", got)
	}
	for method, want := range map[string]int{http.MethodPut: 400, http.MethodPost: 405} {
		if status, body := setFaults(t, address, method, map[string]int{"sead": 1}); status != want {
			t.Errorf("%s: %d %s", method, status, body)
		}
	}
}

// process gives the id of the intake function's process, and the configuration with which it calls the local cloud.
func process(t *testing.T, dir, address string) (pid int, config aws.Config) {
	t.Helper()
	note := filepath.Join(dir, "process")
	out, err := awslambda.NewFromConfig(sdk(address)).Invoke(t.Context(), &awslambda.InvokeInput{
		FunctionName: aws.String("intake"), Payload: testfunction.Command{Do: "environment", Note: note}.JSON(),
	})
	if err != nil {
		t.Fatal(err)
	}
	var seen map[string]string
	if err := json.Unmarshal(out.Payload, &seen); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(b), " ")
	if pid, err = strconv.Atoi(first); err != nil {
		t.Fatal(err)
	}
	config = sdk(address)
	config.Credentials = credentials.NewStaticCredentialsProvider(seen["AWS_ACCESS_KEY_ID"], "local", "local")
	config.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return pid, config
}

func exists(t *testing.T, address, key string) bool {
	t.Helper()
	status, _ := request(t, address, "/raw/"+key, nil)
	return status == http.StatusOK
}

// Each fault of a request is as AWS's own client sees it, and carried out or not as it says.
func TestRequestsOfFunctionsMeetFaults(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	putAs := func(ctx context.Context, config aws.Config) error {
		s3 := awss3.NewFromConfig(config, func(o *awss3.Options) { o.UsePathStyle = true })
		_, err := s3.PutObject(ctx, &awss3.PutObjectInput{
			Bucket: aws.String("raw"), Key: aws.String("new"), Body: bytes.NewReader(make([]byte, size)),
		})
		return err
	}
	getAs := func(ctx context.Context, config aws.Config) error {
		s3 := awss3.NewFromConfig(config, func(o *awss3.Options) { o.UsePathStyle = true })
		out, err := s3.GetObject(ctx, &awss3.GetObjectInput{Bucket: aws.String("raw"), Key: aws.String("old")})
		if err != nil {
			return err
		}
		defer out.Body.Close()
		_, err = io.Copy(io.Discard, out.Body)
		return err
	}
	sendAs := func(ctx context.Context, config aws.Config) error {
		url := *config.BaseEndpoint + "/000000000000/removed"
		_, err := awssqs.NewFromConfig(config).SendMessage(ctx, &awssqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("new")})
		return err
	}
	for _, test := range []struct {
		kind    faults.Kind
		do      func(context.Context, aws.Config) error
		code    string // of the API's error; empty if there is no answer
		done    bool
		partial bool // the answer, which has begun
		killed  bool
	}{
		{kind: faults.S3SlowDown, do: putAs, code: "SlowDown"},
		{kind: faults.S3InternalError, do: putAs, code: "InternalError"},
		{kind: faults.S3RequestCut, do: putAs},
		{kind: faults.S3AnswerCut, do: putAs, done: true},
		{kind: faults.S3AnswerCut, do: getAs, partial: true},
		{kind: faults.SQSUnavailable, do: sendAs, code: "ServiceUnavailable"},
		{kind: faults.SQSThrottled, do: sendAs, code: "RequestThrottled"},
		{kind: faults.SQSAnswerCut, do: sendAs, done: true},
		{kind: faults.KillBefore, do: putAs, killed: true},
		{kind: faults.KillAfter, do: putAs, killed: true, done: true},
		{kind: faults.KillBefore, do: sendAs, killed: true},
		{kind: faults.KillAfter, do: sendAs, killed: true, done: true},
	} {
		t.Run(string(test.kind), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c, address, _ := start(t, dir)
			pid, config := process(t, dir, address)
			put(t, address, "old")
			switchOn(t, c, always(test.kind))
			put(t, address, "old") // a person's request meets no fault
			err := test.do(t.Context(), config)
			var told smithy.APIError
			if code := ""; err == nil || errors.As(err, &told) != (test.code != "") {
				t.Errorf("error = %v, want code %q", err, test.code)
			} else if told != nil {
				if code = told.ErrorCode(); code != test.code {
					t.Errorf("error = %v, want code %q", err, test.code)
				}
			}
			if begun := errors.Is(err, io.ErrUnexpectedEOF); test.partial && !begun {
				t.Errorf("error = %v, want an answer that ends early", err)
			}
			if done := exists(t, address, "new") || depths(c, "removed").Visible == 1; done != test.done {
				t.Errorf("the request was carried out: %t, want %t", done, test.done)
			}
			if gone := errors.Is(syscall.Kill(pid, 0), syscall.ESRCH); gone != test.killed {
				t.Errorf("the process is gone: %t, want %t", gone, test.killed)
			}
			if got := c.Faults().Injected[test.kind]; got != 1 {
				t.Errorf("%d faults are counted", got)
			}
		})
	}
}

func depths(c *cloud.Cloud, queue string) cloud.QueueStatus {
	for _, q := range c.Health().Queues {
		if q.Name == queue {
			return q
		}
	}
	return cloud.QueueStatus{}
}

// left counts all messages of a queue.
func left(c *cloud.Cloud, queue string) int {
	q := depths(c, queue)
	return q.Visible + q.InFlight + q.Delayed
}

// A request that stalls was carried out in some cases and not in others, and has no answer in any.
func TestRequestStalls(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, address, _ := start(t, dir)
	_, config := process(t, dir, address)
	switchOn(t, c, always(faults.SQSStalled))
	url := "http://" + address + "/000000000000/removed"
	const requests = 12
	for range requests {
		_, err := awssqs.NewFromConfig(config).SendMessage(t.Context(), &awssqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("x")})
		if told := smithy.APIError(nil); err == nil || errors.As(err, &told) {
			t.Errorf("error = %v, want a broken connection", err)
		}
	}
	if done := depths(c, "removed").Visible; done == 0 || done == requests {
		t.Errorf("%d of %d requests were carried out, want some", done, requests)
	}
}

func send(t *testing.T, address string, commands ...testfunction.Command) {
	t.Helper()
	url := "http://" + address + "/000000000000/work"
	for _, command := range commands {
		_, err := awssqs.NewFromConfig(sdk(address)).SendMessage(t.Context(), &awssqs.SendMessageInput{
			QueueUrl: &url, MessageBody: aws.String(string(command.JSON())),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Each fault of a delivery shows in how often the functions are invoked, and when.
func TestDeliveriesMeetFaults(t *testing.T) {
	t.Parallel()
	message := func(do string) func(*testing.T, string) {
		return func(t *testing.T, address string) {
			t.Helper()
			send(t, address, testfunction.Command{Do: do, Amount: 200})
		}
	}
	upload := func(t *testing.T, address string) {
		t.Helper()
		put(t, address, "a.csv")
	}
	for _, test := range []struct {
		name        string
		plan        faults.Plan
		cause       func(*testing.T, string)
		least, most int // invocations
		dead        int
	}{
		// The queue allows five receipts, and the last one meets no fault.
		{"message doubled", always(faults.MessageDoubled), message("echo"), 5, 5, 0},
		{"message repeated", always(faults.MessageRepeated), message("echo"), 5, 5, 0},
		{"visibility expired", always(faults.VisibilityExpired), message("sleep"), 2, 5, 0},
		{"visibility cut", faults.Plan{MaxVisibility: 100}, message("fail"), 5, 5, 1},
		{"notification doubled", always(faults.NotificationDoubled), upload, 2, 2, 0},
		{"invocation doubled", always(faults.InvocationDoubled), upload, 2, 2, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c, address, _ := start(t, dir)
			switchOn(t, c, test.plan)
			test.cause(t, address)
			notes(t, dir, test.least)
			waitUntil(t, "the queue is empty", func() bool { return left(c, "work") == 0 })
			if got := notes(t, dir, 1); len(got) > test.most || depths(c, "dead").Visible != test.dead {
				t.Errorf("%d dead letters after %d invocations: %v", depths(c, "dead").Visible, len(got), got)
			}
		})
	}
}

// What is held back is delivered when the faults end, and not before.
func TestWhatIsHeldBackIsDeliveredAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, kind := range []faults.Kind{faults.MessageDelayed, faults.NotificationDelayed, faults.NotificationReordered} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c, address, _ := start(t, dir)
			plan := always(kind)
			plan.MaxDelay, plan.Seed = 30_000, 21 // which draws more than 24 s for each of them
			switchOn(t, c, plan)
			send(t, address, testfunction.Command{})
			put(t, address, "a.csv")
			waitUntil(t, "the fault happens", func() bool { return c.Faults().Injected[kind] == 1 })
			if got := notes(t, dir, 1); len(got) != 1 {
				t.Errorf("invocations while one is held back: %v", got)
			}
			if held := depths(c, "work").Delayed; (held == 1) != (kind == faults.MessageDelayed) {
				t.Errorf("%d messages are delayed", held)
			}
			c.StopFaults()
			notes(t, dir, 2)
		})
	}
}

// Of two notifications the first is delivered second.
func TestNotificationIsOvertaken(t *testing.T) {
	t.Parallel()
	c, address, _ := start(t, t.TempDir())
	plan := faults.Plan{MaxDelay: 30_000, Probability: map[faults.Kind]float64{faults.NotificationReordered: 0.5}}
	for ; !onlyFirst(t, plan); plan.Seed++ {
	}
	switchOn(t, c, plan)
	remove(t, address, "first")
	waitUntil(t, "it waits", func() bool { return c.Faults().Injected[faults.NotificationReordered] == 1 })
	remove(t, address, "second")
	for _, key := range []string{"second", "first"} {
		if body, _ := receive(t, address, "http://"+address+"/000000000000/removed"); !strings.Contains(body, key) {
			t.Errorf("received %s, want the removal of %s", body, key)
		}
	}
}

func remove(t *testing.T, address, key string) {
	t.Helper()
	_, err := bucket(address).DeleteObject(t.Context(), &awss3.DeleteObjectInput{Bucket: aws.String("raw"), Key: &key})
	if err != nil {
		t.Fatal(err)
	}
}

// onlyFirst tells whether the first notification meets the fault and the second does not.
func onlyFirst(t *testing.T, p faults.Plan) bool {
	t.Helper()
	var i faults.Injector
	if err := i.Start(p); err != nil {
		t.Fatal(err)
	}
	_, first := i.Draw(faults.NotificationReordered)
	_, second := i.Draw(faults.NotificationReordered)
	return first && !second
}

func TestFunctionIsKilledWhileItRuns(t *testing.T) {
	t.Parallel()
	c, address, _ := start(t, t.TempDir())
	switchOn(t, c, always(faults.KillDuring))
	out, err := awslambda.NewFromConfig(sdk(address)).Invoke(t.Context(), &awslambda.InvokeInput{
		FunctionName: aws.String("intake"), Payload: testfunction.Command{Do: "sleep", Amount: 10_000}.JSON(),
	})
	if err != nil || out.FunctionError == nil || !strings.Contains(string(out.Payload), "signal: killed") {
		t.Errorf("%+v %v", out, err)
	}
}

// Under all faults of deliveries at once every message is handled and every event arrives; nothing is left, nothing is dead.
func TestFaultsLoseNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, address, _ := start(t, dir)
	plan := faults.Plan{Seed: 11, MaxDelay: 300, MaxVisibility: 5000, Probability: map[faults.Kind]float64{
		faults.MessageDoubled: 0.3, faults.MessageRepeated: 0.3, faults.MessageReordered: 0.3, faults.MessageDelayed: 0.3,
		faults.VisibilityExpired: 0.3, faults.NotificationDoubled: 0.3, faults.NotificationDelayed: 0.3,
		faults.NotificationReordered: 0.3, faults.InvocationDoubled: 0.3,
	}}
	switchOn(t, c, plan)
	const messages, uploads = 30, 10
	for i := range messages {
		send(t, address, testfunction.Command{Text: fmt.Sprintf("message %d.", i)})
	}
	for i := range uploads {
		put(t, address, fmt.Sprintf("upload%d.csv", i))
	}
	waitUntil(t, "everything has been delivered", func() bool {
		all := strings.Join(notes(t, dir, 1), "\n")
		for i := range messages {
			if !strings.Contains(all, fmt.Sprintf("message %d.", i)) {
				return false
			}
		}
		for i := range uploads {
			if !strings.Contains(all, fmt.Sprintf("upload%d.csv", i)) {
				return false
			}
		}
		return true
	})
	c.StopFaults()
	waitUntil(t, "the queue is empty", func() bool { return left(c, "work") == 0 })
	if dead := depths(c, "dead").Visible; dead != 0 {
		t.Errorf("%d dead letters", dead)
	}
	for kind, n := range c.Faults().Injected {
		if n == 0 {
			t.Errorf("no fault of kind %s happened", kind)
		}
	}
}
