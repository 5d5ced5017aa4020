package cloud_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"acequia/localstack/cloud"
)

func TestServicesAreRouted(t *testing.T) {
	t.Parallel()
	_, address, _ := start(t, t.TempDir())
	if id, err := sts.NewFromConfig(sdk(address)).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil ||
		*id.Account != "000000000000" {
		t.Errorf("sts: %v", err)
	}
	if rules, err := eventbridge.NewFromConfig(sdk(address)).ListRules(t.Context(), &eventbridge.ListRulesInput{}); err != nil ||
		len(rules.Rules) != 1 || *rules.Rules[0].Name != "acequia-IntakeDaily" {
		t.Errorf("events: %v %+v", err, rules)
	}
	signed, err := awss3.NewPresignClient(bucket(address)).PresignGetObject(t.Context(), &awss3.GetObjectInput{
		Bucket: aws.String("raw"), Key: aws.String("x"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, url string
		header    map[string]string
		status    int
		body      string
	}{
		{"presigned", signed.URL, nil, 404, "NoSuchKey"},
		{"unsigned", "/raw/x", nil, 404, "NoSuchKey"},
		{"JSON without a signature", "/", map[string]string{"X-Amz-Target": "AmazonSQS.ListQueues"}, 200, "QueueUrls"},
		{"unknown target", "/", map[string]string{"X-Amz-Target": "DynamoDB_20120810.ListTables"}, 501, "does not emulate dynamodb"},
		{"unknown service", "/", map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=a/20261124/us-east-1/sns/aws4_request, SignedHeaders=host", "Content-Type": "application/x-www-form-urlencoded"}, 501, "<Message>The local cloud does not emulate sns."},
		{"signature 4a", "/", map[string]string{"Authorization": "AWS4-ECDSA-P256-SHA256 Credential=a/20261124/sns/aws4_request, SignedHeaders=host"}, 501, "does not emulate sns"},
		{"signature 2", "/raw/x", map[string]string{"Authorization": "AWS a:b"}, 404, "NoSuchKey"},
	} {
		status, body := request(t, address, test.url, test.header)
		if status != test.status || !strings.Contains(body, test.body) {
			t.Errorf("%s: %d %s", test.name, status, body)
		}
	}
}

func request(t *testing.T, address, url string, header map[string]string) (status int, body string) {
	t.Helper()
	method := http.MethodGet
	if strings.HasPrefix(url, "/") {
		url = "http://" + address + url
	}
	if header["X-Amz-Target"] != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

func TestHealth(t *testing.T) {
	t.Parallel()
	_, address, _ := start(t, t.TempDir())
	status, body := request(t, address, "/_acequia/health", nil)
	var health cloud.Health
	if err := json.Unmarshal([]byte(body), &health); err != nil || status != 200 || !health.Ready || len(health.Services) != 5 ||
		len(health.Functions) != 2 || len(health.Queues) != 3 || len(health.Mappings) != 1 || len(health.Rules) != 1 {
		t.Errorf("%d %s %v", status, body, err)
	}
}
