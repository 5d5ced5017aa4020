package parquet

import (
	"encoding/binary"
	"strconv"
	"time"

	"acequia/shared/pipeline"
)

const (
	daySeconds = 24 * 60 * 60
	// julianEpoch is the number of 1970-01-01 among the days that INT96 counts.
	julianEpoch = 2440588
)

// powers are those of ten.
var powers = [...]int64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// appendDays writes a date from the days since 1970-01-01.
func appendDays(dst, value []byte) ([]byte, pipeline.Kind) {
	return appendDate(dst, time.Unix(whole(value)*daySeconds, 0).UTC()), pipeline.Moment
}

// clockWriter writes times of day that are counted in units of so many digits of a second; nil if there are none such.
func clockWriter(digits int) writer {
	if !isUnit(digits) {
		return nil
	}
	return func(dst, value []byte) ([]byte, pipeline.Kind) {
		v := whole(value)
		if v < 0 || v >= daySeconds*powers[digits] {
			return dst, pipeline.Absent
		}
		return appendClock(dst, v/powers[digits], v%powers[digits]*powers[9-digits]), pipeline.Text
	}
}

// timestampWriter writes the time that many units after 1970-01-01: an instant in UTC, or else what a clock showed.
func timestampWriter(digits int, utc bool) writer {
	if !isUnit(digits) {
		return nil
	}
	return func(dst, value []byte) ([]byte, pipeline.Kind) {
		v, unit := whole(value), powers[digits]
		seconds, rest := v/unit, v%unit
		if rest < 0 {
			seconds, rest = seconds-1, rest+unit
		}
		return appendMoment(dst, seconds, rest*powers[9-digits], utc), pipeline.Moment
	}
}

func isUnit(digits int) bool { return digits == 3 || digits == 6 || digits == 9 }

// appendInt96 writes a time as Impala and Spark kept it, in nanoseconds of a Julian day. They mean an instant in UTC.
func appendInt96(dst, value []byte) ([]byte, pipeline.Kind) {
	nanos := int64(binary.LittleEndian.Uint64(value))
	day := int64(binary.LittleEndian.Uint32(value[8:])) - julianEpoch
	if nanos < 0 || nanos >= daySeconds*powers[9] {
		return dst, pipeline.Absent
	}
	return appendMoment(dst, day*daySeconds+nanos/powers[9], nanos%powers[9], true), pipeline.Moment
}

func appendMoment(dst []byte, seconds, nanos int64, utc bool) []byte {
	at := time.Unix(seconds, 0).UTC()
	hour, minute, second := at.Clock()
	dst = append(appendDate(dst, at), 'T')
	dst = appendClock(dst, int64(hour)*60*60+int64(minute)*60+int64(second), nanos)
	if utc {
		dst = append(dst, 'Z')
	}
	return dst
}

// appendDate writes a date; a year that four digits do not hold has its sign (ISO 8601, expanded representation).
func appendDate(dst []byte, at time.Time) []byte {
	year, month, day := at.Date()
	switch {
	case year < 0:
		dst, year = append(dst, '-'), -year
	case year > 9999:
		dst = append(dst, '+')
	}
	for least := 1000; least > max(year, 1); least /= 10 {
		dst = append(dst, '0')
	}
	dst = append(strconv.AppendInt(dst, int64(year), 10), '-')
	return appendTwo(append(appendTwo(dst, int64(month)), '-'), int64(day))
}

// appendClock writes a time of day, with a fraction if there is one.
func appendClock(dst []byte, seconds, nanos int64) []byte {
	dst = append(appendTwo(dst, seconds/3600), ':')
	dst = append(appendTwo(dst, seconds/60%60), ':')
	dst = appendTwo(dst, seconds%60)
	if nanos == 0 {
		return dst
	}
	dst = append(dst, '.')
	for least := powers[8]; nanos > 0; least /= 10 {
		dst = append(dst, byte('0'+nanos/least))
		nanos %= least
	}
	return dst
}

func appendTwo(dst []byte, n int64) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }
