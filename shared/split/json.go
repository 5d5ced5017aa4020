package split

import (
	"bytes"
	"encoding/json"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// probeJSON finds the bracket that opens the array.
func probeJSON(layout pipeline.Layout, body []byte, complete bool) (pipeline.Layout, error) {
	array := bytes.TrimLeft(body, space)
	if bytes.IndexByte(array[:min(len(array), 2)], 0) >= 0 {
		return layout, pipeline.Refuse("the file has a NUL byte at its beginning: it is binary, or UTF-16; save it as UTF-8 and upload that")
	}
	switch array[0] {
	case '[':
		before := len(body) - len(array)
		layout.BodyStart += int64(before) + 1
		layout.BodyLine += grammar.CountLines(body[:before])
		return layout, nil
	case '{':
		return layout, notAnArray(array, complete)
	default:
		return layout, pipeline.Refuse("the contract says JSON, and the file begins with %q, not with a \"[\"; if it is CSV, upload it "+
			"under a data set that is CSV, else save it as a JSON array of objects", beginning(array))
	}
}

// notAnArray tells one object from many.
func notAnArray(objects []byte, complete bool) error {
	decoder := json.NewDecoder(bytes.NewReader(objects))
	var first json.RawMessage
	err := decoder.Decode(&first)
	behind := bytes.TrimLeft(objects[decoder.InputOffset():], space)
	switch {
	case err == nil && len(behind) > 0 && behind[0] == '{':
		return pipeline.Refuse("the file is one JSON object after another (NDJSON), not a JSON array; make it one, with jq -s . for " +
			"instance, and upload that")
	case err == nil && len(behind) == 0 && complete:
		return pipeline.Refuse("the file is a single JSON object, not an array of objects; upload its records as [ … ]")
	default:
		return pipeline.Refuse("the file begins with a JSON object, not with an array of objects; upload its records as [ … ]")
	}
}

// beginning is the start of a text, for a message.
func beginning(text []byte) []byte {
	return bytes.TrimRight(text[:min(len(text), 20)], space)
}
