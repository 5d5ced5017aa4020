package expression

import (
	"fmt"
	"math/bits"
	"strconv"

	"github.com/cockroachdb/apd/v3"
)

// number is a decimal. Nearly all that records hold are short: so many units of the last of so many decimals, which the processor
// adds and multiplies by itself. Only where a result has no room there is it computed by apd, and gives the same decimals.
type number struct {
	units    int64
	decimals int32
	// long says that big is the number. It is scratch otherwise.
	long bool
	big  apd.Decimal
}

const (
	// shortDigits is how many digits the units of a short number have at most, so that two of them add up within an int64.
	shortDigits = 18
	shortLimit  = 1_000_000_000_000_000_000
)

// powers are those of ten that a short number can be multiplied by.
var powers = func() (all [shortDigits + 1]uint64) {
	all[0] = 1
	for i := 1; i < len(all); i++ {
		all[i] = 10 * all[i-1]
	}
	return all
}()

// read sets the number from its canonical text.
func (n *number) read(text []byte) error {
	if n.readShort(text) {
		return nil
	}
	n.long = true
	if _, _, err := n.big.SetString(string(text)); err != nil {
		return fmt.Errorf("%q is not a number: %w", text, err)
	}
	return nil
}

// readShort reads a plain decimal of at most 18 characters.
func (n *number) readShort(text []byte) bool {
	digits := text
	if len(text) > 0 && text[0] == '-' {
		digits = text[1:]
	}
	if len(digits) == 0 || len(text) > shortDigits {
		return false
	}
	var units int64
	point := len(digits) - 1
	for i, c := range digits {
		switch {
		case '0' <= c && c <= '9':
			units = 10*units + int64(c-'0')
		case c == '.' && point == len(digits)-1:
			point = i
		default:
			return false
		}
	}
	if len(digits) < len(text) {
		units = -units
	}
	n.units, n.decimals, n.long = units, int32(len(digits)-1-point), false
	return true
}

// short sets the number if it is short enough, and tells whether it is.
func (n *number) short(units int64, decimals int32) bool {
	if units <= -shortLimit || units >= shortLimit || decimals > shortDigits {
		return false
	}
	n.units, n.decimals, n.long = units, decimals, false
	return true
}

// decimal gives the number as apd has it; it is n's own.
func (n *number) decimal() *apd.Decimal {
	if !n.long {
		n.big.SetFinite(n.units, -n.decimals)
	}
	return &n.big
}

func (n *number) isZero() bool { return !n.long && n.units == 0 || n.long && n.big.IsZero() }

// aligned gives the units of two short numbers in the decimals of the one that has more.
func aligned(a, b *number) (x, y int64, decimals int32, ok bool) {
	if a.long || b.long {
		return 0, 0, 0, false
	}
	decimals = max(a.decimals, b.decimals)
	x, okX := times(a.units, powers[decimals-a.decimals])
	y, okY := times(b.units, powers[decimals-b.decimals])
	return x, y, decimals, okX && okY
}

// times multiplies, and tells whether the product is short.
func times(units int64, by uint64) (int64, bool) {
	high, low := bits.Mul64(magnitude(units), by)
	if high != 0 || low >= shortLimit {
		return 0, false
	}
	if units < 0 {
		return -int64(low), true
	}
	return int64(low), true
}

func magnitude(units int64) uint64 {
	if units < 0 {
		return -uint64(units)
	}
	return uint64(units)
}

func (n *number) add(a, b *number) error {
	if x, y, decimals, ok := aligned(a, b); ok && n.short(x+y, decimals) {
		return nil
	}
	return n.compute(exact.Add, a, b)
}

func (n *number) subtract(a, b *number) error {
	if x, y, decimals, ok := aligned(a, b); ok && n.short(x-y, decimals) {
		return nil
	}
	return n.compute(exact.Sub, a, b)
}

func (n *number) multiply(a, b *number) error {
	if !a.long && !b.long {
		product, ok := times(a.units, magnitude(b.units))
		if b.units < 0 {
			product = -product
		}
		if ok && n.short(product, a.decimals+b.decimals) {
			return nil
		}
	}
	return n.compute(exact.Mul, a, b)
}

func (n *number) divide(a, b *number) error {
	if b.isZero() {
		return errDivisionByZero
	}
	err := n.compute(quotients.Quo, a, b)
	n.big.Reduce(&n.big) // Quo fills up with zeros.
	return err
}

// compute has apd compute a result that is long, or may be.
func (n *number) compute(do func(d, x, y *apd.Decimal) (apd.Condition, error), a, b *number) error {
	_, err := do(&n.big, a.decimal(), b.decimal())
	n.long = true
	return err
}

func (n *number) negate(a *number) {
	if n.long = a.long; n.long {
		n.big.Neg(&a.big)
	}
	n.units, n.decimals = -a.units, a.decimals
}

func (n *number) absolute(a *number) {
	if n.long = a.long; n.long {
		n.big.Abs(&a.big)
	}
	n.units, n.decimals = int64(magnitude(a.units)), a.decimals
}

// round leaves so many decimals, half away from zero; missing ones are filled up.
func (n *number) round(a *number, decimals int32) error {
	if !a.long && a.decimals > decimals {
		by := powers[a.decimals-decimals]
		whole, rest := magnitude(a.units)/by, magnitude(a.units)%by
		if rest >= by-rest {
			whole++
		}
		n.units, n.decimals, n.long = int64(whole), decimals, false
		if a.units < 0 {
			n.units = -n.units
		}
		return nil
	}
	if !a.long && decimals <= shortDigits {
		if units, ok := times(a.units, powers[decimals-a.decimals]); ok && n.short(units, decimals) {
			return nil
		}
	}
	_, err := rounding.Quantize(&n.big, a.decimal(), -decimals)
	n.long = true
	return err
}

func (n *number) compare(m *number) int {
	if x, y, _, ok := aligned(n, m); ok {
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	return n.decimal().Cmp(m.decimal())
}

// append appends the number in plain notation, with all its decimals.
func (n *number) append(dst []byte) []byte {
	if n.long {
		return n.big.Append(dst, 'f')
	}
	if n.units < 0 {
		dst = append(dst, '-')
	}
	one := powers[n.decimals]
	dst = strconv.AppendUint(dst, magnitude(n.units)/one, 10)
	if n.decimals == 0 {
		return dst
	}
	point := len(dst)
	dst = strconv.AppendUint(dst, magnitude(n.units)%one+one, 10) // whose first digit, a one, keeps the zeros behind it
	dst[point] = '.'
	return dst
}
