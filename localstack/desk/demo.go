package desk

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/test/data/sample"
)

// Demo uploads all sample files at once, shows how they move, and then what came of them: the ledger, some rejects, the
// busiest day's KPIs. began is when the person asked for it. ErrNotWell if a file did not end well.
func (d *Desk) Demo(ctx context.Context, began time.Time) error {
	transfers, err := d.sampleTransfers(ctx, func(sample.File) bool { return true })
	if err != nil {
		return err
	}
	d.Term.Heading("Files on their way")
	first := d.Now()
	if err := d.carryTable(ctx, transfers); err != nil {
		return err
	}
	took := d.Now().Sub(first)
	if err := d.showProcesses(ctx); err != nil {
		return err
	}
	objects, err := d.results(ctx, transfers)
	if err != nil {
		return err
	}
	if _, err := d.Functions.Invoke(ctx, NamePrefix+"summarize", []byte(`{}`)); err != nil {
		return err
	}
	d.showLedger(objects)
	if err := d.showSomeRejects(ctx, objects); err != nil {
		return err
	}
	if err := d.showBusiestDay(ctx); err != nil {
		return err
	}
	d.showEnd(objects, took, d.Now().Sub(began))
	for _, o := range objects {
		if !well(o.status) {
			return ErrNotWell
		}
	}
	return nil
}

// showProcesses says how many processes shared the work: a warm one has worked within the last minute, and there are no more
// of a function than were needed at once.
func (d *Desk) showProcesses(ctx context.Context) error {
	functions, err := d.Processes(ctx)
	if err != nil {
		return err
	}
	var shared []string
	for _, f := range functions {
		if n := f.Busy + f.Warm; n > 0 {
			shared = append(shared, fmt.Sprintf("%d × %s", n, f.Name))
		}
	}
	if len(shared) > 0 {
		d.Term.Line("  At work at once: %s", strings.Join(shared, ", "))
	}
	return nil
}

// sampleTransfers gives a transfer for each sample file that is wanted, in the manifest's order.
func (d *Desk) sampleTransfers(ctx context.Context, want func(sample.File) bool) ([]*transfer, error) {
	manifest, err := sample.ReadManifest(filepath.Join(d.Paths.TestData(), "manifest.json"))
	if err != nil {
		return nil, err
	}
	var all []*transfer
	for _, f := range manifest.Files {
		if !want(f) {
			continue
		}
		prefix, err := d.prefix(ctx, f.Dataset)
		if err != nil {
			return nil, err
		}
		t, err := newTransfer(filepath.Join(d.Paths.TestData(), f.Name), prefix+f.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// carryTable carries the files under a table that is drawn over, or writes a line for each that ended.
func (d *Desk) carryTable(ctx context.Context, transfers []*transfer) error {
	block := &live{term: d.Term}
	err := d.carry(ctx, transfers,
		func() { block.draw(transferTable(d.Term, transfers)) },
		func(t *transfer) {
			if s := t.look(); !d.Term.live && s.err == nil {
				d.Term.Line("  %-22s %-10s %s", t.name(), s.object.Status, told(t, s))
			}
		})
	return err
}

// told says in a line what became of a file.
func told(t *transfer, s state) string {
	if s.object.Status == pipeline.Unchanged {
		return "the same bytes as before"
	}
	return fmt.Sprintf("%s, %s, %s, %s, %s", size(t.bytes), plural(int64(s.object.Chunks), "chunk"),
		plural(s.object.Records, "record"), plural(s.object.Counts.Rejected, "reject"), elapsed(s.took))
}

// result is how a file ended, with the counts that are its own or, if it is unchanged, those of the version that is published.
type result struct {
	pgstore.ObjectRow
	status pipeline.Status
}

func (d *Desk) results(ctx context.Context, transfers []*transfer) ([]result, error) {
	var all []result
	for _, t := range transfers {
		s := t.look()
		// Asked again: what ended later may have taken rows over.
		o, _, err := d.Ledger.ObjectByVersion(ctx, d.Env.RawBucket, t.key, s.version)
		if err != nil {
			return nil, err
		}
		r := result{o, o.Status}
		if o.Status == pipeline.Unchanged {
			before, ok, err := d.published(ctx, t.key)
			if err != nil {
				return nil, err
			}
			if ok {
				r.ObjectRow = before
			}
		}
		all = append(all, r)
	}
	return all, nil
}

func (d *Desk) showLedger(results []result) {
	d.Term.Heading("The ledger: records = loaded + superseded + duplicates + rejected")
	t := newTable("key", "state", ">chunks", ">records", ">loaded", ">superseded", ">duplicates", ">rejected")
	unchanged := 0
	for _, r := range results {
		if r.status == pipeline.Unchanged {
			unchanged++
		}
		t.add(text(r.Object.Key), statusCell(r.status, ""), text(count(int64(r.Chunks))), text(count(r.Records)), positive(r.Counts.Loaded, plain),
			positive(r.Counts.Superseded, plain), positive(r.Counts.Duplicates, plain), positive(r.Counts.Rejected, yellow))
		t.note(r.Error, red)
	}
	d.Term.lines(t.render(d.Term))
	if unchanged > 0 {
		d.Term.Line("  Unchanged: the bytes are those of the version before, which is published. Nothing was loaded twice; the counts")
		d.Term.Line("  are that version's.")
	}
}

// rejectSamples is how many rejects the demo shows, each broken another way.
const rejectSamples = 7

func (d *Desk) showSomeRejects(ctx context.Context, results []result) error {
	seen := map[string]bool{}
	for _, r := range slices.Backward(results) { // sales come last, and are what people know best
		rejects, err := d.Ledger.RejectsOf(ctx, r.Object.ID, 100)
		if err != nil {
			return err
		}
		for _, reject := range rejects {
			why := firstFailure(reject)
			kind := why.Column + "\x00" + why.Rule
			if seen[kind] || len(seen) == rejectSamples {
				continue
			}
			if len(seen) == 0 {
				d.Term.Heading("Some records that were left out, and why")
			}
			seen[kind] = true
			d.showReject(fmt.Sprintf("%s:%d", filepath.Base(r.Object.Key), reject.Line), reject)
		}
	}
	return nil
}

func (d *Desk) showEnd(results []result, took, all time.Duration) {
	var records, bytes int64
	what := "nothing to load, as was seen in"
	for _, r := range results {
		records += r.Records
		bytes += r.Object.Size
		if r.status != pipeline.Unchanged {
			what = "through in"
		}
	}
	d.Term.Line("\n%s", d.Term.paint(bold, fmt.Sprintf("%s, %s, %s: %s %s; %s all in all.",
		plural(int64(len(results)), "file"), plural(records, "record"), size(bytes), what, elapsed(took), elapsed(all))))
	d.Term.Heading("What to try next")
	for _, line := range [][2]string{
		{"make demo", "the same files again: nothing is loaded twice"},
		{"make status", "what runs, and every file's state"},
		{"make upload FILE=january.csv DATASET=sales", "a file of your own"},
		{"make psql", "look at warehouse.sales, acequia.objects, acequia.rejects"},
		{"make logs", "follow the functions"},
		{"make down", "stop it all; what was loaded stays"},
	} {
		d.Term.Line("  %-44s%s", line[0], d.Term.paint(dim, line[1]))
	}
}
