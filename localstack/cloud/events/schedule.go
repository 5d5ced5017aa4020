package events

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule gives the times when a rule fires.
type Schedule struct {
	// next gives the first time after t.
	next func(t time.Time) time.Time
}

// Next gives the first time after t when the rule fires, in UTC; zero if it never does again.
func (s Schedule) Next(t time.Time) time.Time { return s.next(t.UTC()) }

var expression = regexp.MustCompile(`^(cron|rate)\((.*)\)$`)

// ParseSchedule reads an expression of the form cron(minutes hours day-of-month month day-of-week year) or
// rate(number unit); see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html.
func ParseSchedule(text string) (Schedule, error) {
	match := expression.FindStringSubmatch(text)
	if match == nil {
		return Schedule{}, fmt.Errorf("the schedule %q is neither cron(…) nor rate(…)", text)
	}
	parse := parseCron
	if match[1] == "rate" {
		parse = parseRate
	}
	s, err := parse(match[2])
	if err != nil {
		return Schedule{}, fmt.Errorf("the schedule %s: %w", text, err)
	}
	return s, nil
}

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

func parseRate(text string) (Schedule, error) {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return Schedule{}, fmt.Errorf("%q is not a number from 1", number)
	}
	if n > 1 {
		plural := unit
		if unit = strings.TrimSuffix(plural, "s"); unit == plural {
			return Schedule{}, fmt.Errorf("the unit %q is not minutes, hours or days", plural)
		}
	}
	period, ok := units[unit]
	if !ok {
		return Schedule{}, fmt.Errorf("the unit %q is not minute, hour or day, with an s for more than 1", unit)
	}
	return Schedule{next: func(t time.Time) time.Time { return t.Add(time.Duration(n) * period) }}, nil
}

// cronFields are those of the library that the first five fields are read with. It counts the days of the week from 0 for
// Sunday, and EventBridge from 1.
var cronFields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

func parseCron(text string) (Schedule, error) {
	fields := strings.Fields(text)
	if len(fields) != 6 {
		return Schedule{}, fmt.Errorf("%d fields, want 6: minutes hours day-of-month month day-of-week year", len(fields))
	}
	dayOfMonth, dayOfWeek := fields[2], fields[4]
	if (dayOfMonth == "?") == (dayOfWeek == "?") {
		return Schedule{}, errors.New("one of day-of-month and day-of-week, and not both, must be ?")
	}
	if strings.ContainsAny(dayOfMonth, "LW") || strings.HasSuffix(dayOfWeek, "L") || strings.Contains(dayOfWeek, "#") {
		return Schedule{}, errors.New("the local cloud does not know L, W and #, which EventBridge does")
	}
	var err error
	if fields[4], err = shiftWeekdays(dayOfWeek); err != nil {
		return Schedule{}, err
	}
	days, err := cronFields.Parse(strings.Join(fields[:5], " "))
	if err != nil {
		return Schedule{}, err
	}
	in, last, err := parseYears(fields[5])
	if err != nil {
		return Schedule{}, err
	}
	return Schedule{next: func(t time.Time) time.Time {
		for t = days.Next(t); !t.IsZero() && !in(t.Year()); t = days.Next(t) {
			if t.Year() >= last {
				return time.Time{}
			}
			t = time.Date(t.Year()+1, 1, 1, 0, 0, 0, -1, time.UTC)
		}
		return t
	}}, nil
}

var weekday = regexp.MustCompile(`(/?)(\d+)`)

// shiftWeekdays turns EventBridge's numbers of weekdays into those of the library; the number after a slash is a step.
func shiftWeekdays(field string) (string, error) {
	var err error
	shifted := weekday.ReplaceAllStringFunc(field, func(s string) string {
		n, convErr := strconv.Atoi(s)
		if convErr != nil {
			return s
		}
		if n < 1 || n > 7 {
			err = fmt.Errorf("the day of the week %d is not from 1 (Sunday) to 7", n)
		}
		return strconv.Itoa(n - 1)
	})
	return shifted, err
}

// parseYears reads *, or a list of years and ranges of them; last is the last year, or the last that EventBridge knows.
func parseYears(field string) (in func(year int) bool, last int, err error) {
	const first, end = 1970, 2199
	if field == "*" {
		return func(int) bool { return true }, end, nil
	}
	years := map[int]bool{}
	for part := range strings.SplitSeq(field, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		if errA != nil || errB != nil || a < first || b > end || a > b {
			return nil, 0, fmt.Errorf("the year %q is neither *, nor a year from %d to %d or a range of them", part, first, end)
		}
		for year := a; year <= b; year++ {
			years[year] = true
		}
		last = max(last, b)
	}
	return func(year int) bool { return years[year] }, last, nil
}
