package split

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// The candidates, the usual ones first: of dialects that read a file alike, the first is taken. Blanks and colons are none: they
// stand in texts and times.
var (
	delimiters = []byte{',', ';', '\t', '|'}
	quotes     = []byte{'"', 0, '\''} // 0 is none
)

// candidates gives the layouts that differ from the given one in what is to be found, the usual ones first. One in which a
// character would mean two things is none.
func candidates(layout pipeline.Layout, detect contract.Detect) (all []pipeline.Layout) {
	tried, enclosing := []byte{layout.Delimiter}, []byte{layout.Quote}
	if detect.Delimiter {
		tried = delimiters
	}
	if detect.Quote {
		enclosing = quotes
	}
	for _, quote := range enclosing {
		for _, delimiter := range tried {
			candidate := layout
			candidate.Delimiter, candidate.Quote, candidate.Unquoted = delimiter, quote, quote == 0
			if candidate.Unquoted || candidate.Escape == quote {
				candidate.Escape = 0
			}
			taken := []byte{quote, candidate.Escape, candidate.Comment}
			if !slices.Contains(taken, delimiter) && (quote == 0 || quote != candidate.Comment) {
				all = append(all, candidate)
			}
		}
	}
	return all
}

// said is what a contract says, in YAML, so that a file is read in one layout's dialect and not in the other's.
func said(layout, other pipeline.Layout) string {
	var all []string
	if layout.Delimiter != other.Delimiter {
		all = append(all, fmt.Sprintf("delimiter: %q", string(layout.Delimiter)))
	}
	if layout.Quote != other.Quote {
		quote := "none"
		if !layout.Unquoted {
			quote = strconv.Quote(string(layout.Quote))
		}
		all = append(all, "quote: "+quote)
	}
	return strings.Join(all, " and ")
}

// leftOpen is what a contract says so that the file tells in which of the two dialects it is.
func leftOpen(layout, other pipeline.Layout) string {
	var all []string
	if layout.Delimiter != other.Delimiter {
		all = append(all, "delimiter: auto")
	}
	if layout.Quote != other.Quote {
		all = append(all, "quote: auto")
	}
	return strings.Join(all, " and ")
}
