// Package nearest takes a misspelt name and the names that exist, and gives the one that was probably meant.
package nearest

// To gives the candidate that is the fewest edits away from name, and false if none is close enough to be meant: about
// a third of its letters may differ, but always one.
func To(name string, candidates []string) (string, bool) {
	best, least := "", max(1, (len(name)+1)/3)+1
	for _, c := range candidates {
		if d := distance(name, c); d < least {
			best, least = c, d
		}
	}
	return best, best != ""
}

// Hint gives "; did you mean …?" for an error message, or nothing.
func Hint(name string, candidates []string) string {
	if best, ok := To(name, candidates); ok {
		return "; did you mean " + best + "?"
	}
	return ""
}

// distance is Levenshtein's: the least number of bytes to insert, remove or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
