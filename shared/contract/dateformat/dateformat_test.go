package dateformat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"acequia/shared/contract/dateformat"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, text string
		want          string // RFC 3339; empty for other outcomes
		outcome       dateformat.Outcome
	}{
		{"yyyy-MM-dd", "2026-11-24", "2026-11-24T00:00:00Z", dateformat.Read},
		{"yyyy-MM-dd", "2024-02-29", "2024-02-29T00:00:00Z", dateformat.Read},
		{"yyyy-MM-dd", "2026-02-29", "", dateformat.Impossible},
		{"yyyy-MM-dd", "1900-02-29", "", dateformat.Impossible},
		{"yyyy-MM-dd", "2026-13-01", "", dateformat.Impossible},
		{"yyyy-MM-dd", "0000-01-01", "", dateformat.Impossible},
		{"yyyy-MM-dd", "2026-1-1", "", dateformat.Other},
		{"yyyy-MM-dd", "2026-11-24 ", "", dateformat.Other},
		{"yyyy-MM-dd", "24/11/2026", "", dateformat.Other},
		{"yyyy-MM-dd", "", "", dateformat.Other},
		{"d/M/yyyy", "4/1/2026", "2026-01-04T00:00:00Z", dateformat.Read},
		{"dd/MM/yyyy", "24/11/2026", "2026-11-24T00:00:00Z", dateformat.Read},
		{"yyyyMMdd", "20261124", "2026-11-24T00:00:00Z", dateformat.Read},
		{"dd MMM yy", "24 NOV 26", "2026-11-24T00:00:00Z", dateformat.Read},
		{"dd MMM yy", "24 Nop 26", "", dateformat.Other},
		{"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2026-11-24T10:20:30.123-05:00", "2026-11-24T10:20:30.123-05:00", dateformat.Read},
		{"yyyy-MM-dd HH:mm[:ss]", "2026-11-24 10:20", "2026-11-24T10:20:00Z", dateformat.Read},
		{"yyyy-MM-dd HH:mm[:ss]", "2026-11-24 24:00", "", dateformat.Impossible},
		{"yyyy-MM-dd HH:mmX", "2026-11-24 10:20+05", "2026-11-24T10:20:00+05:00", dateformat.Read},
		{"yyyy-MM-dd HH:mmXX", "2026-11-24 10:20+0530", "2026-11-24T10:20:00+05:30", dateformat.Read},
		{"yyyy-MM-d[]", "2026-11-4", "2026-11-04T00:00:00Z", dateformat.Read},
		{"dd/MM/yy", "05/03/68", "2068-03-05T00:00:00Z", dateformat.Read},
		{"dd/MM/yy", "05/03/69", "1969-03-05T00:00:00Z", dateformat.Read},
		{"d MMM yyyy", "4 ene 2026", "2026-01-04T00:00:00Z", dateformat.Read},
		{"d MMM yyyy", "4 sept. 2026", "2026-09-04T00:00:00Z", dateformat.Read},
		{"d MMM yyyy", "4 Set 2026", "2026-09-04T00:00:00Z", dateformat.Read},
		{"d.MMM.yyyy", "4.dic.2026", "2026-12-04T00:00:00Z", dateformat.Read},
		{"d MMM yyyy", "4 enero 2026", "", dateformat.Other},
		{"d MMM yyyy", "4\u00a0ENE\u202f2026", "2026-01-04T00:00:00Z", dateformat.Read},
		{"d 'de' MMMM 'de' yyyy", "24 de noviembre de 2026", "2026-11-24T00:00:00Z", dateformat.Read},
		{"d 'de' MMMM 'de' yyyy", "4 de Setiembre de 2026", "2026-09-04T00:00:00Z", dateformat.Read},
		{"d 'de' MMMM 'de' yyyy", "30 de febrero de 2026", "", dateformat.Impossible},
		{"MMMM d, yyyy", "March 4, 2026", "2026-03-04T00:00:00Z", dateformat.Read},
		{"MMMM d, yyyy", "M\x81rch 4, 2026", "", dateformat.Other},
		{"dd/MM/yyyy hh:mm a", "24/11/2026 12:05 AM", "2026-11-24T00:05:00Z", dateformat.Read},
		{"dd/MM/yyyy hh:mm a", "24/11/2026 12:05 p.m.", "2026-11-24T12:05:00Z", dateformat.Read},
		{"dd/MM/yyyy hh:mm:ss a", "24/11/2026 03:05:09 p.\u00a0m.", "2026-11-24T15:05:09Z", dateformat.Read},
		{"dd/MM/yyyy h:mma", "24/11/2026 3:05a. m.", "2026-11-24T03:05:00Z", dateformat.Read},
		{"dd/MM/yyyy h:mm a", "24/11/2026 13:05 PM", "", dateformat.Impossible},
		{"dd/MM/yyyy h:mm a", "24/11/2026 0:05 AM", "", dateformat.Impossible},
		{"dd/MM/yyyy h:mm a", "24/11/2026 3:05 p.m", "", dateformat.Other},
		{"dd/MM/yyyy h:mm a", "24/11/2026 3:05", "", dateformat.Other},
		{"epochSeconds", "1764000000", "2025-11-24T16:00:00Z", dateformat.Read},
		{"epochSeconds", "1764000000.25", "2025-11-24T16:00:00.25Z", dateformat.Read},
		{"epochSeconds", "-1", "1969-12-31T23:59:59Z", dateformat.Read},
		{"epochSeconds", "-1.5", "", dateformat.Other},
		{"epochSeconds", "1.7E+09", "", dateformat.Other},
		{"epochSeconds", "253402300800", "", dateformat.Impossible},
		{"epochMilliseconds", "1764000000250", "2025-11-24T16:00:00.25Z", dateformat.Read},
		{"epochMilliseconds", "9999999999999999", "", dateformat.Other},
		{"excelDays", "45985", "2025-11-24T00:00:00Z", dateformat.Read},
		{"excelDays", "1", "1900-01-01T00:00:00Z", dateformat.Read},
		{"excelDays", "59", "1900-02-28T00:00:00Z", dateformat.Read},
		{"excelDays", "60", "", dateformat.Impossible},
		{"excelDays", "61", "1900-03-01T00:00:00Z", dateformat.Read},
		{"excelDays", "0", "", dateformat.Impossible},
		{"excelDays", "2958465", "9999-12-31T00:00:00Z", dateformat.Read},
		{"excelDays", "2958466", "", dateformat.Impossible},
		{"excelDays", "45985.5", "", dateformat.Other},
		{"excelDays", "-1", "", dateformat.Other},
		{"uuuu'''y'MM.dd", "2026'y11.24", "2026-11-24T00:00:00Z", dateformat.Read},
	} {
		format, err := dateformat.Parse(tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		moment, outcome := format.Read([]byte(tt.text))
		if outcome != tt.outcome {
			t.Errorf("%s read %q with the outcome %d, want %d", tt.pattern, tt.text, outcome, tt.outcome)
			continue
		}
		if at, _ := moment.In(time.UTC); outcome == dateformat.Read && at.Format(time.RFC3339Nano) != tt.want {
			t.Errorf("%s read %q as %s, want %s", tt.pattern, tt.text, at.Format(time.RFC3339Nano), tt.want)
		}
	}
}

func TestISO(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-24T10:20:30Z":             "2026-11-24T10:20:30Z",
		"2026-11-24 10:20:30.5-05:00":      "2026-11-24T10:20:30.5-05:00",
		"2026-11-24T10:20:30.123456789":    "2026-11-24T10:20:30.123456789Z",
		"2026-11-24T10:20":                 "2026-11-24T10:20:00Z",
		"2026-11-24T10:20:30+99:00":        "impossible",
		"2026-11-24":                       "other",
		"2026-11-24T10:20:30.1234567890":   "other",
		"Tue, 24 Nov 2026 10:20:30 +0000":  "other",
		"2026-11-24T10:20:30+05:00 (Lima)": "other",
	} {
		moment, outcome := dateformat.ISO.Read([]byte(text))
		got := map[dateformat.Outcome]string{dateformat.Other: "other", dateformat.Impossible: "impossible"}[outcome]
		if outcome == dateformat.Read {
			at, _ := moment.In(time.UTC)
			got = at.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// The clocks of Berlin showed half past two twice; without the offset, it is the second, in standard time.
func TestTimesThatAClockShowedTwice(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"2026-10-25T01:59:59": "2026-10-24T23:59:59Z",
		"2026-10-25T02:00:00": "2026-10-25T01:00:00Z",
		"2026-10-25T02:30:00": "2026-10-25T01:30:00Z",
		"2026-10-25T03:00:00": "2026-10-25T02:00:00Z",
	} {
		moment, _ := dateformat.ISO.Read([]byte(text))
		if at, ok := moment.In(berlin); !ok || at.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s is %s, want %s", text, at.UTC().Format(time.RFC3339), want)
		}
	}
}

func TestTimesThatAClockSkipped(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	moment, _ := dateformat.ISO.Read([]byte("2026-03-29T02:30:00"))
	if at, ok := moment.In(berlin); ok {
		t.Errorf("the clocks of Berlin never showed that, but it is %s", at)
	}
}

func TestFormatsThatAreNone(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"yyyy-MM": "lacks", "": "lacks", "YYYY-MM-dd": "letter Y", "yyyy-MMMMM-dd": "MMMMM is not read", "yyyy-MM-dd hh:mm": "go together",
		"yyyy-MM-dd HH:mm a": "go together", "yyyy-MM-dd HH:mm hh a": "another from 1 to 12", "dMyyyy": "where it ends", "yyyyM[d]": "where it ends",
		"yyyy-MM-dd a a a a a a a h": "too many ways", "yyyy-MM-dd[.][.][.][.][.][.][.][.][.][.]": "too many ways", "SSSyyyyMMdd": "where it ends", "epoch": "letter e", "yyy-MM-dd": "yyy is not read",
		"yyyy-MM-dd'T": "apostrophe", "yyyy-MM-dd[HH": "not closed", "yyyy-MM-dd]": "closes nothing",
	} {
		if _, err := dateformat.Parse(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", pattern, err, want)
		}
	}
}

func TestTwoDigitYears(t *testing.T) {
	t.Parallel()
	format, err := dateformat.Parse("[dd/MM/]yy[ MM-dd]")
	if err != nil {
		t.Fatal(err)
	}
	moved := format.TwoDigitYearsFrom(1950)
	for text, want := range map[string][2]int{"24/11/49": {2049, 2049}, "24/11/50": {2050, 1950}, "24/11/99": {1999, 1999}, "24/11/00": {2000, 2000}} {
		before, _ := format.Read([]byte(text))
		after, _ := moved.Read([]byte(text))
		if got := [2]int{before.Year, after.Year}; got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
	if !format.HasTwoDigitYear() || dateformat.ISO.HasTwoDigitYear() {
		t.Error("a format has a yy, or has none")
	}
}

func TestAmbiguous(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		f, g      string
		ambiguous bool
	}{
		{"dd/MM/yyyy", "MM/dd/yyyy", true},
		{"d/M/yy", "M/d/yy", true},
		{"dd/MM/yy", "yy/MM/dd", true},
		{"ddMMyyyy", "yyyyMMdd", true},
		{"yyMMdd", "excelDays", true},
		{"yyyyMMdd", "epochSeconds", true},
		{"yyyyMMddHHmmss", "epochMilliseconds", true},
		{"yyyyMMddHHmmssSSS", "epochMilliseconds", false}, // has too many digits
		{"epochSeconds", "epochMilliseconds", true},
		{"yyyy-MM-dd HH:mm", "yyyy-MM-dd mm:HH", true},
		{"yyyy-MM-dd HH:mm[:ss]", "yyyy-MM-dd hh:mm[:ss][ ]a", false},
		{"yyyy-MM-dd HH:mmX", "yyyy-MM-dd HH:mm'Z'", true},
		{"yyyy-MM-dd HHX", "yyyy-MM-dd HH-mm", true},
		{"dd/MM/'20'yy", "dd/MM/yyyy", true}, // 24/11/2075 is 1975 in the first
		{"dd/MM/yyyy", "dd/MM/yy", false},
		{"dd/MM/yyyy", "d/M/yyyy", false},
		{"dd/MM/yyyy", "MM-dd-yyyy", false},
		{"dd/MM/yyyy", "yyyy/MM/dd", false},
		{"dd/MM/yyyy", "excelDays", false},
		{"d MMM yyyy", "d MMMM yyyy", false},
		{"yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm[:ss]", false},
	} {
		f, err := dateformat.Parse(tt.f)
		if err != nil {
			t.Fatal(err)
		}
		g, err := dateformat.Parse(tt.g)
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range [][2]dateformat.Format{{f, g}, {g, f}} {
			if text, got := dateformat.Ambiguous(pair[0], pair[1]); got != tt.ambiguous {
				t.Errorf("%s and %s: ambiguous %v (%s), want %v", pair[0], pair[1], got, text, tt.ambiguous)
			}
		}
	}
}

