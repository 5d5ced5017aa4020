package split

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"acequia/shared/contract/recordpath"
	"acequia/shared/pipeline"
)

// checkAnswer refuses a file that is one JSON object with none of the contract's columns: what a web service answers instead of the
// records, or around them. Where the object is one of many, it is a record, and clean says what it lacks.
func checkAnswer(text []byte, columns []string) error {
	if len(columns) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	names, records := members(decoder, columns)
	if names == nil || decoder.More() || slices.ContainsFunc(names, func(name string) bool { return hasColumn(columns, name) }) {
		return nil
	}
	if records != "" {
		return pipeline.Refuse("the file is a single JSON object with none of the contract's columns %s, but an array of objects in %s, which has; "+
			"upload that array, as jq .%[2]s gives it", strings.Join(columns, ", "), records)
	}
	return pipeline.Refuse("the file is a single JSON object with none of the contract's columns %s, but %s: is it an error message saved under "+
		"the file's name? Download it again", strings.Join(columns, ", "), strings.Join(names, ", "))
}

// members gives the names of the members of the object that decoder reads, nil if it is none, and the one that holds an array of
// objects with columns of the contract.
func members(decoder *json.Decoder, columns []string) (names []string, records string) {
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil, ""
	}
	for decoder.More() {
		name, err := decoder.Token()
		var value json.RawMessage
		if err == nil {
			err = decoder.Decode(&value)
		}
		if err != nil {
			return nil, ""
		}
		names = append(names, name.(string)) //nolint:errcheck,forcetypeassert // A member's name is always one.
		if holdsRecords(value, columns) {
			records = names[len(names)-1]
		}
	}
	_, _ = decoder.Token() // the brace, which More has seen
	return names, records
}

// holdsRecords tells whether the value is an array whose first element is an object with a column of the contract.
func holdsRecords(value json.RawMessage, columns []string) bool {
	var elements []map[string]json.RawMessage
	if json.Unmarshal(value, &elements) != nil || len(elements) == 0 {
		return false
	}
	for name := range elements[0] {
		if hasColumn(columns, name) {
			return true
		}
	}
	return false
}

// hasColumn tells whether a column is read from the member, or from within it.
func hasColumn(columns []string, member string) bool {
	return slices.ContainsFunc(columns, func(column string) bool {
		steps, err := recordpath.Parse(column)
		return err == nil && !steps[0].IsIndex && steps[0].Name == member
	})
}
