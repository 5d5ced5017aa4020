package decimal

// ScaledDigits is how many digits Scaled takes: as many as always fit into an int64.
const ScaledDigits = 18

// Scaled reads a canonical number with exactly so many decimals, and gives it in units of the last one: 12.50, which has two,
// is 1250. It gives false for any other text, and for numbers of more than ScaledDigits. It is the short way to what Append and
// Compare say of the numbers that nearly every file holds.
func Scaled(text []byte, decimals int) (n int64, ok bool) {
	digits := text
	if len(text) > 0 && text[0] == '-' {
		digits = text[1:]
	}
	whole := len(digits)
	if decimals > 0 {
		whole -= decimals + 1
	}
	if whole < 1 || whole+decimals > ScaledDigits || digits[0] == '0' && whole > 1 {
		return 0, false
	}
	for _, c := range digits[:whole] {
		if c -= '0'; c > 9 {
			return 0, false
		}
		n = 10*n + int64(c)
	}
	if decimals > 0 {
		if digits[whole] != '.' {
			return 0, false
		}
		for _, c := range digits[whole+1:] {
			if c -= '0'; c > 9 {
				return 0, false
			}
			n = 10*n + int64(c)
		}
	}
	if len(digits) < len(text) {
		return -n, n != 0
	}
	return n, true
}
