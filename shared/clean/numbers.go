package clean

import (
	"github.com/cockroachdb/apd/v3"

	"acequia/shared/contract/decimal"
)

// wholeDigits is how many digits the largest whole number has, that of bigint.
const wholeDigits = 19

func readWhole(c *Cleaner, col *column, text []byte) ([]byte, bool) {
	start := len(c.arena)
	arena, fault := decimal.Append(c.arena, text, wholeDigits, 0)
	whole := arena[start:len(arena):len(arena)]
	switch {
	case fault == decimal.NotANumber:
		c.fail(col, "type", "must be a whole number, and is %s", quoted(text))
	case fault == decimal.TooPrecise:
		c.fail(col, "type", "must be a whole number, and is %s", shown(text))
	case fault != decimal.None, decimal.Compare(whole, col.least) < 0, decimal.Compare(whole, col.greatest) > 0:
		c.fail(col, "type", "must lie between %s and %s, and is %s", col.least, col.greatest, shown(text))
	default:
		c.arena = arena
		return whole, c.within(col, whole, func(b *bound) int { return decimal.Compare(whole, b.text) })
	}
	return nil, false
}

func readNumeric(c *Cleaner, col *column, text []byte) ([]byte, bool) {
	start := len(c.arena)
	arena, fault := decimal.Append(c.arena, text, col.Type.Precision, col.Type.Scale)
	switch fault {
	case decimal.None:
		c.arena = arena
		number := arena[start:len(arena):len(arena)]
		return number, c.within(col, number, func(b *bound) int { return decimal.Compare(number, b.text) })
	case decimal.TooLarge:
		c.fail(col, "precision", "may have %d digits before the point, and is %s", col.Type.Precision-col.Type.Scale, shown(text))
	case decimal.TooPrecise:
		c.fail(col, "scale", "may have %d decimals, and is %s", col.Type.Scale, shown(text))
	case decimal.OutOfBounds:
		c.fail(col, "precision", "may have %d digits, and is %s", decimal.MaxDigits, shown(text))
	default:
		c.fail(col, "type", "must be a number such as 1250.50, with digits and a point alone, and is %s", quoted(text))
	}
	return nil, false
}

// withoutExponent writes a JSON number such as 1.5e3 as a plain decimal; false if that would take too many digits.
func withoutExponent(text []byte) ([]byte, bool) {
	var d apd.Decimal
	if len(text) > decimal.MaxDigits {
		return nil, false
	}
	if _, _, err := d.SetString(string(text)); err != nil || d.Exponent > decimal.MaxDigits || d.Exponent < -decimal.MaxDigits {
		return nil, false
	}
	return d.Append(nil, 'f'), true
}
