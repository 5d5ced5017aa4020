package clean

import (
	"fmt"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// column is a declared column, ready to be read.
type column struct {
	read  reader
	odd   [habits]int64 // how often each was met
	short shortcut
	contract.Column
	bounds

	standIn  []byte   // the default; empty if there is none
	pattern  *pattern // nil: any
	values   words    // nil: any
	formats  string   // how dates are written, for a person
	least    []byte   // the range of a whole number
	greatest []byte
}

// A reader gives the canonical text of what a field says, or false after adding what is wrong with it. The text is the field's
// own, or kept until the next record.
type reader func(c *Cleaner, col *column, kind pipeline.Kind, text []byte) ([]byte, bool)

var ranges = map[contract.Kind][2]string{
	contract.SmallInt: {"-32768", "32767"},
	contract.Integer:  {"-2147483648", "2147483647"},
	contract.BigInt:   {"-9223372036854775808", "9223372036854775807"},
}

var readers = map[contract.Kind]reader{
	contract.Text:        readText,
	contract.SmallInt:    readWhole,
	contract.Integer:     readWhole,
	contract.BigInt:      readWhole,
	contract.Numeric:     readNumeric,
	contract.Date:        readDate,
	contract.Timestamp:   readTimestamp,
	contract.TimestampTZ: readTimestamp,
	contract.Boolean:     readBoolean,
	contract.JSONB:       readJSON,
}

func newColumn(declared contract.Column) (column, error) {
	col := column{
		Column: declared, read: readers[declared.Type.Kind], pattern: newPattern(declared.Pattern), values: newWords(declared.Values),
	}
	if col.read == nil {
		return col, fmt.Errorf("values of the type %q cannot be read", declared.Physical)
	}
	if declared.Default != nil {
		col.standIn = []byte(*declared.Default)
	}
	whole := ranges[declared.Type.Kind]
	col.least, col.greatest = []byte(whole[0]), []byte(whole[1])
	for i, format := range declared.DateFormats {
		if i > 0 {
			col.formats += " or "
		}
		col.formats += format.String()
	}
	var err error
	if col.bounds, err = newBounds(declared); err == nil {
		col.short = newShortcut(&col)
	}
	return col, err
}
