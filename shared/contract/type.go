package contract

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"acequia/shared/contract/nearest"
)

// Kind is the kind of a Postgres type, as SQL spells it.
type Kind string

// The kinds of column that are stored.
const (
	Text        Kind = "text"
	BigInt      Kind = "bigint"
	Integer     Kind = "integer"
	SmallInt    Kind = "smallint"
	Numeric     Kind = "numeric"
	Date        Kind = "date"
	TimestampTZ Kind = "timestamptz"
	Timestamp   Kind = "timestamp"
	Boolean     Kind = "boolean"
	JSONB       Kind = "jsonb"
)

var kinds = []string{
	string(Text), string(BigInt), string(Integer), string(SmallInt), string(Numeric), string(Date), string(TimestampTZ),
	string(Timestamp), string(Boolean), string(JSONB),
}

// Type is a Postgres type.
type Type struct {
	Kind Kind
	// Precision and Scale are numeric's; a Precision of 0 sets no bounds.
	Precision, Scale int
}

// String gives the type as SQL spells it.
func (t Type) String() string {
	if t.Precision == 0 {
		return string(t.Kind)
	}
	return fmt.Sprintf("%s(%d,%d)", t.Kind, t.Precision, t.Scale)
}

// Whole tells whether the type holds whole numbers only.
func (t Type) Whole() bool { return t.Kind == BigInt || t.Kind == Integer || t.Kind == SmallInt }

// remedies say what to write in place of types that people expect.
var remedies = map[string]string{
	"varchar": "write text, and a maxLength under logicalTypeOptions",
	"char":    "write text, and a maxLength under logicalTypeOptions",
	"string":  "write text",
	"citext":  "write text: citext calls different bytes equal, which a key compared by bytes cannot",
	"int":     "write integer", "int4": "write integer", "int8": "write bigint", "int2": "write smallint",
	"decimal": "write numeric, as in numeric(12,2)", "money": "write numeric(12,2)",
	"float": "write numeric(12,2): a float is never exact", "double": "write numeric(12,2): a float is never exact",
	"double precision": "write numeric(12,2): a float is never exact", "real": "write numeric(12,2): a float is never exact",
	"datetime": "write timestamptz", "timestamp with time zone": "write timestamptz",
	"timestamp without time zone": "write timestamp",
	"bool":                        "write boolean", "json": "write jsonb",
}

var numericForm = regexp.MustCompile(`^numeric\s*\(\s*(\d{1,4})\s*(?:,\s*(\d{1,4})\s*)?\)$`)

// ParseType reads a physicalType. The error says what to write instead.
func ParseType(s string) (Type, error) {
	name := strings.ToLower(strings.TrimSpace(s))
	if m := numericForm.FindStringSubmatch(name); m != nil {
		precision, _ := strconv.Atoi(m[1])
		scale, _ := strconv.Atoi(m[2])
		if precision < 1 || precision > 1000 || scale > precision {
			return Type{}, fmt.Errorf("%s is no type: the precision goes from 1 to 1000, the scale from 0 to the precision", s)
		}
		return Type{Kind: Numeric, Precision: precision, Scale: scale}, nil
	}
	for _, kind := range kinds {
		if name == kind {
			return Type{Kind: Kind(name)}, nil
		}
	}
	base, _, _ := strings.Cut(name, "(")
	if remedy, ok := remedies[strings.TrimSpace(base)]; ok {
		return Type{}, fmt.Errorf("the type %s is not stored; %s", s, remedy)
	}
	return Type{}, fmt.Errorf("the type %s is not stored; write one of %s%s",
		s, strings.Join(kinds, ", "), nearest.Hint(name, kinds))
}
