package test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"acequia/shared/charset"
	"acequia/shared/clean"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/staging"
)

// outcome is what became of a file, for a person to read.
type outcome struct {
	// refused says why the file is refused; all the rest is about one that is not.
	refused string
	layout  pipeline.Layout
	columns []contract.Column
	entries []entry
	// records counts all of them, rejected those that broke a rule, tally what was put right by its name.
	records, rejected int64
	tally             map[string]int64
}

// entry is what became of one record.
type entry struct {
	pipeline.Place
	text string
}

// add adds the records of the next chunk.
func (o *outcome) add(out clean.Output) error {
	o.records += out.Count
	o.rejected += out.Rejected
	for what, n := range out.Tally {
		o.tally[what.Column+": "+what.Kind.String()] += n
	}
	var r pipeline.CleanRecord
	records := staging.NewRecordReader(out.Records, len(o.columns))
	for {
		ok, err := records.Next(&r)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		o.entries = append(o.entries, entry{r.Place, o.row(r.Values)})
	}
	for r, err := range staging.Rejects(bytes.NewReader(out.Rejects)) {
		if err != nil {
			return err
		}
		o.entries = append(o.entries, entry{r.Place, rejection(r)})
	}
	return nil
}

// row writes a clean record: texts in quotes, everything else as it is.
func (o *outcome) row(values []pipeline.Value) string {
	var shown []string
	for i, v := range values {
		switch {
		case v.Null:
			shown = append(shown, "NULL")
		case o.columns[i].Type.Kind == contract.Text:
			shown = append(shown, strconv.Quote(string(v.Text)))
		default:
			shown = append(shown, cut(string(v.Text)))
		}
	}
	return strings.Join(shown, " | ")
}

func rejection(r pipeline.Reject) string {
	var b strings.Builder
	fmt.Fprintf(&b, "rejected: %s", cut(strconv.Quote(r.Raw)))
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "\n    %s: %s", f.Rule, cut(f.Reason))
	}
	return b.String()
}

// cut shortens a text of which nobody would read the rest.
func cut(text string) string {
	const most = 400
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes)", text[:most/10], len(text))
}

// String gives the golden file.
func (o *outcome) String() string {
	if o.refused != "" {
		return "refused: " + o.refused + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", described(o.layout))
	var names []string
	for _, c := range o.columns {
		names = append(names, c.Name)
	}
	fmt.Fprintf(&b, "%s\n\n", strings.Join(names, " | "))
	slices.SortStableFunc(o.entries, func(a, b entry) int { return int(a.Offset - b.Offset) })
	for _, e := range o.entries {
		fmt.Fprintf(&b, "line %d, bytes %d to %d: %s\n", e.Line, e.Offset, e.Offset+e.Length, e.text)
	}
	fmt.Fprintf(&b, "\n%s\n", o.short())
	for _, what := range slices.Sorted(maps.Keys(o.tally)) {
		fmt.Fprintf(&b, "%s: %d\n", what, o.tally[what])
	}
	return b.String()
}

// short is the outcome at a glance.
func (o *outcome) short() string {
	switch {
	case o.refused != "":
		return "refused"
	case o.rejected == 0:
		return fmt.Sprintf("%d clean", o.records)
	default:
		return fmt.Sprintf("%d clean, %d rejected", o.records-o.rejected, o.rejected)
	}
}

// described gives a layout in a line.
func described(l pipeline.Layout) string {
	said := []string{string(l.Format), l.Encoding}
	if l.Encoding == "" {
		said[1] = charset.UTF8
	}
	if l.Format == pipeline.CSV {
		said = append(said, dialect(l)...)
	}
	said = append(said, fmt.Sprintf("records from byte %d, line %d", l.BodyStart, l.BodyLine))
	if len(l.Detected) > 0 {
		said = append(said, "found in the file: "+strings.Join(l.Detected, " "))
	}
	return strings.Join(said, ", ")
}

func dialect(l pipeline.Layout) []string {
	said := []string{"delimiter " + strconv.QuoteRune(rune(l.Delimiter)), "no quotes"}
	if !l.Unquoted {
		said[1] = "quote " + string(rune(l.Quote))
	}
	if l.Escape != 0 {
		said = append(said, "escape "+string(rune(l.Escape)))
	}
	if l.Comment != 0 {
		said = append(said, "comment "+string(rune(l.Comment)))
	}
	if l.TrailingDelimiter {
		said = append(said, "trailing delimiters")
	}
	if l.PadShort {
		said = append(said, "short records padded")
	}
	if l.HeaderText == "" {
		return append(said, "no header")
	}
	return append(said, "header "+strings.Join(l.Header, "/"))
}
