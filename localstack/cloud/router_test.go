package cloud_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
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
	return answer(t, r)
}

// answer gives the answer to a request, whole.
func answer(t *testing.T, r *http.Request) (status int, body string) {
	t.Helper()
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

// MD5 is for those who may look at it: what functions write has an ETag that nobody takes for one, which stands for the bytes.
func TestObjectsOfFunctionsHaveNoMD5(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, address, _ := start(t, dir)
	_, config := process(t, dir, address)
	put := func(config aws.Config, body string, change func(*awss3.PutObjectInput)) (string, error) {
		in := &awss3.PutObjectInput{Bucket: aws.String("raw"), Key: aws.String("x"), Body: strings.NewReader(body)}
		change(in)
		out, err := awss3.NewFromConfig(config, func(o *awss3.Options) { o.UsePathStyle = true }).PutObject(t.Context(), in)
		if err != nil {
			return "", err
		}
		return *out.ETag, nil
	}
	as := func(*awss3.PutObjectInput) {}
	if etag, err := put(sdk(address), "a,b\n", as); err != nil || etag != `"f69f5b72bc79a92dc70c63c9aa142e36"` {
		t.Errorf("a person's: %s %v", etag, err)
	}
	first, err := put(config, "a,b\n", as)
	if err != nil || !regexp.MustCompile(`^"[0-9a-f]{32}-1"$`).MatchString(first) {
		t.Errorf("a function's: %s %v", first, err)
	}
	if again, err := put(config, "a,b\n", func(in *awss3.PutObjectInput) { in.IfMatch = &first }); err != nil || again != first {
		t.Errorf("the same bytes: %s %v, want %s", again, err, first)
	}
	if other, err := put(config, "a,c\n", as); err != nil || other == first {
		t.Errorf("other bytes: %s %v", other, err)
	}
	if _, err := put(config, "a,b\n", func(in *awss3.PutObjectInput) { in.ContentMD5 = aws.String("1B2M2Y8AsgTpgAmY7PhCfg==") }); err == nil {
		t.Error("a Content-MD5 of other bytes is taken")
	}
	if etag, err := put(config, "a,b\n", func(in *awss3.PutObjectInput) { in.ContentMD5 = aws.String("9p9bcrx5qS3HDGPJqhQuNg==") }); err != nil {
		t.Errorf("with Content-MD5: %s %v", etag, err)
	}
}
