package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"

	"github.com/aws/aws-lambda-go/events"

	"acequia/shared/intake"
	"acequia/shared/telemetry"
)

type handler struct {
	intake  *intake.Intake
	log     *slog.Logger
	metrics *telemetry.Metrics
}

// handle takes in every object that the event names. The test event that S3 sends when a notification is set names none.
func (h *handler) handle(ctx context.Context, event events.S3Event) error {
	for _, record := range event.Records {
		arrival, err := arrivalOf(record)
		if err != nil {
			return err
		}
		result, err := h.intake.Arrived(ctx, arrival)
		if err != nil {
			return err
		}
		h.log.InfoContext(ctx, "object taken in", "key", arrival.Key, "object_id", result.Object.ID.String(),
			"dataset", result.Object.Dataset, "status", result.Status, "reason", result.Reason,
			"chunks", result.Chunks, "records", result.Records)
		// CloudWatch takes no empty dimension.
		err = h.metrics.Count(map[string]string{"Dataset": cmp.Or(result.Object.Dataset, "none")},
			map[string]int64{"Objects": 1, "Chunks": int64(result.Chunks), "Records": result.Records})
		if err != nil {
			return err
		}
	}
	return nil
}

// arrivalOf reads one record of an S3 event. Keys in events are URL-encoded, with "+" for a space.
func arrivalOf(record events.S3EventRecord) (intake.Arrival, error) {
	key, err := url.QueryUnescape(record.S3.Object.Key)
	if err != nil {
		return intake.Arrival{}, fmt.Errorf("the key %q of the event: %w", record.S3.Object.Key, err)
	}
	return intake.Arrival{
		Bucket: record.S3.Bucket.Name, Key: key, VersionID: record.S3.Object.VersionID,
		ETag: `"` + record.S3.Object.ETag + `"`, Size: record.S3.Object.Size, At: record.EventTime,
	}, nil
}
