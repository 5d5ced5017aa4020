package transform

import (
	"encoding/binary"
	"time"

	"acequia/shared/contract"
)

// An encoder appends a value in the binary form in which Postgres receives its type (the type's recv function in
// src/backend/utils/adt of Postgres 15), given its canonical text. It gives false for a text that is not canonical.
type encoder func(dst, text []byte) ([]byte, bool)

var encoders = map[contract.Kind]encoder{
	contract.Text:        appendText,
	contract.SmallInt:    appendInt16,
	contract.Integer:     appendInt32,
	contract.BigInt:      appendInt64,
	contract.Numeric:     appendNumeric,
	contract.Date:        appendDate,
	contract.TimestampTZ: appendTimestampTZ,
	contract.Timestamp:   appendTimestamp,
	contract.Boolean:     appendBoolean,
	contract.JSONB:       appendJSONB,
}

func appendText(dst, text []byte) ([]byte, bool) { return append(dst, text...), true }

// jsonbVersion stands before the text of a document (jsonb_recv).
const jsonbVersion = 1

func appendJSONB(dst, text []byte) ([]byte, bool) {
	return append(append(dst, jsonbVersion), text...), true
}

func appendBoolean(dst, text []byte) ([]byte, bool) {
	switch string(text) {
	case "true":
		return append(dst, 1), true
	case "false":
		return append(dst, 0), true
	}
	return dst, false
}

// wholeDigits is how many digits the largest whole number has, that of bigint.
const wholeDigits = 19

// whole reads a whole number that fits into so many bits.
func whole(text []byte, bits uint) (int64, bool) {
	digits, negative := text, false
	if len(text) > 0 && text[0] == '-' {
		digits, negative = text[1:], true
	}
	if len(digits) == 0 || len(digits) > wholeDigits {
		return 0, false
	}
	n := uint64(0) // 19 digits always fit.
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + uint64(c-'0')
	}
	limit := uint64(1) << (bits - 1)
	if negative {
		return int64(-n), n <= limit
	}
	return int64(n), n < limit
}

// inRange tells whether a whole number fits into a type.
func inRange(kind contract.Kind, text []byte) bool {
	bits := map[contract.Kind]uint{contract.SmallInt: 16, contract.Integer: 32, contract.BigInt: 64}[kind]
	_, ok := whole(text, bits)
	return ok
}

func appendInt16(dst, text []byte) ([]byte, bool) {
	n, ok := whole(text, 16)
	return binary.BigEndian.AppendUint16(dst, uint16(n)), ok
}

func appendInt32(dst, text []byte) ([]byte, bool) {
	n, ok := whole(text, 32)
	return binary.BigEndian.AppendUint32(dst, uint32(n)), ok
}

func appendInt64(dst, text []byte) ([]byte, bool) {
	n, ok := whole(text, 64)
	return binary.BigEndian.AppendUint64(dst, uint64(n)), ok
}

// epoch is the day from which Postgres counts days and microseconds: POSTGRES_EPOCH_JDATE, 2000-01-01.
var epoch = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// appendDate appends the days since the epoch.
func appendDate(dst, text []byte) ([]byte, bool) {
	if len(text) != len(time.DateOnly) || text[4] != '-' || text[7] != '-' {
		return dst, false
	}
	year, ok1 := whole(text[:4], 32)
	month, ok2 := whole(text[5:7], 32)
	day, ok3 := whole(text[8:], 32)
	return binary.BigEndian.AppendUint32(dst, uint32(daysSinceEpoch(year, month, day))), ok1 && ok2 && ok3
}

// daysSinceEpoch counts the days of the Gregorian calendar, from March on, so that a leap day is a year's last (Hinnant,
// "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
func daysSinceEpoch(year, month, day int64) int32 {
	const daysOf400Years, marchFirst = 146_097, 730_425 // the epoch's day, counted from 0000-03-01
	if month <= 2 {
		year, month = year-1, month+12
	}
	era, of := year/400, year%400
	return int32(era*daysOf400Years + of*365 + of/4 - of/100 + (153*(month-3)+2)/5 + day - 1 - marchFirst)
}

// appendTimestampTZ appends the microseconds since the epoch in UTC.
func appendTimestampTZ(dst, text []byte) ([]byte, bool) {
	return appendMicroseconds(dst, time.RFC3339Nano, text)
}

// appendTimestamp appends the microseconds since the epoch on the same clock.
func appendTimestamp(dst, text []byte) ([]byte, bool) {
	return appendMicroseconds(dst, "2006-01-02T15:04:05.999999", text)
}

func appendMicroseconds(dst []byte, form string, text []byte) ([]byte, bool) {
	at, err := time.Parse(form, string(text))
	return binary.BigEndian.AppendUint64(dst, uint64(at.UnixMicro()-epoch.UnixMicro())), err == nil
}