// layouts are the letters with what package time calls them.
var layouts = map[string]string{
	"yyyy": "2006", "yy": "06", "MM": "01", "M": "1", "MMM": "Jan", "MMMM": "January", "dd": "02", "d": "2", "HH": "15", "hh": "03", "h": "3",
	"mm": "04", "ss": "05", "a": "PM", "XX": "Z0700", "XXX": "Z07:00",
}

// drawFormat gives a format and the layout that writes it: a date in any order, and perhaps a time behind it.
func drawFormat(t *rapid.T) (format dateformat.Format, layout string) {
	date := []string{
		rapid.SampledFrom([]string{"yyyy", "yy"}).Draw(t, "year"), rapid.SampledFrom([]string{"MM", "M", "MMM", "MMMM"}).Draw(t, "month"),
		rapid.SampledFrom([]string{"dd", "d"}).Draw(t, "day"),
	}
	date = rapid.Permutation(date).Draw(t, "order")
	clock := rapid.SampledFrom([][]string{nil, {"HH", "mm"}, {"HH", "mm", "ss"}, {"hh", "mm", "a"}, {"h", "mm", "ss", "a"}, {"HH", "mm", "XXX"}, {"HH", "mm", "XX"}}).Draw(t, "clock")
	separator := rapid.SampledFrom([]string{"/", "-", ".", " ", ""})
	between, within := separator.Draw(t, "between"), separator.Draw(t, "within")
	pattern := strings.Join(date, between)
	layout = layouts[date[0]] + between + layouts[date[1]] + between + layouts[date[2]]
	for i, letter := range clock {
		gap := within
		if i == 0 {
			gap = " "
		}
		pattern += gap + letter
		layout += gap + layouts[letter]
	}
	format, err := dateformat.Parse(pattern)
	if err != nil {
		t.Skip(err)
	}
	return format, layout
}

func drawTime(t *rapid.T, layout string) time.Time {
	first, last := time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)
	if !strings.Contains(layout, "2006") {
		first, last = time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2068, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	zone := time.UTC
	if strings.Contains(layout, "Z") {
		zone = time.FixedZone("", 60*rapid.IntRange(-15*60, 15*60).Draw(t, "offset"))
	}
	return time.Unix(rapid.Int64Range(first.Unix(), last.Unix()).Draw(t, "time"), 0).In(zone)
}

// What package time writes is read as it was written.
func TestDatesComeBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		format, layout := drawFormat(t)
		at := drawTime(t, layout)
		if year := at.Year(); !strings.Contains(layout, "2006") && (year < 1969 || year > 2068) {
			t.Skip("its offset has taken it out of the hundred years")
		}
		text := at.Format(layout)
		moment, outcome := format.Read([]byte(text))
		if outcome != dateformat.Read {
			t.Fatalf("%s reads %q with the outcome %d", format, text, outcome)
		}
		got, _ := moment.In(time.UTC)
		if got.Format(layout) != text {
			t.Fatalf("%s reads %q as %s", format, text, got)
		}
	})
}

// Two formats that are not ambiguous never read one text as two dates.
func TestWhatIsNotAmbiguousHasOneDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, layout := drawFormat(t)
		g, _ := drawFormat(t)
		counted := rapid.SampledFrom([]string{"", "excelDays", "epochSeconds", "epochMilliseconds"}).Draw(t, "counted")
		if counted != "" {
			g, _ = dateformat.Parse(counted)
		}
		text := drawTime(t, layout).Format(layout)
		a, outcomeA := f.Read([]byte(text))
		b, outcomeB := g.Read([]byte(text))
		if outcomeA != dateformat.Read || outcomeB != dateformat.Read || a == b {
			return
		}
		if _, ambiguous := dateformat.Ambiguous(f, g); !ambiguous {
			t.Fatalf("%s and %s read %q as %+v and %+v", f, g, text, a, b)
		}
	})
}

// The short ways say what the long one does.
func TestDayIsWhatReadSays(t *testing.T) {
	t.Parallel()
	var formats []dateformat.Format
	for _, pattern := range []string{"yyyy-MM-dd", "dd/MM/yyyy", "MM.dd.uuuu", "yyyyMMdd", "d/M/yyyy", "yyyy-MM-dd[ ]", "dd/MM/yy", "dd/MM'x'yyyy", "ddMMyyyy", "yyyy-MM-dd dd"} {
		format, err := dateformat.Parse(pattern)
		if err != nil {
			t.Fatal(err)
		}
		formats = append(formats, format)
	}
	text := rapid.OneOf(
		rapid.StringMatching(`(\d{4}|202\d|190\d|0000)([-/.x]?)(0\d|1[0-3])([-/.x]?)([012]\d|3[0-2])`),
		rapid.StringMatching(`([012]\d|3[0-2])([-/.x]?)(0\d|1[0-3])([-/.x]?)(\d{4}|202\d|190\d)`),
		rapid.StringMatching(`[0-9/:.x-]{0,10}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		format, text := rapid.SampledFrom(formats).Draw(t, "format"), []byte(text.Draw(t, "text"))
		m, outcome := format.Read(text)
		day, ok := format.Day(text)
		if ok && (outcome != dateformat.Read || day != 10_000*m.Year+100*m.Month+m.Day) {
			t.Fatalf("%s reads %q as %d, and as %+v (outcome %d)", format, text, day, m, outcome)
		}
		if !ok && outcome == dateformat.Read && strings.Contains("yyyy-MM-dd dd/MM/yyyy MM.dd.uuuu yyyyMMdd ddMMyyyy dd/MM'x'yyyy", format.String()) {
			t.Fatalf("%s does not read %q the short way", format, text)
		}
	})
}

func TestISODayIsDay(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(
		rapid.StringMatching(`(\d{4}|202\d)[-/](0\d|1[0-3])-([012]\d|3[0-2])`),
		rapid.Custom(func(t *rapid.T) string {
			b := []byte("2026-11-24")
			b[rapid.IntRange(0, 9).Draw(t, "place")] = rapid.Byte().Draw(t, "byte")
			b[rapid.IntRange(0, 9).Draw(t, "place")] = rapid.Byte().Draw(t, "byte")
			return string(b)
		}),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(text.Draw(t, "text"))
		want, wantOK := dateformat.ISODate.Day(text)
		if got, ok := dateformat.ISODay(text); ok != wantOK || ok && got != want {
			t.Fatalf("%q is %d, %v, want %d, %v", text, got, ok, want, wantOK)
		}
	})
}

func TestDayKnowsTheCalendar(t *testing.T) {
	t.Parallel()
	for _, year := range []int{0, 1, 1900, 2000, 2023, 2024, 9999} {
		for month := range 14 {
			for day := range 33 {
				text := fmt.Sprintf("%04d-%02d-%02d", year, month, day)
				_, err := time.Parse(time.DateOnly, text)
				if _, ok := dateformat.ISODay([]byte(text)); ok != (err == nil && year > 0) {
					t.Errorf("%s: %v", text, ok)
				}
			}
		}
	}
}

func TestCanonicalUTC(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"2026-11-24T10:00:00Z": true, "2026-11-24T10:00:00.5Z": true, "2026-11-24T23:59:59.123456Z": true,
		"2026-11-24T10:00:00.50Z": false, "2026-11-24T10:00:00.Z": false, "2026-11-24T10:00:00.1234567Z": false, "2026-11-24T24:00:00Z": false,
		"2026-11-24T10:00:00,5Z": false, "2026-02-29T10:00:00Z": false, "2026-11-24 10:00:00Z": false, "2026-11-24T10:00:00": false,
	} {
		if got := dateformat.IsCanonicalUTC([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestCanonicalUTCIsWhatTimeWrites(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching(`(2026|0000|9999)-(0[0-3]|1[0-3])-([012]\d|3[0-2])[T ]([01]\d|2[0-5]):[0-6]\d:[0-6]\d(\.\d{0,7})?(Z|z|\+00:00|-05:00)?`)
	rapid.Check(t, func(t *rapid.T) {
		text := text.Draw(t, "text")
		moment, outcome := dateformat.ISO.Read([]byte(text))
		at, _ := moment.In(time.UTC)
		want := outcome == dateformat.Read && moment.HasOffset && moment.Offset == 0 && at.Nanosecond()%1000 == 0 && at.Format(time.RFC3339Nano) == text
		if got := dateformat.IsCanonicalUTC([]byte(text)); got != want {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
	})
}

// Whatever time.Parse reads as a date, the format reads as the same, and nothing else.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"2026-11-24", "2026-02-30", "0001-01-01", "9999-12-31", "2026-1-1", "\x00", "２０２６-11-24"} {
		f.Add(seed)
	}
	format, err := dateformat.Parse("yyyy-MM-dd")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := time.Parse(time.DateOnly, text)
		moment, outcome := format.Read([]byte(text))
		if (err == nil && want.Year() > 0) != (outcome == dateformat.Read) {
			t.Fatalf("%q: outcome %d, time.Parse says %v", text, outcome, err)
		}
		if at, _ := moment.In(time.UTC); outcome == dateformat.Read && !at.Equal(want) {
			t.Fatalf("%q: %s, time.Parse says %s", text, at, want)
		}
	})
}

// No text makes a format panic, and what it reads exists.
func FuzzFormats(f *testing.F) {
	for _, seed := range []string{"24 de noviembre de 2026", "4 sept. 26", "24/11/2026 3:05 p. m.", "1764000000.25", "45985", "2026-11-24T10:20:30.5-05:00", "ene", "\xc2"} {
		f.Add("d 'de' MMMM 'de' yyyy", seed)
		f.Add("[d MMM yy][dd/MM/yyyy h:mm a]", seed)
		f.Add("epochSeconds", seed)
		f.Add("yyyy-MM-dd'T'HH:mm:ss.SXXX", seed)
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		format, err := dateformat.Parse(pattern)
		if err != nil {
			return
		}
		m, outcome := format.Read([]byte(text))
		if outcome != dateformat.Read {
			return
		}
		if at, _ := m.In(time.UTC); at.Year() != m.Year || at.Day() != m.Day || m.Year < 1 || m.Hour > 23 {
			t.Fatalf("%s reads %q as %+v", pattern, text, m)
		}
		if day, ok := format.Day([]byte(text)); ok && day != 10_000*m.Year+100*m.Month+m.Day {
			t.Fatalf("%s reads %q as %d and as %+v", pattern, text, day, m)
		}
		if _, ambiguous := dateformat.Ambiguous(format, format); ambiguous {
			t.Fatalf("%s is ambiguous by itself", pattern)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, tt := range []struct{ pattern, text string }{{"yyyy-MM-dd", "2026-11-24"}, {"d 'de' MMMM 'de' yyyy", "24 de noviembre de 2026"}} {
		format, err := dateformat.Parse(tt.pattern)
		if err != nil {
			b.Fatal(err)
		}
		text := []byte(tt.text)
		b.Run(tt.pattern, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, outcome := format.Read(text); outcome != dateformat.Read {
					b.Fatal(outcome)
				}
			}
		})
	}
}
