package load

import (
	"encoding/binary"
	"time"

	"acequia/shared/contract"
	"acequia/shared/rows"
)

// dayField is where a tuple holds the day that it speaks of. The zero value means that the data set has none.
type dayField struct {
	column string
	place  int
}

func dayFieldOf(c *contract.Contract) dayField {
	if c.Summary == nil {
		return dayField{}
	}
	for i, column := range c.Stored() {
		if column.Name == c.Summary.Day && column.Type.Kind == contract.Date {
			return dayField{column.Name, rows.Leading + i}
		}
	}
	return dayField{}
}

// epoch is the day 0 of Postgres's dates (src/include/datatype/timestamp.h, POSTGRES_EPOCH_JDATE).
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// collect adds the tuples' days.
func (d dayField) collect(tuples []rows.Tuple, days map[time.Time]bool) {
	if d.column == "" {
		return
	}
	seen := make([]int32, 1<<10) // by a day's last bits, the day that came last, one up: a file speaks of few days, which come again
	for _, t := range tuples {
		b, null := t.Field(d.place)
		if null {
			continue
		}
		n := int32(binary.BigEndian.Uint32(b))
		if at := uint32(n) % uint32(len(seen)); seen[at] != n+1 {
			seen[at] = n + 1
			days[epoch.AddDate(0, 0, int(n))] = true
		}
	}
}
