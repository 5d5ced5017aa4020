package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/s3store"
)

// Plans is where objects' plans are: see s3store.Work.
type Plans interface {
	Plan(ctx context.Context, id pipeline.ObjectID, attempt int) (pipeline.Plan, error)
}

// StandardOutput stands for itself where a file is named.
const StandardOutput = "-"

// WriteRejects writes the rejected records of an object, which is named as find takes it, to a file in the object's layout, each
// with its reason, and says what to do with it. An empty file is named after the key, in the current directory; what is written
// to StandardOutput goes to stdout. If there are no rejects, it says so and writes nothing.
func (d *Desk) WriteRejects(ctx context.Context, name, file string, stdout io.Writer) error {
	o, err := d.ended(ctx, name)
	if err != nil {
		return err
	}
	some, err := d.Ledger.RejectsOf(ctx, o.Object.ID, 1)
	if err != nil {
		return err
	}
	if len(some) == 0 {
		d.sayNoRejects(o)
		return nil
	}
	layout, err := d.layout(ctx, o)
	if err != nil {
		return err
	}
	if file == "" {
		file = rejectsName(o.Object.Key, layout)
	}
	e := &export{desk: d, object: o, layout: layout, file: file}
	if err := e.write(ctx, stdout); err != nil {
		return lost(o, err)
	}
	e.say()
	return nil
}

// ended gives the object of that name, which has come to its end; of one that came again unchanged, the version that it repeats.
func (d *Desk) ended(ctx context.Context, name string) (pgstore.ObjectRow, error) {
	o, err := d.find(ctx, name)
	switch {
	case err != nil:
		return o, err
	case !o.Status.Done():
		return o, fmt.Errorf("the object %s is %s: its rejects are known when it has ended, which make status tells", o.Object.URI(), o.Status)
	case o.Status != pipeline.Unchanged:
		return o, nil
	}
	d.Term.Line("The last version of %s repeats the bytes of the one before; its records are that one's.", o.Object.URI())
	return d.repeated(ctx, o)
}

func (d *Desk) sayNoRejects(o pgstore.ObjectRow) {
	d.Term.Line("%s has no rejects: nothing was written.", o.Object.URI())
	if o.Error != "" {
		d.Term.Line("  It is %s as a whole: %s", o.Status, o.Error)
	}
}

// layout reads how the object's bytes are laid out.
func (d *Desk) layout(ctx context.Context, o pgstore.ObjectRow) (pipeline.Layout, error) {
	plan, err := d.Plans.Plan(ctx, o.Object.ID, o.Counted)
	if errors.Is(err, s3store.ErrNotFound) {
		return pipeline.Layout{}, lost(o, pipeline.Refuse("the plan, which says how the file is laid out, has expired "+
			"(s3://%s/%s); upload the file again", d.Env.WorkBucket, pipeline.PlanKey(o.Object.ID, o.Counted)))
	}
	return plan.Layout, err
}

// lost names the object that an error is about and, where its bytes are gone for good, what is left of its rejects.
func lost(o pgstore.ObjectRow, err error) error {
	if refused := (*pipeline.RefusedError)(nil); errors.As(err, &refused) {
		return fmt.Errorf("the rejects of %s cannot be written: %w. What the ledger keeps of them, for reading: "+
			"select * from acequia.rejects where object_id = '%s'", o.Object.URI(), err, o.Object.ID)
	}
	return fmt.Errorf("writing the rejects of %s: %w", o.Object.URI(), err)
}

// rejectsName names a file after the key: january.rejects.csv after sales/january.csv.gz.
func rejectsName(key string, layout pipeline.Layout) string {
	base := path.Base(key)
	if layout.Compression != "" && slices.Contains([]string{".gz", ".gzip", ".zst", ".zstd"}, strings.ToLower(path.Ext(base))) {
		base = strings.TrimSuffix(base, path.Ext(base))
	}
	extension := path.Ext(base)
	stem := strings.TrimSuffix(base, extension)
	if layout.Format == pipeline.Parquet {
		extension = ".ndjson"
	}
	return stem + ".rejects" + extension
}
