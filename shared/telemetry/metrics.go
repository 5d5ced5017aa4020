package telemetry

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

// Namespace is the CloudWatch namespace of all metrics.
const Namespace = "Acequia"

// Metrics writes metrics as lines of CloudWatch's embedded metric format. It may be used from several goroutines.
type Metrics struct {
	mu  sync.Mutex
	w   io.Writer
	now func() time.Time
}

// NewMetrics writes to w, which is a function's standard output, with times from now.
func NewMetrics(w io.Writer, now func() time.Time) *Metrics { return &Metrics{w: w, now: now} }

// Count writes one line with all the counts, each a metric under the given dimensions.
// Source of the form: "Specification: Embedded metric format" in the CloudWatch user guide.
func (m *Metrics) Count(dimensions map[string]string, counts map[string]int64) error {
	type definition struct{ Name, Unit string }
	var definitions []definition
	line := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		definitions = append(definitions, definition{name, "Count"})
		line[name] = counts[name]
	}
	for name, value := range dimensions {
		line[name] = value
	}
	line["_aws"] = map[string]any{
		"Timestamp": m.now().UnixMilli(),
		"CloudWatchMetrics": []map[string]any{{
			"Namespace":  Namespace,
			"Dimensions": [][]string{names(dimensions)},
			"Metrics":    definitions,
		}},
	}
	b, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("encoding metrics: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.w.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("writing metrics: %w", err)
	}
	return nil
}

// names gives the sorted names of the dimensions: an empty list, never null, where there are none.
func names(dimensions map[string]string) []string {
	return append([]string{}, slices.Sorted(maps.Keys(dimensions))...)
}
