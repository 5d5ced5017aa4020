package clean

import (
	"encoding/json"

	"acequia/shared/pipeline"
)

func readJSON(c *Cleaner, col *column, kind pipeline.Kind, text []byte) ([]byte, bool) {
	if kind == pipeline.Text && c.quotes {
		text = asJSONString(text)
	}
	if err := checkJSON(text); err != nil {
		c.fail(col, "type", "must be a JSON document that can be stored: %v: %s", err, quoted(text))
		return nil, false
	}
	return text, true
}

// asJSONString gives text as a JSON string.
func asJSONString(text []byte) []byte {
	encoded, err := json.Marshal(string(text))
	if err != nil { // Of a string there is no such error.
		return nil
	}
	return encoded
}
