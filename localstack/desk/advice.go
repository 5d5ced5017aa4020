package desk

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"acequia/shared/pipeline"
)

// say tells what was written, what is special about it, and what comes next.
func (e *export) say() {
	where, reasons := e.file, "in "+e.reasonsFile()
	if e.file == StandardOutput {
		where, reasons = "standard output", "written beside the file, where there is one: FILE=…"
	}
	e.desk.Term.Line("Wrote %s of %s to %s", plural(e.records.Load()-e.empty, "reject"), e.object.Object.URI(), where)
	for _, advice := range []struct {
		given bool
		text  string
	}{
		{e.layout.Format == pipeline.Parquet, "Parquet has no bytes to cut out: these are the records as the ledger keeps them, long ones cut short"},
		{e.apart > 0, fmt.Sprintf("%s last, and must be corrected first: %s", of(e.apart, "stands", "stand"), e.whyApart())},
		{e.untold > 0, fmt.Sprintf("%s no place for a reason: why is %s", of(e.untold, "has", "have"), reasons)},
		{e.empty > 0, fmt.Sprintf("%s left out, for lack of any bytes: why is %s", of(e.empty, "is", "are"), reasons)},
		{true, e.next()},
	} {
		if advice.given {
			e.desk.Term.Line("  %s", advice.text)
		}
	}
}

// of counts some of the records.
func of(n int64, is, are string) string {
	if n == 1 {
		return "1 of them " + is
	}
	return count(n) + " of them " + are
}

func (e *export) whyApart() string {
	if e.layout.Format == pipeline.CSV {
		return "a quote may swallow what stands behind it"
	}
	return "no valid JSON object"
}

// next says how the records get into the warehouse. Of a file that was refused, the others are not there either.
func (e *export) next() string {
	o := e.object
	file, dataset := shellWord(e.file), o.Object.Dataset
	switch {
	case o.Status == pipeline.Refused, o.Status == pipeline.Failed:
		return fmt.Sprintf("The file is %s, so nothing of it is loaded, its good records neither: correct them there, and upload it whole: "+
			"make upload FILE=%s DATASET=%s", o.Status, shellWord(path.Base(o.Object.Key)), dataset)
	case e.layout.Format == pipeline.Parquet:
		return "Correct them, make Parquet of them, and upload that: make upload FILE=… DATASET=" + dataset
	case e.file == StandardOutput:
		file = "…"
	}
	return fmt.Sprintf("Correct them, and upload the file: make upload FILE=%s DATASET=%s", file, dataset)
}

var plainWord = regexp.MustCompile(`^[\pL\pN_./:+,@%-]+$`)

// shellWord quotes a word where a shell would not take it as it is.
func shellWord(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
