package contract

import (
	"slices"
	"strings"

	"acequia/shared/contract/decimal"
)

// none undoes for a column what the data set says of numbers.
const none = "none"

// parseNumbers reads how a column's numbers are written: as those of the data set, apart from what it says itself.
func (column *Column) parseNumbers(p place, dataset decimal.Notation) {
	if column.Type.Kind == Numeric || column.Type.Whole() {
		column.Numbers = parseNumbers(p, dataset)
	} else if !p.missing() {
		column.only(p, Numeric, BigInt, Integer, SmallInt)
	}
}

// parseNumbers gives a notation with what is said at p.
func parseNumbers(p place, n decimal.Notation) decimal.Notation {
	if p.missing() || !p.members("decimalMark", "thousandsMark", "currencySigns", "percent", "scientific") {
		return n
	}
	if mark := p.at("decimalMark"); !mark.missing() {
		n.Comma = mark.oneOf(".", ",") == ","
	}
	if mark := p.at("thousandsMark"); !mark.missing() {
		n.Thousands = parseThousandsMark(mark)
	}
	if n.Comma && n.Thousands == ',' || !n.Comma && n.Thousands == '.' {
		p.fail("a %c cannot stand before the decimals and between thousands, too; give both decimalMark and thousandsMark", n.Thousands)
	}
	if signs := p.at("currencySigns"); !signs.missing() {
		n.Currencies = parseCurrencySigns(signs)
	}
	if percent := p.at("percent"); !percent.missing() {
		n.Percent = map[string]decimal.Percent{"share": decimal.Share, "points": decimal.Points}[percent.oneOf("share", "points", none)]
	}
	if scientific := p.at("scientific"); !scientific.missing() {
		n.Scientific = scientific.flag()
	}
	return n
}

func parseThousandsMark(p place) byte {
	mark := p.text()
	switch mark {
	case ",", ".", "'", " ":
		return mark[0]
	case none:
	default:
		p.fail(`%q does not stand between thousands; write ",", ".", "'", " " (for all kinds of space) or none`, mark)
	}
	return 0
}

// parseCurrencySigns puts longer signs before shorter ones, so that S/. is not taken for S/.
func parseCurrencySigns(p place) []string {
	var signs []string
	for item := range p.items() {
		sign := item.text()
		if sign == "" || strings.TrimSpace(sign) != sign || strings.ContainsAny(sign, "0123456789+-()%\u2212\x00") ||
			strings.ContainsAny(sign[:1], ".,'") {
			item.fail("%q cannot stand beside a number: a currency sign is a text such as S/ or EUR, without digits, signs and brackets, "+
				"and without a space at its ends", sign)
			continue
		}
		signs = append(signs, sign)
	}
	slices.SortStableFunc(signs, func(a, b string) int { return len(b) - len(a) })
	return signs
}
