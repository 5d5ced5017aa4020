package split

import (
	"bytes"
	"regexp"
	"strings"

	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// probeCSV finds the dialect and the header. BodyStart is an index into text.
func probeCSV(layout pipeline.Layout, text []byte, complete bool, source contract.Source, columns []string) (pipeline.Layout, error) {
	if isJSON(text) {
		return layout, pipeline.Refuse("the contract says CSV, and the file begins with %q: it looks like JSON; upload it under a data set "+
			"that is JSON, or save it as CSV", beginning(bytes.TrimLeft(text, space)))
	}
	d := source.Dialect
	layout.Delimiter, layout.Quote, layout.Unquoted, layout.Escape, layout.Comment = d.Delimiter, d.Quote, d.Unquoted, d.Escape, d.Comment
	layout.TrailingDelimiter, layout.PadShort = d.TrailingDelimiter, d.PadShort
	layout = skipLines(layout, text, d.SkipLines)
	detect := source.Detect
	if delimiter, line := separatorLine(text[layout.BodyStart:]); line > 0 {
		if delimiter != layout.Delimiter {
			layout.Delimiter = delimiter
			layout.Detected = append(layout.Detected, "delimiter")
		}
		layout = skipLines(layout, text, 1)
		detect.Delimiter = false
	}
	layout, err := findDialect(layout, text[layout.BodyStart:], complete, detect, columns)
	if err != nil {
		return layout, err
	}
	return findHeader(grammar.WithDefaults(layout), text, complete, source, columns)
}

// isJSON tells an array or object from a header that happens to begin with a bracket, as in [id],[name].
func isJSON(text []byte) bool {
	text = bytes.TrimLeft(text, space)
	if text[0] != '[' && text[0] != '{' {
		return false
	}
	next := bytes.TrimLeft(text[1:], space)
	return len(next) > 0 && strings.IndexByte(`{["]}`, next[0]) >= 0
}

// skipLines moves the body's start over n lines, whatever is in them.
func skipLines(layout pipeline.Layout, text []byte, n int) pipeline.Layout {
	for range n {
		rest := text[layout.BodyStart:]
		end := bytes.IndexAny(rest, "\r\n")
		if end < 0 {
			layout.BodyStart = int64(len(text))
			break
		}
		if bytes.HasPrefix(rest[end:], []byte("\r\n")) {
			end++
		}
		layout.BodyStart += int64(end) + 1
		layout.BodyLine++
	}
	return layout
}

// separator is how Excel takes the delimiter of a file from its first line, in whatever country it runs.
var separator = regexp.MustCompile(`^"?sep=([^\r\n"])"?\r?\n`)

// separatorLine gives the delimiter that a line of Excel's says, and that line's length.
func separatorLine(text []byte) (delimiter byte, length int) {
	found := separator.FindSubmatch(text)
	if found == nil || len(found[1]) != 1 {
		return 0, 0
	}
	return found[1][0], len(found[0])
}
