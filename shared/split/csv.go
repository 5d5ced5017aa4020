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
	layout = declared(layout, source.Dialect)
	delimiter := separator(text)
	layout, err := skipLines(layout, text, source.Dialect.SkipLines, delimiter != 0)
	if err != nil {
		return layout, err
	}
	if delimiter != 0 {
		if source.Detect.Delimiter || delimiter != layout.Delimiter {
			layout.Detected = append(layout.Detected, "delimiter")
		}
		layout.Delimiter, source.Detect.Delimiter = delimiter, false
	}
	t := table{text: text[layout.BodyStart:], complete: complete, source: source, columns: newColumns(columns)}
	if layout, err = t.findDialect(layout); err != nil {
		return layout, err
	}
	return t.findHeader(layout)
}

// declared gives the layout the dialect that the contract says.
func declared(layout pipeline.Layout, d contract.Dialect) pipeline.Layout {
	layout.Delimiter, layout.Quote, layout.Unquoted, layout.Escape, layout.Comment = d.Delimiter, d.Quote, d.Unquoted, d.Escape, d.Comment
	layout.TrailingDelimiter, layout.PadShort = d.TrailingDelimiter, d.PadShort
	return grammar.WithDefaults(layout)
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

// separatorLine is how Excel takes the delimiter of a file from its first line, in whatever country it runs.
var separatorLine = regexp.MustCompile(`^"?sep=([^\r\n"0-9A-Za-z])"?[\r\n]`)

// separator gives the delimiter that the first line says, 0 if it says none.
func separator(text []byte) byte {
	found := separatorLine.FindSubmatch(text)
	if found == nil || len(found[1]) != 1 {
		return 0
	}
	return found[1][0]
}

// skipLines moves the body's start over n lines, whatever is in them. A first line that says the delimiter is one of them.
func skipLines(layout pipeline.Layout, text []byte, n int, separated bool) (pipeline.Layout, error) {
	if separated {
		n = max(n, 1)
	}
	for range n {
		rest := text[layout.BodyStart:]
		end := bytes.IndexAny(rest, "\r\n")
		if end < 0 {
			return layout, pipeline.Refuse("the file has no more than %d lines in its first %d bytes, and the contract says to skip %d; correct "+
				"skipLines, or upload the file again", layout.BodyLine, len(text), n)
		}
		if bytes.HasPrefix(rest[end:], []byte("\r\n")) {
			end++
		}
		layout.BodyStart += int64(end) + 1
		layout.BodyLine++
	}
	return layout, nil
}
