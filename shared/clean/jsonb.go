package clean

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"

	"acequia/shared/contract/decimal"
	"acequia/shared/pipeline"
)

// maxDepth bounds how deep a document may be nested. Postgres's own parser recurses, and gives up a whole COPY when its
// stack is full, at some thousands.
const maxDepth = 500

func readJSON(c *Cleaner, col *column, kind pipeline.Kind, text []byte) ([]byte, bool) {
	if kind == pipeline.Text && c.quotes {
		text = c.asJSONString(text)
	}
	if err := checkJSON(text); err != nil {
		c.fail(col, "type", "must be a JSON document that can be stored: %v: %s", err, quoted(text))
		return nil, false
	}
	return text, true
}

// checkJSON finds what jsonb does not take, although much of it is JSON: NUL as \u0000 (22P05), half a surrogate pair
// (22P02), numbers beyond numeric (22003), too deep a nesting (54001), and bytes that are no UTF-8 (22021).
func checkJSON(text []byte) error {
	if !json.Valid(text) {
		return errors.New("it is not valid JSON")
	}
	if !utf8.Valid(text) {
		return errors.New("it is not UTF-8")
	}
	depth := 0
	for i := 0; i < len(text); {
		size := 1
		switch text[i] {
		case '[', '{':
			if depth++; depth > maxDepth {
				return errors.New("it is nested too deep")
			}
		case ']', '}':
			depth--
		case '"':
			var err error
			if size, err = checkJSONString(text[i:]); err != nil {
				return err
			}
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			size = numberSize(text[i:])
			if _, fault := decimal.Expand(nil, text[i:i+size]); fault != decimal.None {
				return errors.New("a number has more than " + strconv.Itoa(decimal.MaxDigits) + " digits")
			}
		}
		i += size
	}
	return nil
}

func numberSize(text []byte) int {
	return len(text) - len(bytes.TrimLeft(text, "+-0123456789.eE"))
}

// checkJSONString looks at the string that valid JSON starts with, and gives its size.
func checkJSONString(text []byte) (size int, err error) {
	high := false // the escape before was the first half of a pair
	for i := 1; i < len(text); {
		escape := uint64(0)
		step := 1
		if text[i] == '\\' {
			step = 2
			if text[i+1] == 'u' {
				escape, _ = strconv.ParseUint(string(text[i+2:i+6]), 16, 32)
				step = 6
				if escape == 0 {
					return 0, errors.New(`it holds \u0000`)
				}
			}
		}
		low := 0xdc00 <= escape && escape < 0xe000
		if low != high {
			return 0, errors.New("it holds half a surrogate pair")
		}
		high = 0xd800 <= escape && escape < 0xdc00
		if text[i] == '"' {
			return i + 1, nil
		}
		i += step
	}
	return len(text), nil
}

// asJSONString gives text as a JSON string.
func (c *Cleaner) asJSONString(text []byte) []byte {
	encoded, err := json.Marshal(string(text))
	if err != nil { // Of a string there is no such error.
		return nil
	}
	return encoded
}
