package clean

// Habit is a way of writing that is odd, but costs no record.
type Habit uint8

// The habits.
const (
	NullSpelling  Habit = iota // a declared word for NULL, other than the empty text
	DateFormat                 // a declared format behind the first
	NumberAsText               // what a file says is a number, in a column of text
	Fraction                   // a time more precise than a microsecond, cut
	ThousandsMark              // see decimal.Notation for this one and the rest
	CurrencySign
	PercentSign
	OddMinus
	Exponent
	habits
)

var habitNames = [habits]string{
	"null spelling", "date format", "number as text", "fraction of a µs", "thousands mark", "currency sign", "percent sign", "minus sign",
	"exponent",
}

// String names the habit for a person.
func (h Habit) String() string { return habitNames[h] }

// Normalisation is something odd in a column that was put right.
type Normalisation struct {
	Column string
	Kind   Habit
}

// MarshalText implements encoding.TextMarshaler, so that a Tally can be logged as JSON.
func (n Normalisation) MarshalText() ([]byte, error) {
	return []byte(n.Column + ": " + n.Kind.String()), nil
}

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
func (c *Cleaner) Tally() Tally {
	tally := Tally{}
	for i := range c.columns {
		for kind, count := range c.columns[i].odd {
			if count > 0 {
				tally[Normalisation{c.columns[i].Name, Habit(kind)}] = count
			}
		}
	}
	return tally
}
