package desk

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"acequia/shared/pipeline"
	"acequia/test/data/sample"
)

// Check is a question about the stack that has an answer.
type Check struct {
	Name string
	// Run gives a sentence on what was found. Its error says what is wrong, and what to do.
	Run func(context.Context) (string, error)
}

// Validate makes the checks and shows their answers; ErrNotWell if one failed.
func (d *Desk) Validate(ctx context.Context, checks []Check) error {
	t := newTable("check", "", "")
	failed := false
	for _, c := range checks {
		found, err := c.Run(ctx)
		verdict := cell{"ok", green}
		if err != nil {
			failed = true
			verdict, found = cell{"FAILED", red}, err.Error()
		}
		t.add(text(c.Name), verdict, text(found))
	}
	d.Term.lines(t.render(d.Term))
	if failed {
		return ErrNotWell
	}
	return nil
}

// ValidateFiles uploads the sample files of one size ("small", "medium", "large") and holds their counts in the ledger to
// the manifest; ErrNotWell if one differs.
func (d *Desk) ValidateFiles(ctx context.Context, sizes ...string) error {
	manifest, err := sample.ReadManifest(filepath.Join(d.Paths.TestData(), "manifest.json"))
	if err != nil {
		return err
	}
	wanted := func(f sample.File) bool {
		for _, s := range sizes {
			if strings.Contains(f.Name, "_"+s+".") {
				return true
			}
		}
		return false
	}
	transfers, err := d.sampleTransfers(ctx, wanted)
	if err != nil {
		return err
	}
	d.Term.Heading("Files of size " + strings.Join(sizes, " and ") + ", end to end")
	began := d.Now()
	if err := d.carryTable(ctx, transfers); err != nil {
		return err
	}
	took := d.Now().Sub(began)
	results, err := d.results(ctx, transfers)
	if err != nil {
		return err
	}
	files := map[string]sample.File{}
	for _, f := range manifest.Files {
		files[f.Name] = f
	}
	if !d.showAgainstManifest(results, files) {
		return ErrNotWell
	}
	var records int64
	for _, r := range results {
		records += r.Records
	}
	d.Term.Line("  %s in %s: all counts are those of the manifest", plural(records, "record"), elapsed(took))
	return nil
}

func (d *Desk) showAgainstManifest(results []result, files map[string]sample.File) (same bool) {
	same = true
	t := newTable("file", "state", ">records", ">rows", ">duplicates", ">rejected", "")
	for _, r := range results {
		f := files[filepath.Base(r.Object.Key)]
		differences := differences(r, f)
		verdict := cell{"as in the manifest", green}
		if len(differences) > 0 {
			same = false
			verdict = cell{strings.Join(differences, "; "), red}
		}
		t.add(text(f.Name), statusCell(r.status, ""), text(count(r.Records)), text(count(r.Counts.Loaded+r.Counts.Superseded)),
			text(count(r.Counts.Duplicates)), text(count(r.Counts.Rejected)), verdict)
	}
	d.Term.lines(t.render(d.Term))
	return same
}

// differences says what of a file's end is not as the manifest says. Rows that another file took over are counted with
// those that are loaded.
func differences(r result, f sample.File) []string {
	if r.Status != pipeline.Published {
		return []string{fmt.Sprintf("it is %s: %s", r.Status, r.Error)}
	}
	var all []string
	for _, c := range []struct {
		name      string
		got, want int64
	}{
		{"records", r.Records, f.Records},
		{"rows", r.Counts.Loaded + r.Counts.Superseded, f.Rows},
		{"duplicates", r.Counts.Duplicates, f.Duplicates},
		{"rejected", r.Counts.Rejected, f.Rejected},
	} {
		if c.got != c.want {
			all = append(all, fmt.Sprintf("%s %s, not %s", count(c.want), c.name, count(c.got)))
		}
	}
	return all
}
