package rejects

import (
	"strings"
	"unicode"
)

// oneLine makes line ends, and whatever else moves a cursor instead of being read, spaces.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, text))
}

// harmless puts an apostrophe before what a spreadsheet would take for a formula: a cell that begins with = + - or @. One that
// begins with a tab or a carriage return would count as well, but a line begins with neither.
func harmless(line string) string {
	if strings.IndexAny(line, "=+-@") == 0 {
		return "'" + line
	}
	return line
}

// cut shortens a text to so many bytes, and says so.
func cut(text string, most int) string {
	const mark = "..."
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:max(most-len(mark), 0)], "") + mark
}
