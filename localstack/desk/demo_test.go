package desk

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

const manifest = `{"files": [{"name": "sales_large.csv", "dataset": "sales", "records": 5000, "rows": 4875, "duplicates": 13, "rejected": 112}]}`

func demoDesk(t *testing.T, now pgstore.ObjectRow, earlier ...pgstore.ObjectRow) (*Desk, func() string) {
	t.Helper()
	w := &world{
		objects: map[string]pgstore.ObjectRow{now.Object.Key: now}, earlier: append([]pgstore.ObjectRow{now}, earlier...), rejects: dirt,
	}
	d, out := w.desk(t)
	writeFile(t, filepath.Join(d.Paths.TestData(), "manifest.json"), manifest)
	writeFile(t, filepath.Join(d.Paths.TestData(), "sales_large.csv"), strings.Repeat("x", 1742))
	return d, out.String
}

func TestDemo(t *testing.T) {
	t.Parallel()
	before := object("sales/sales_large.csv", pipeline.Published, published)
	for name, c := range map[string]struct {
		now  pgstore.ObjectRow
		want error
	}{
		"first":   {before, nil},
		"second":  {object("sales/sales_large.csv", pipeline.Unchanged), nil},
		"refused": {object("sales/sales_large.csv", pipeline.Refused, refused), ErrNotWell},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, out := demoDesk(t, c.now, before)
			if err := d.Demo(t.Context(), noon); !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
			golden(t, "demo_"+name, out())
		})
	}
}

func TestValidateHoldsFilesToTheManifest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rejected int64
		want     error
	}{"same": {112, nil}, "different": {111, ErrNotWell}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := object("sales/sales_large.csv", pipeline.Published, published)
			o.Counts.Rejected = c.rejected
			d, out := demoDesk(t, o)
			if err := d.ValidateFiles(t.Context(), "large"); !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
			golden(t, "validate_"+name, out())
		})
	}
}
