package cloud_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/localstack/cloud"
	"acequia/localstack/cloud/internal/testfunction"
)

// bootstrap is the path of the test function.
var bootstrap string

func TestMain(m *testing.M) {
	if dir := os.Getenv("CLOUD_TO_KILL"); dir != "" {
		serveUntilKilled(dir)
	}
	os.Exit(testfunction.Run(m, &bootstrap))
}

func config(dir, listen string) cloud.Config {
	return cloud.Config{
		Dir: dir, LogDir: filepath.Join(dir, "logs"), TemplatePath: "testdata/template.yaml", Listen: listen,
		Parameters:     map[string]string{"Note": filepath.Join(dir, "note")},
		FunctionBinary: func(string, string) string { return bootstrap }, MaxProcesses: 2,
	}
}

// start opens the local cloud whose state is in dir, and gives its address.
func start(t *testing.T, dir string) (c *cloud.Cloud, address string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = listener.Addr().String()
	c, err = cloud.Open(t.Context(), config(dir, address))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: c, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	c.Start()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
		server.Close()
	}
	t.Cleanup(stop)
	return c, address, stop
}

// sdk gives AWS's own configuration of the local cloud.
func sdk(address string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + address),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

func bucket(address string) *awss3.Client {
	return awss3.NewFromConfig(sdk(address), func(o *awss3.Options) { o.UsePathStyle = true })
}

