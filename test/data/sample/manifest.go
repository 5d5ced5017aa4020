package sample

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
)

// Manifest is the account of a set of files: what whoever loads them must find.
type Manifest struct {
	// Files are in the order in which they are loaded. No two of one data set share a key, so the order does not matter.
	Files []File `json:"files"`
	// Busiest is the day with the most transactions over all files of sales, the first of equals; nil if there are none.
	Busiest *Busiest `json:"busiest_day,omitempty"`
}

// File is the account of one file: Records = Rows + Duplicates + Rejected.
type File struct {
	Name    string `json:"name"`
	Dataset string `json:"dataset"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
	Records int64  `json:"records"`
	// Rows are the records that are kept, one to a key.
	Rows int64 `json:"rows"`
	// Duplicates are the good records whose key a later good record of the same file holds.
	Duplicates int64 `json:"duplicates"`
	Rejected   int64 `json:"rejected"`
	// Faults counts the rejected records by what is wrong with them. Each has one thing wrong.
	Faults map[string]int64 `json:"faults"`
	// Rejects are the rejected records in the order of the file.
	Rejects []Reject `json:"rejects"`
	// Sales is set for files of sales.
	Sales *Sales `json:"sales,omitempty"`
}

func (f *File) reject(r Reject) {
	f.Rejected++
	f.Faults[r.Fault]++
	f.Rejects = append(f.Rejects, r)
}

// Place is where in a file a record lies.
type Place struct {
	// Line is the number, from 1, of the line that the record starts on.
	Line int64 `json:"line"`
	// Offset and Length are in bytes; Length is without the line end, or the comma, after the record.
	Offset int64 `json:"byte_offset"`
	Length int64 `json:"byte_length"`
}

// Reject is a record that breaks one rule.
type Reject struct {
	Place
	// Column is the column that breaks it, empty where the record as a whole does.
	Column string `json:"column"`
	// Fault is the generator's name for what is wrong.
	Fault string `json:"fault"`
}

// Sales is what the rows of a file of sales add up to.
type Sales struct {
	// UnknownProducts and UnknownCustomers count the rows whose code is not among the rows of the sample files of
	// products and customers. A row without a code is not among them.
	UnknownProducts  int64 `json:"unknown_products"`
	UnknownCustomers int64 `json:"unknown_customers"`
	// Days holds a total for each day and currency, in their order.
	Days []Total `json:"days"`
}

// Total adds up the sales of one day in one currency. Amounts are in cents of that currency.
type Total struct {
	Day          string `json:"day"`
	Currency     string `json:"currency"`
	Transactions int64  `json:"transactions"`
	Units        int64  `json:"units"`
	// GrossCents is quantity × unit price. TaxCents is a tenth of each sale's gross, rounded half away from zero.
	// TotalCents is gross - discount + tax.
	GrossCents    int64 `json:"gross_cents"`
	DiscountCents int64 `json:"discount_cents"`
	TaxCents      int64 `json:"tax_cents"`
	TotalCents    int64 `json:"total_cents"`
}

// Busiest is a day of sales.
type Busiest struct {
	Day          string `json:"day"`
	Transactions int64  `json:"transactions"`
	// Totals holds one total for each currency.
	Totals []Total `json:"totals"`
}

// ReadManifest reads the manifest at path.
func ReadManifest(path string) (*Manifest, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("read the manifest %s: %w", path, err)
	}
	return &m, nil
}

// innermost matches an object or array that holds no other. No string of a manifest has brackets in it.
var (
	innermost = regexp.MustCompile(`[{\[][^{}\[\]]+[}\]]`)
	comma     = regexp.MustCompile(`,\n *`)
	lineBreak = regexp.MustCompile(`\n *`)
)

// Marshal gives the manifest as JSON for people to read and for diffs: one reject, and one total, a line.
func (m *Manifest) Marshal() ([]byte, error) {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	b = innermost.ReplaceAllFunc(b, func(object []byte) []byte {
		return lineBreak.ReplaceAll(comma.ReplaceAll(object, []byte(", ")), nil)
	})
	return append(b, '\n'), nil
}
