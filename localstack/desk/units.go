package desk

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// count gives a whole number with its thousands set apart: 1,234,567.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, groups...), ",")
}

// size gives a number of bytes in three digits or so: 999 B, 12.3 KB, 1.05 GB. A KB is 1,000 bytes.
func size(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, unit := float64(n), 0
	for value >= 999.5 && unit < 4 {
		value /= 1000
		unit++
	}
	return fmt.Sprintf("%.*f %cB", decimals(value), value, " KMGT"[unit])
}

func decimals(value float64) int {
	switch {
	case value < 9.995:
		return 2
	case value < 99.95:
		return 1
	default:
		return 0
	}
}

// elapsed gives a duration as a person says it: 340 ms, 4.2 s, 3 min 20 s.
func elapsed(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	default:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	}
}

// amount gives a decimal's text with its thousands set apart: 12,345.60.
func amount(decimal string) string {
	whole, fraction, has := strings.Cut(decimal, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return decimal
	}
	out := count(n)
	if n == 0 && strings.HasPrefix(whole, "-") {
		out = "-0"
	}
	if has {
		out += "." + fraction
	}
	return out
}

// plural gives a number with its noun: 1 chunk, 2 chunks.
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}