func put(t *testing.T, address, key string) {
	t.Helper()
	_, err := bucket(address).PutObject(t.Context(), &awss3.PutObjectInput{
		Bucket: aws.String("raw"), Key: &key, Body: strings.NewReader("a,b\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// notes waits until the functions were invoked n times, and gives the payloads.
func notes(t *testing.T, dir string, n int) []string {
	t.Helper()
	var lines []string
	waitUntil(t, fmt.Sprintf("%d invocations are noted", n), func() bool {
		b, _ := os.ReadFile(filepath.Join(dir, "note"))
		lines = strings.Split(strings.TrimSpace(string(b)), "\n")
		return len(b) > 0 && len(lines) >= n
	})
	return lines
}

func waitUntil(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}

// receive waits for a message.
func receive(t *testing.T, address, queueURL string) (body string, attributes map[string]string) {
	t.Helper()
	out, err := awssqs.NewFromConfig(sdk(address)).ReceiveMessage(t.Context(), &awssqs.ReceiveMessageInput{
		QueueUrl: &queueURL, WaitTimeSeconds: 15, MessageAttributeNames: []string{"All"},
	})
	if err != nil || len(out.Messages) == 0 {
		t.Fatalf("nothing is received from %s: %v", queueURL, err)
	}
	attributes = map[string]string{}
	for name, a := range out.Messages[0].MessageAttributes {
		attributes[name] = aws.ToString(a.StringValue)
	}
	return *out.Messages[0].Body, attributes
}

func TestUploadInvokesAFunction(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, address, _ := start(t, dir)
	put(t, address, "in/ignored.txt")
	put(t, address, "in/año 1.csv")
	if got := notes(t, dir, 1); len(got) != 1 || !strings.Contains(got[0], `"key":"in/a%C3%B1o+1.csv"`) ||
		!strings.Contains(got[0], `"configurationId":"Uploaded"`) {
		t.Errorf("invocations: %v", got)
	}
	_, err := bucket(address).DeleteObject(t.Context(), &awss3.DeleteObjectInput{Bucket: aws.String("raw"), Key: aws.String("x")})
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := receive(t, address, "http://"+address+"/000000000000/removed"); !strings.Contains(body, "ObjectRemoved:DeleteMarkerCreated") {
		t.Errorf("the queue of removals got %s", body)
	}
}

func TestMessageInvokesAFunction(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, address, _ := start(t, dir)
	url := "http://" + address + "/000000000000/work"
	for _, do := range []string{"echo", "fail"} {
		_, err := awssqs.NewFromConfig(sdk(address)).SendMessage(t.Context(), &awssqs.SendMessageInput{
			QueueUrl: &url, MessageBody: aws.String(string(testfunction.Command{Do: do}.JSON())),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	notes(t, dir, 2)
	waitUntil(t, "one message is deleted, and the other waits for its visibility timeout", func() bool {
		for _, q := range c.Health().Queues {
			if q.Name == "work" {
				return q.Visible == 0 && q.InFlight == 1
			}
		}
		return false
	})
}

func TestFailedEventGoesToTheDeadLetterQueue(t *testing.T) {
	t.Parallel()
	_, address, _ := start(t, t.TempDir())
	payload := testfunction.Command{Do: "fail", Text: "no"}.JSON()
	_, err := awslambda.NewFromConfig(sdk(address)).Invoke(t.Context(), &awslambda.InvokeInput{
		FunctionName: aws.String("intake"), InvocationType: lambdatypes.InvocationTypeEvent, Payload: payload,
	})
	if err != nil {
		t.Fatal(err)
	}
	body, attributes := receive(t, address, "http://"+address+"/000000000000/dead")
	if body != string(payload) || attributes["ErrorMessage"] != "failedError: no" || len(attributes["RequestID"]) != 36 {
		t.Errorf("dead letter: %s %v", body, attributes)
	}
}

func TestFunctionSeesTheLocalCloud(t *testing.T) {
	t.Parallel()
	_, address, _ := start(t, t.TempDir())
	out, err := awslambda.NewFromConfig(sdk(address)).Invoke(t.Context(), &awslambda.InvokeInput{
		FunctionName: aws.String("intake"), Payload: testfunction.Command{Do: "environment"}.JSON(),
	})
	if err != nil {
		t.Fatal(err)
	}
	var seen map[string]string
	if err := json.Unmarshal(out.Payload, &seen); err != nil {
		t.Fatal(err)
	}
	if seen["AWS_ENDPOINT_URL"] != "http://"+address || seen["QUEUE_URL"] != "http://"+address+"/000000000000/work" {
		t.Errorf("the function sees %v", seen)
	}
}

func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, address, stop := start(t, dir)
	put(t, address, "kept.txt")
	stop()
	_, address, _ = start(t, dir)
	if status, body := request(t, address, "/raw/kept.txt", nil); status != 200 || body != "a,b\n" {
		t.Errorf("%d %s", status, body)
	}
}

// serveUntilKilled is what this test's binary does when it is started as a local cloud to be killed.
func serveUntilKilled(dir string) {
	bootstrap = os.Getenv("CLOUD_FUNCTION")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	c, err := cloud.Open(context.Background(), config(dir, listener.Addr().String()))
	if err != nil {
		panic(err)
	}
	c.Start()
	fmt.Fprintln(os.Stdout, listener.Addr())
	panic((&http.Server{Handler: c, ReadHeaderTimeout: time.Minute}).Serve(listener))
}

// What was answered with 200 before kill -9 happens after it: the upload's event reaches its function.
func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	killed := exec.Command(os.Args[0])
	killed.Env = append(os.Environ(), "CLOUD_TO_KILL="+dir, "CLOUD_FUNCTION="+bootstrap)
	killed.Stderr = os.Stderr
	out, err := killed.StdoutPipe()
	if err == nil {
		err = killed.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	const uploads = 20
	for i := range uploads {
		put(t, strings.TrimSpace(address), fmt.Sprintf("%02d.csv", i))
	}
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait() // killed, as it should be

	start(t, dir)
	waitUntil(t, "every upload has reached the function", func() bool {
		all := strings.Join(notes(t, dir, 1), "\n")
		for i := range uploads {
			if !strings.Contains(all, fmt.Sprintf(`"key":"%02d.csv"`, i)) {
				return false
			}
		}
		return true
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	template := func(doc string) string {
		path := filepath.Join(t.TempDir(), "template.yaml")
		if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct{ name, listen, template, want string }{
		{"address", "4566", template(""), "not of the form host:port"},
		{"no template", "127.0.0.1:4566", "nowhere.yaml", "nowhere.yaml"},
		{"template", "127.0.0.1:4566", template("Resources: {X: {Type: AWS::DynamoDB::Table}}"), "does not emulate AWS::DynamoDB::Table"},
		{"dead-letter queue elsewhere", ":4566", template("Resources: {X: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:y', maxReceiveCount: 5}}}}"), "which is not in the template"},
		{"schedule", ":4566", template("Resources: {X: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: daily}}}"), "neither cron(…) nor rate(…)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := cloud.Open(t.Context(), cloud.Config{Dir: t.TempDir(), LogDir: t.TempDir(), Listen: test.listen, TemplatePath: test.template})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error = %v, want %s", err, test.want)
			}
		})
	}
}
