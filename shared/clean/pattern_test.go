package clean_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"acequia/shared/pipeline"
)

// patterned is a contract whose code must match the pattern.
func patterned(pattern string) string {
	return strings.Replace(csv, `{minLength: 2, maxLength: 5, pattern: "^[A-Z]"}`, fmt.Sprintf("{pattern: '%s'}", pattern), 1)
}

// Patterns match what the regular expressions that they are match.
func TestPatternsAreRegularExpressions(t *testing.T) {
	t.Parallel()
	patterns := []string{
		"^[A-Z]{3}$", "^[A-Z]", `^\d+$`, `^[A-Z]{2}-\d{2,3}$`, "^AB?C*$", "^[A-C]*B$", "^[A-C]{1,2}[B-D]?1$", "^A?1?B", "^[^A]$", "^.A$", "A$", "^(AB|C)$",
		"^(?i)ab$", "^(?:A{2}){2}$", "^(A)(B)$", "^$", "^ñ$", "^[A-Z]+[0-9]*-?$", "(?m)^A$", `^AB\z`, "^(AB){2}$", "",
	}
	cell := rapid.OneOf(rapid.StringMatching(`[A-D]{0,3}-?[0-2]{0,3}`), rapid.StringMatching(`[ABCabñ1\n-]{0,4}`), rapid.String())
	short := allTexts("ABC1-", 4)
	for _, pattern := range patterns {
		made, c := cleaner(t, patterned(pattern))
		re := regexp.MustCompile(pattern)
		check := func(t rapid.TB, text string) {
			text = strings.TrimSpace(text)
			if text == "" || text == "NULL" || text == "-" {
				return
			}
			got := outcome(made, c, record(c, pipeline.Text, "code="+text), "code")
			if want := re.MatchString(text); want != (got == text) {
				t.Fatalf("%q and %s: %v, and %s", text, pattern, want, got)
			}
		}
		for _, text := range short {
			check(t, text)
		}
		rapid.Check(t, func(t *rapid.T) { check(t, cell.Draw(t, "text")) })
	}
}

// allTexts gives all texts of at most so many of the letters.
func allTexts(letters string, most int) []string {
	all := []string{""}
	for start := 0; most > 0; most-- {
		end := len(all)
		for _, before := range all[start:end] {
			for _, letter := range letters {
				all = append(all, before+string(letter))
			}
		}
		start = end
	}
	return all
}
