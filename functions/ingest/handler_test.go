package main

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"acequia/functions/internal/eventtest"
	"acequia/shared/intake"
	"acequia/shared/pipeline"
)

func TestArrivals(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	const etag = `"d41d8cd98f00b204e9800998ecf8427e"`
	for name, want := range map[string][]intake.Arrival{
		"ingest/upload":      {{Bucket: "acequia-raw", Key: "sales/sales_small.csv", VersionID: "v1", ETag: etag, Size: 2048, At: at}},
		"ingest/awkward-key": {{Bucket: "acequia-raw", Key: "sales/año 2026 + más%.csv", ETag: etag, At: at}},
		"ingest/test-event":  nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var event events.S3Event
			if err := json.Unmarshal(eventtest.Load(t, name), &event); err != nil {
				t.Fatal(err)
			}
			var got []intake.Arrival
			for _, record := range event.Records {
				arrival, err := arrivalOf(record)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, arrival)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheTestEventIsTakenQuietly(t *testing.T) {
	t.Parallel()
	var e event
	if err := json.Unmarshal(eventtest.Load(t, "ingest/test-event"), &e); err != nil {
		t.Fatal(err)
	}
	h := &handler{meter: func(ctx context.Context, _ pipeline.Usage) context.Context { return ctx }}
	if err := h.handle(t.Context(), e); err != nil {
		t.Error(err)
	}
}
