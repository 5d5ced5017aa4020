package contract

import (
	"regexp"
	"slices"
	"time"

	"acequia/shared/contract/dateformat"
	"acequia/shared/contract/decimal"
)

// KeyTextBytes bounds the text columns of a primary key, altogether: Postgres refuses an index entry of more than a third
// of a page, 2,704 bytes (src/backend/access/nbtree/nbtutils.c, _bt_check_third_page), and would fail the whole file.
const KeyTextBytes = 2048

// Column is a column of the data set's table.
type Column struct {
	Name string
	// Source is where a record holds the value: a name in the CSV header, a JSON member or a path like
	// $.personal_info.first_name. Empty for a derived column.
	Source      string
	Description string
	// Logical is the standard's logicalType: string, integer, number, date, timestamp, boolean, object, array.
	Logical string
	// Physical is the Postgres type as SQL spells it; Type is the same, taken apart.
	Physical string
	Type     Type
	// Required columns are never NULL. Key columns are always required.
	Required bool
	// Default, in canonical text, stands in for a missing value; nil if there is none.
	Default *string
	// Expression computes a derived column; empty for a declared one.
	Expression string

	// MinLength and MaxLength are in characters; 0 is no limit. MaxBytes bounds a text column of the key.
	MinLength, MaxLength, MaxBytes int
	// Pattern must be found in a text; nil is none.
	Pattern *regexp.Regexp
	// Currency says that a text must be an active currency code of ISO 4217.
	Currency bool
	// Values are the only texts allowed; empty is no limit.
	Values []string
	// Minimum and Maximum are nil where there is no bound.
	Minimum, Maximum *Bound
	// Numbers is how a column of numbers is written.
	Numbers decimal.Notation
	// DateFormats are how dates and timestamps are written; the first that fits counts.
	DateFormats []dateformat.Format
	// Zone is the time zone of timestamps that name no offset.
	Zone *time.Location
	// True and False are the spellings of a boolean, in small letters.
	True, False []string
}

// Bound is a least or greatest value.
type Bound struct {
	// Value is in canonical text.
	Value     string
	Exclusive bool
}

// Stored gives the columns in the order in which a row holds them: the key in key order, the other declared columns, the
// derived ones.
func (c *Contract) Stored() []Column {
	stored := make([]Column, 0, len(c.Columns)+len(c.Derived))
	for _, name := range c.Key {
		stored = append(stored, c.Columns[c.Index(name)])
	}
	for _, column := range c.Columns {
		if !slices.Contains(c.Key, column.Name) {
			stored = append(stored, column)
		}
	}
	return append(stored, c.Derived...)
}

// Sources gives the declared columns' sources in order: what decode is asked for.
func (c *Contract) Sources() []string {
	sources := make([]string, len(c.Columns))
	for i, column := range c.Columns {
		sources[i] = column.Source
	}
	return sources
}

// Index gives the place of a declared column in Columns, or -1.
func (c *Contract) Index(name string) int {
	return slices.IndexFunc(c.Columns, func(column Column) bool { return column.Name == name })
}
