package decode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// jsonFields takes the elements of a JSON array apart.
type jsonFields struct {
	paths *node
}

func newJSONFields(sources []string) (*jsonFields, error) {
	paths, err := parsePaths(sources)
	return &jsonFields{paths}, err
}

func (f *jsonFields) take(raw []byte, fields []pipeline.Field) *pipeline.Failure {
	if !json.Valid(raw) {
		return &pipeline.Failure{Rule: "json", Reason: "is not valid JSON: " + whyInvalid(raw)}
	}
	if raw[0] != '{' {
		return &pipeline.Failure{Rule: "json", Reason: "is not a JSON object"}
	}
	e := extraction{b: raw, fields: fields}
	e.value(f.paths)
	return e.failure
}

// whyInvalid gives encoding/json's reason, with the byte of the record at which it stands.
func whyInvalid(raw []byte) string {
	var discard any
	err := json.Unmarshal(raw, &discard)
	if syntax, ok := err.(*json.SyntaxError); ok { //nolint:errorlint // Unmarshal gives it unwrapped.
		return fmt.Sprintf("%s (byte %d of the record)", syntax.Error(), syntax.Offset)
	}
	return fmt.Sprint(err)
}

// extraction goes through one valid JSON value and keeps what the paths ask for.
type extraction struct {
	b       []byte
	at      int
	fields  []pipeline.Field
	failure *pipeline.Failure
}

// value passes over the value at e.at, whose node is n; n is nil where no path leads.
func (e *extraction) value(n *node) {
	start := e.at
	kind := pipeline.Nested
	switch c := e.b[e.at]; {
	case n == nil || c == '"' || c != '{' && c != '[':
		kind = e.pass()
	case c == '{':
		e.object(n)
	default:
		e.array(n)
	}
	if n == nil || len(n.fields) == 0 {
		return
	}
	field := pipeline.Field{Kind: kind, Bytes: e.b[start:e.at]}
	if kind == pipeline.Text {
		field.Bytes = e.text(field.Bytes)
	}
	for _, i := range n.fields {
		e.fields[i] = field
	}
}

// pass passes over a value without looking into it.
func (e *extraction) pass() pipeline.Kind {
	c := e.b[e.at]
	e.at += grammar.ElementLength(e.b[e.at:])
	switch c {
	case '"':
		return pipeline.Text
	case '{', '[':
		return pipeline.Nested
	case 'n':
		return pipeline.Null
	default:
		return pipeline.Literal
	}
}

func (e *extraction) object(n *node) {
	seen := map[string]bool{}
	for e.at++; e.space() != '}'; e.comma() {
		name := string(e.text(e.quoted()))
		e.space()
		e.at++ // the colon
		e.space()
		member := n.members[name]
		if member != nil && seen[name] {
			e.fail("json", fmt.Sprintf("holds the key %q twice in one object", name))
		}
		seen[name] = true
		e.value(member)
	}
	e.at++
}

func (e *extraction) array(n *node) {
	i := 0
	for e.at++; e.space() != ']'; e.comma() {
		e.value(n.items[i])
		i++
	}
	e.at++
}

// quoted passes over the string at e.at, and gives it with its quotes.
func (e *extraction) quoted() []byte {
	start := e.at
	e.pass()
	return e.b[start:e.at]
}

// text gives what a string stands for. A surrogate without its other half, and NUL, are no text.
func (e *extraction) text(quoted []byte) []byte {
	plain := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(plain, '\\') < 0 {
		return plain
	}
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		e.fail("json", err.Error())
	}
	// Unmarshal puts U+FFFD where a surrogate stands alone.
	if strings.Count(s, "\uFFFD") > bytes.Count(plain, []byte("\uFFFD"))+countFold(plain, `\ufffd`) {
		e.fail("encoding", fmt.Sprintf("holds half of a surrogate pair in %s", quoted))
	}
	if strings.IndexByte(s, 0) >= 0 {
		e.fail("encoding", fmt.Sprintf("holds NUL in %s", quoted))
	}
	return []byte(s)
}

func countFold(b []byte, escape string) int {
	return bytes.Count(bytes.ToLower(b), []byte(escape))
}

// fail keeps the first failure.
func (e *extraction) fail(rule, reason string) {
	if e.failure == nil {
		e.failure = &pipeline.Failure{Rule: rule, Reason: reason}
	}
}

// space passes over space and gives the byte behind it.
func (e *extraction) space() byte {
	for strings.IndexByte(" \t\r\n", e.b[e.at]) >= 0 {
		e.at++
	}
	return e.b[e.at]
}

// comma passes over the comma between two members, if there is one.
func (e *extraction) comma() {
	if e.space() == ',' {
		e.at++
	}
}
