package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"acequia/shared/telemetry"
)

func TestLogLinesNameTheRequest(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	ctx := lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: "r-1"})
	telemetry.NewLogger(&out).With("stage", "clean").InfoContext(ctx, "chunk cleaned", "records", 20)
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%v in %q", err, out.String())
	}
	for key, want := range map[string]any{"msg": "chunk cleaned", "request_id": "r-1", "stage": "clean", "records": 20.0} {
		if line[key] != want {
			t.Errorf("%s = %v, want %v", key, line[key], want)
		}
	}
}

func TestMetricsAreEmbeddedInALogLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	metrics := telemetry.NewMetrics(&out, func() time.Time { return time.UnixMilli(1700000000123) })
	err := metrics.Count(map[string]string{"Dataset": "sales"}, map[string]int64{"Records": 20, "Rejected": 3})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"Dataset":"sales","Records":20,"Rejected":3,"_aws":{"CloudWatchMetrics":[{"Dimensions":[["Dataset"]],` +
		`"Metrics":[{"Name":"Records","Unit":"Count"},{"Name":"Rejected","Unit":"Count"}],"Namespace":"Acequia"}],` +
		`"Timestamp":1700000000123}}` + "\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMetricsWithoutDimensionsHaveAnEmptyList(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := telemetry.NewMetrics(&out, time.Now).Count(nil, map[string]int64{"Summaries": 1}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(out.Bytes(), []byte(`"Dimensions":[[]]`)) {
		t.Errorf("line = %s", out.String())
	}
}
