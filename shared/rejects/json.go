package rejects

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"

	"acequia/shared/pipeline"
)

// array writes records as the elements of a JSON array. An element is cut out with its strings as wholes and its brackets in
// balance, so it ends where it ended, whatever stands behind it.
type array struct {
	text
	records int
}

func (a *array) begin() ([]byte, error) { return a.head, nil }

func (a *array) end() []byte {
	return slices.Concat(a.lineEnd, a.charset.Bytes("]"), a.lineEnd)
}

func (a *array) record(reason string, raw []byte) (line []byte, told, apart bool) {
	var comma []byte
	if a.records > 0 {
		comma = a.charset.Bytes(",")
	}
	a.records++
	record, told := a.withReason(reason, raw)
	return slices.Concat(comma, a.lineEnd, record), told, false
}

// lines writes records one a line. What is no JSON object stands apart: where objects follow one another on as many lines as they
// like, nothing else tells where it ends, and whoever looks at the first lines must see what kind of file it is.
type lines struct{ text }

func (l lines) begin() ([]byte, error) { return l.head, nil }

func (l lines) end() []byte { return nil }

func (l lines) record(reason string, raw []byte) (line []byte, told, apart bool) {
	record, told := l.withReason(reason, raw)
	return slices.Concat(record, l.lineEnd), told, !told || !json.Valid(l.charset.Text(raw))
}

const space = " \t\r\n"

// firstReason is an object's beginning with a reason as its first member, and what follows on a member.
var firstReason = regexp.MustCompile(`^\{\s*"` + pipeline.RejectReason + `"\s*:\s*"(?:[^"\\]|\\.)*"\s*[,}]`)

// withReason puts the reason into an object, as its first member, in the place of the one that is there. What does not begin as
// an object stays as it is.
func (t text) withReason(reason string, raw []byte) (record []byte, told bool) {
	text := t.charset.Text(raw)
	object := bytes.TrimLeft(text, space)
	if !bytes.HasPrefix(object, []byte("{")) {
		return raw, false
	}
	open := len(text) - len(object) + 1
	rest := open + oldReason(object)
	member := `"` + pipeline.RejectReason + `":` + quoted(reason)
	if behind := bytes.TrimLeft(text[rest:], space); len(behind) > 0 && behind[0] != '}' {
		member += ","
	}
	return slices.Concat(raw[:t.charset.Size(text[:open])], t.charset.Bytes(member), raw[t.charset.Size(text[:rest]):]), true
}

// oldReason gives the length of an object's first member, with the comma behind it, if that is a reason.
func oldReason(object []byte) int {
	old := firstReason.Find(object)
	if old == nil {
		return 0
	}
	return len(bytes.TrimSuffix(old, []byte("}"))) - 1
}

// quoted writes a line as a JSON string that people can read.
func quoted(line string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(line); err != nil {
		return `""` // no string fails to be encoded
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
