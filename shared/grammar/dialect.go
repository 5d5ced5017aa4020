package grammar

import (
	"cmp"

	"acequia/shared/pipeline"
)

// dialect is how CSV is written.
type dialect struct {
	// quote and comment are a line feed, which is found to end a line before it is anything else, where there is none.
	delimiter, quote, comment byte
	// escape is 0 where there is none.
	escape byte
}

// newDialect makes the dialect of a layout.
func newDialect(layout pipeline.Layout) (dialect, error) {
	if layout.Unquoted {
		layout.Quote, layout.Escape = 0, 0
	}
	if err := check(layout); err != nil {
		return dialect{}, err
	}
	return dialect{
		delimiter: layout.Delimiter, quote: cmp.Or(layout.Quote, '\n'), comment: cmp.Or(layout.Comment, '\n'), escape: layout.Escape,
	}, nil
}

// index makes an index of the dialect. Where records are not taken apart, no delimiter matters.
func (d *dialect) index(apart bool) index {
	return index{apart: apart, sought: characters{
		delimiter: d.delimiter, quote: d.quote, escape: cmp.Or(d.escape, d.quote), lineFeed: '\n', carriageReturn: '\r',
	}}
}

// check refuses what would leave a byte with two meanings.
func check(layout pipeline.Layout) error {
	roles := []struct {
		name string
		c    byte
	}{{"delimiter", layout.Delimiter}, {"quote", layout.Quote}, {"escape", layout.Escape}, {"comment", layout.Comment}}
	for i, role := range roles {
		if role.c >= 0x80 || isLineEnd(role.c) {
			return pipeline.Refuse("%q cannot be the %s, which is ASCII and no line end; correct the contract", role.c, role.name)
		}
		for _, other := range roles[:i] {
			if role.c == other.c && role.c != 0 {
				return pipeline.Refuse("%s and %s are both %q; correct the contract", other.name, role.name, role.c)
			}
		}
	}
	return nil
}
