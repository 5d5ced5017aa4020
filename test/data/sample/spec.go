package sample

import (
	"fmt"
	"io"
	"math/rand/v2"
)

// Spec says which file to make. The same Spec gives the same bytes on every platform.
type Spec struct {
	// Dataset is sales or products (CSV), or customers (JSON).
	Dataset string
	// Name is the file's name in the manifest.
	Name string
	Seed uint64
	// Records is how many records to write. If it is 0, writing goes on until the file has Size bytes.
	Records int64
	Size    int64
	// First is the number in the first record's key. Files whose numbers do not meet share no keys.
	First int64
	// Every is how many records there are to one that is dirty or odd, on average.
	Every int
	// Days is over how many days, from 2026-09-01, the sales are spread; 0 is all of MaxDays.
	Days int
	// Shelf is of how many products, and to how many customers, sales are made, the first of the sample files; 0 is all.
	Shelf int
	// CRLF ends lines as Windows does. BOM starts the file with a byte order mark, as Excel does. NoFinalNewline leaves
	// out the last line end. All are for CSV.
	CRLF, BOM, NoFinalNewline bool
	// OneLine writes JSON without any line end, as programs do; otherwise it is written for people.
	OneLine bool
}

// Write writes the file that spec describes to w and gives its account. It holds in memory a few records and the account,
// which lists each reject.
func Write(w io.Writer, spec Spec) (File, error) {
	if spec.Records <= 0 && spec.Size <= 0 {
		return File{}, fmt.Errorf("a file of %s needs a number of records or a size", spec.Dataset)
	}
	if spec.Every <= 0 {
		return File{}, fmt.Errorf("one record in %d cannot be dirty: give 1 or more", spec.Every)
	}
	out := newOutput(w)
	account := File{Name: spec.Name, Dataset: spec.Dataset, Faults: map[string]int64{}}
	var err error
	switch spec.Dataset {
	case "sales":
		err = writeSales(newCSVWriter(out, spec), spec, &account)
	case "products":
		err = write(newCSVWriter(out, spec), products(nil), spec, &account)
	case "customers":
		err = write(newJSONWriter(out, spec.OneLine), customers(nil), spec, &account)
	default:
		err = fmt.Errorf("%q is not a data set: choose sales, products or customers", spec.Dataset)
	}
	if err != nil {
		return File{}, fmt.Errorf("write %s: %w", spec.Name, err)
	}
	account.Bytes, account.SHA256 = out.offset, out.sum()
	return account, nil
}

// A dataset says how records are made. T is what the generator knows of a record, the truth behind its text.
type dataset[T any] struct {
	columns []string
	// draw makes the record whose key has the number n.
	draw func(r *rand.Rand, n int64) T
	// cells gives the record's text, column by column, as it stands in the file.
	cells func(T) []string
	// again makes a later version of a record, with the same key.
	again func(r *rand.Rand, item T) T
	// count takes a row into the account (sign 1) or out of it (sign -1), when a later record of the file replaces it.
	count func(item T, sign int64)
	flaws []flaw[T]
}

// A flaw is one thing that shops do to a record.
type flaw[T any] struct {
	// fault is what the manifest calls it, column what it breaks; both are empty where the record is kept.
	fault, column string
	// apply changes the text, and the truth where that changes with it.
	apply func(r *rand.Rand, item *T, cells []string) []string
	// doubled sends a later version of a record that the file holds already.
	doubled bool
	// blank puts an empty line, which is no record, in front.
	blank bool
	// then is what happens to the record after this one.
	then *flaw[T]
}

// pick draws one of the choices.
func pick[E any](r *rand.Rand, choices []E) E { return choices[r.IntN(len(choices))] }
