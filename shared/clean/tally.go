package clean

import "maps"

// The kinds of normalisation.
const (
	NullSpelling = "null spelling"    // a declared word for NULL, other than the empty text
	DateFormat   = "date format"      // a declared format behind the first
	NumberAsText = "number as text"   // a JSON number in a column of text
	Fraction     = "fraction of a µs" // a time more precise than a microsecond, cut
)

// Normalisation is something odd that costs no record.
type Normalisation struct{ Column, Kind string }

// MarshalText implements encoding.TextMarshaler, so that a Tally can be logged as JSON.
func (n Normalisation) MarshalText() ([]byte, error) { return []byte(n.Column + ": " + n.Kind), nil }

// Tally counts normalisations.
type Tally map[Normalisation]int64

// Total is the number of values that were normalised.
func (t Tally) Total() (total int64) {
	for _, n := range t {
		total += n
	}
	return total
}

// Tally gives what has been counted since the cleaner was made.
func (c *Cleaner) Tally() Tally { return maps.Clone(c.tally) }
