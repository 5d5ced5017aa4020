package transform

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"pgregory.net/rapid"

	"acequia/shared/contract"
	"acequia/shared/contract/decimal"
)

// Numbers that are taken apart by division are spelt as those that are taken apart by their text.
func TestShortNumericsAreSpeltAsLongOnes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		of := contract.Type{Kind: contract.Numeric, Precision: rapid.IntRange(1, 25).Draw(t, "precision")}
		of.Scale = rapid.IntRange(0, of.Precision).Draw(t, "scale")
		written := rapid.StringMatching(`-?[0-9]{1,20}(\.0{0,4}[0-9]{0,4}0{0,3})?`).Draw(t, "number")
		text, fault := decimal.Append(nil, []byte(written), of.Precision, of.Scale)
		if fault != decimal.None {
			t.Skip("the type cannot hold it")
		}
		want, ok := appendNumeric(nil, text)
		if !ok {
			t.Fatalf("%s is not canonical", text)
		}
		if got, ok := newNumeric(of).append(nil, text); !ok || !bytes.Equal(got, want) {
			t.Fatalf("%s as numeric(%d,%d): %x, want %x", text, of.Precision, of.Scale, got, want)
		}
	})
}

func TestDaysAreThoseOfTheCalendar(t *testing.T) {
	t.Parallel()
	for day := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 10_000; day = day.AddDate(0, 0, 1) {
		b, ok := appendDate(nil, []byte(day.Format(time.DateOnly)))
		if want := (day.Unix() - epoch.Unix()) / (24 * 60 * 60); !ok || int64(int32(binary.BigEndian.Uint32(b))) != want {
			t.Fatalf("%s: %x, want %d", day.Format(time.DateOnly), b, want)
		}
	}
}
