package sample

import "math/rand/v2"

// A recordWriter writes records in one format.
type recordWriter interface {
	// start writes what stands before the first record.
	start(columns []string) error
	blankLine() error
	// record writes one record and tells where it lies.
	record(cells []string) (Place, error)
	// size is the number of bytes written so far.
	size() int64
	// end writes what stands after the last record.
	end() error
}

// write makes a file and takes each record into its account as it is written.
func write[T any](w recordWriter, d dataset[T], spec Spec, account *File) error {
	if err := w.start(d.columns); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(spec.Seed, 0)) // PCG is specified, so a seed means the same everywhere.
	deal := dealer[T]{flaws: d.flaws, every: spec.Every}
	deal.rest(r)
	for n := spec.First; !full(w, spec, account); n++ {
		if err := writeRecord(w, d, r, n, &deal, account); err != nil {
			return err
		}
	}
	return w.end()
}

// writeRecord writes the record with the number n, or what its flaw makes of it.
func writeRecord[T any](w recordWriter, d dataset[T], r *rand.Rand, n int64, deal *dealer[T], account *File) error {
	item, flaw, doubles := d.draw(r, n), deal.next(r), -1
	if flaw.doubled {
		doubles = r.IntN(len(deal.kept))
		item = d.again(r, deal.kept[doubles])
	}
	cells := d.cells(item)
	if flaw.apply != nil {
		cells = flaw.apply(r, &item, cells)
	}
	if flaw.blank {
		if err := w.blankLine(); err != nil {
			return err
		}
	}
	at, err := w.record(cells)
	if err != nil {
		return err
	}
	account.Records++
	switch {
	case flaw.fault != "":
		account.reject(Reject{Place: at, Column: flaw.column, Fault: flaw.fault})
	case flaw.doubled:
		account.Duplicates++
		d.count(deal.kept[doubles], -1)
		d.count(item, 1)
		deal.kept[doubles] = item
	default:
		account.Rows++
		d.count(item, 1)
		deal.remember(r, item)
	}
	return nil
}

func full(w recordWriter, spec Spec, account *File) bool {
	if spec.Records > 0 {
		return account.Records == spec.Records
	}
	return w.size() >= spec.Size
}
