package desk

import (
	"encoding/json"
	"testing"

	"acequia/shared/intake"
	"acequia/shared/lambdainvoke"
	"acequia/shared/pipeline"
)

// What a dead letter is about is read out of the messages of every queue, and the events of ingest.
func TestAMessageSaysWhatItIsAbout(t *testing.T) {
	t.Parallel()
	o := object("sales/a b.csv", pipeline.Processing).Object
	chunk := pipeline.Chunk{Object: o, Attempt: 1, Number: 3, End: 10, Line: 1}
	for want, message := range map[string]any{
		"chunk 3": chunk,
		"chunk 4": pipeline.Cleaned{Chunk: pipeline.Chunk{Object: o, Number: 4}},
		"chunk 5": pipeline.Report{Kind: pipeline.ChunkRows, Object: o, Rows: &pipeline.Rows{Chunk: pipeline.Chunk{Object: o, Number: 5}}},
		"planned": pipeline.Report{Kind: pipeline.ObjectPlanned, Object: o, Chunks: 9},
		"walk":    map[string]any{"Records": nil, "go_on": intake.Continuation{Object: o}},
		"replay":  lambdainvoke.Replay{Replay: pipeline.Replay{Object: o, Attempt: 2}},
		"upload": map[string]any{"Records": []any{map[string]any{"s3": map[string]any{
			"bucket": map[string]any{"name": o.Bucket}, "object": map[string]any{"key": "sales/a+b.csv", "versionId": o.VersionID},
		}}}},
	} {
		body, err := json.Marshal(message)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := subjectOf(string(body)); !ok || got.what != want || got.object.ID != o.ID || got.object.Key != o.Key {
			t.Errorf("%s is about %+v, %v; want %s of %s", body, got, ok, want, o.Key)
		}
	}
	for _, other := range []string{`{}`, `no JSON`, `{"Records": [{"s3": {}}]}`, `{"chunk": "three"}`} {
		if got, ok := subjectOf(other); ok {
			t.Errorf("%s is about %+v", other, got)
		}
	}
}
