package grammar

import (
	"cmp"

	"acequia/shared/pipeline"
)

// dialect is how CSV is written, and what to look for in it.
type dialect struct {
	// quote and comment are a line feed, which is found to end a line before it is anything else, where there is none.
	delimiter, quote, comment byte
	// escape is 0 where there is none.
	escape byte
	// outside holds what matters outside quoted fields, inside what matters in them.
	outside, inside set
}

// newDialect makes the dialect of a layout. Where records are not taken apart, no delimiter matters.
func newDialect(layout pipeline.Layout, apart bool) (dialect, error) {
	if layout.Unquoted {
		layout.Quote, layout.Escape = 0, 0
	}
	if err := check(layout); err != nil {
		return dialect{}, err
	}
	d := dialect{
		delimiter: layout.Delimiter, quote: cmp.Or(layout.Quote, '\n'), comment: cmp.Or(layout.Comment, '\n'), escape: layout.Escape,
		inside: newSet('\n', '\r', layout.Quote, cmp.Or(layout.Escape, layout.Quote)),
	}
	d.outside = newSet('\n', '\r', d.quote)
	if apart {
		d.outside = newSet('\n', '\r', d.quote, d.delimiter)
	}
	return d, nil
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
