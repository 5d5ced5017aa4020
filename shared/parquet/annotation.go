package parquet

import "fmt"

// meaning is what the values of a column stand for, or what a group is: Parquet's logical types.
type meaning uint8

const (
	plain meaning = iota
	text
	mapping
	list
	enumeration
	decimal
	date
	clock // a time of day
	timestamp
	integer
	nothing // every value is NULL
	document
	bson
	uuid
	interval
	float16
	variant
	geometry
	geography
	unknown // to us
)

var meanings = [...]string{
	"no logical type", "STRING", "MAP", "LIST", "ENUM", "DECIMAL", "DATE", "TIME", "TIMESTAMP", "INTEGER", "UNKNOWN", "JSON", "BSON",
	"UUID", "INTERVAL", "FLOAT16", "VARIANT", "GEOMETRY", "GEOGRAPHY", "a type that is not known",
}

func (m meaning) String() string { return meanings[m] }

// annotation is a meaning with what belongs to it.
type annotation struct {
	meaning
	scale, precision int  // of decimals
	fraction         int  // of times: how many digits of a second their unit is
	utc              bool // of timestamps: they are instants, and else what a clock on the wall showed
	unsigned         bool // of integers
}

// isMany tells whether a group holds any number of values for one row.
func (a *annotation) isMany() bool { return a.meaning == list || a.meaning == mapping }

// logical are the meanings by their number in the union LogicalType.
var logical = map[int16]meaning{
	1: text, 2: mapping, 3: list, 4: enumeration, 5: decimal, 6: date, 7: clock, 8: timestamp, 10: integer, 11: nothing,
	12: document, 13: bson, 14: uuid, 15: float16, 16: variant, 17: geometry, 18: geography,
}

// read reads a LogicalType, which stands above an older ConvertedType.
func (a *annotation) read(t *thrift, kind byte) {
	*a = annotation{meaning: unknown, scale: a.scale, precision: a.precision}
	t.structure(kind, func(id int16, kind byte) {
		if known, ok := logical[id]; ok {
			a.meaning = known
		}
		t.structure(kind, func(id int16, kind byte) { a.readDetail(t, id, kind) })
	})
}

func (a *annotation) readDetail(t *thrift, id int16, kind byte) {
	isTime := a.meaning == clock || a.meaning == timestamp
	switch {
	case a.meaning == decimal && id == 1:
		a.scale = t.small(kind)
	case a.meaning == decimal && id == 2:
		a.precision = t.small(kind)
	case isTime && id == 1:
		a.utc = t.boolean(kind)
	case isTime && id == 2:
		t.structure(kind, func(id int16, kind byte) {
			a.fraction = 3 * int(id) // MILLIS, MICROS, NANOS
			t.skip(kind)
		})
	case a.meaning == integer && id == 2:
		a.unsigned = !t.boolean(kind)
	default:
		t.skip(kind)
	}
}

// converted are the meanings by their number in ConvertedType.
var converted = [...]annotation{
	{meaning: text},
	{meaning: mapping},
	{meaning: mapping},
	{meaning: list},
	{meaning: enumeration},
	{meaning: decimal},
	{meaning: date},
	{meaning: clock, fraction: 3},
	{meaning: clock, fraction: 6},
	{meaning: timestamp, fraction: 3, utc: true},
	{meaning: timestamp, fraction: 6, utc: true},
	{meaning: integer, unsigned: true},
	{meaning: integer, unsigned: true},
	{meaning: integer, unsigned: true},
	{meaning: integer, unsigned: true},
	{meaning: integer},
	{meaning: integer},
	{meaning: integer},
	{meaning: integer},
	{meaning: document},
	{meaning: bson},
	{meaning: interval},
}

// convert takes a ConvertedType.
func (a *annotation) convert(number int) {
	scale, precision := a.scale, a.precision
	if *a = (annotation{meaning: unknown}); number >= 0 && number < len(converted) {
		*a = converted[number]
	}
	a.scale, a.precision = scale, precision
}

// told is the meaning with its physical type, for a person.
func (e *element) told() string {
	if e.annotation.meaning == plain {
		return e.physical.String()
	}
	return fmt.Sprintf("%s as %s", e.annotation.meaning, e.physical)
}
