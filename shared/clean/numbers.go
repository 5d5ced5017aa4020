package clean

import (
	"acequia/shared/contract/decimal"
	"acequia/shared/pipeline"
)

// wholeDigits is how many digits the largest whole number has, that of bigint.
const wholeDigits = 19

func readWhole(c *Cleaner, col *column, kind pipeline.Kind, text []byte) ([]byte, bool) {
	whole, fault := c.number(col, kind, text, wholeDigits, 0)
	switch {
	case fault == decimal.TooPrecise:
		c.fail(col, "type", "must be a whole number, and is %s", shown(c.plain))
	case fault == decimal.TooLarge,
		fault == decimal.None && (decimal.Compare(whole, col.least) < 0 || decimal.Compare(whole, col.greatest) > 0):
		c.fail(col, "type", "must lie between %s and %s, and is %s", col.least, col.greatest, shown(c.plain))
	case fault == decimal.None:
		return whole, c.within(col, whole, func(b *bound) int { return decimal.Compare(whole, b.text) })
	default:
		c.notANumber(col, fault, text)
	}
	return nil, false
}

func readNumeric(c *Cleaner, col *column, kind pipeline.Kind, text []byte) ([]byte, bool) {
	number, fault := c.number(col, kind, text, col.Type.Precision, col.Type.Scale)
	switch fault {
	case decimal.None:
		return number, c.within(col, number, func(b *bound) int { return decimal.Compare(number, b.text) })
	case decimal.TooLarge:
		c.fail(col, "precision", "may have %d digits before the point, and is %s", col.Type.Precision-col.Type.Scale, shown(c.plain))
	case decimal.TooPrecise:
		c.fail(col, "scale", "may have %d decimals, and is %s", col.Type.Scale, shown(c.plain))
	default:
		c.notANumber(col, fault, text)
	}
	return nil, false
}

// number gives the canonical text of a number in the type numeric(precision, scale), and leaves its plain text in c.plain.
func (c *Cleaner) number(col *column, kind pipeline.Kind, text []byte, precision, scale int) ([]byte, decimal.Fault) {
	var habits decimal.Habit
	var fault decimal.Fault
	if kind == pipeline.Literal {
		c.plain, fault = decimal.Expand(c.plain[:0], text)
	} else {
		c.plain, habits, fault = col.Numbers.Plain(c.plain[:0], text)
	}
	if fault != decimal.None {
		return nil, fault
	}
	start := len(c.arena)
	c.arena, fault = decimal.Append(c.arena, c.plain, precision, scale)
	if fault == decimal.None && habits != 0 {
		col.countHabits(habits)
	}
	return c.arena[start:len(c.arena):len(c.arena)], fault
}

// countHabits counts how a number was written.
func (col *column) countHabits(found decimal.Habit) {
	for habit, kind := range numberHabits {
		if found&habit != 0 {
			col.odd[kind]++
		}
	}
}

var numberHabits = map[decimal.Habit]Habit{
	decimal.ThousandsMark: ThousandsMark, decimal.CurrencySign: CurrencySign, decimal.PercentSign: PercentSign,
	decimal.OddMinus: OddMinus, decimal.Exponent: Exponent,
}

// notANumber says what is wrong with a text that no number comes of.
func (c *Cleaner) notANumber(col *column, fault decimal.Fault, text []byte) {
	kind, example := col.wanted(), col.Numbers.Example(!col.Type.Whole())
	switch fault {
	case decimal.OutOfBounds:
		c.fail(col, "precision", "may have %d digits, and is %s", decimal.MaxDigits, quoted(text))
	case decimal.BadGroups:
		c.fail(col, "type", "must be %s with three digits behind each thousands mark, such as %s, and is %s", kind, example, quoted(text))
	case decimal.HasPercent:
		c.fail(col, "type", "must be %s without a percent sign, as the contract does not say what it means, and is %s", kind, quoted(text))
	case decimal.HasExponent:
		c.fail(col, "type", "must be %s written in full, as digits are often lost before an exponent, and is %s", kind, quoted(text))
	default:
		c.fail(col, "type", "must be %s such as %s, and is %s", kind, example, quoted(text))
	}
}
