package desk

import (
	"regexp"
	"slices"
	"testing"

	"acequia/shared/pgstore"
)

// For each check of the view it is said what to do about it.
func TestEachFindingHasARemedy(t *testing.T) {
	t.Parallel()
	view, err := pgstore.Migrations.ReadFile("migrations/00005_audit.sql")
	if err != nil {
		t.Fatal(err)
	}
	checks := []string{"unknown", "gone", "unequal"} // the bucket's
	for _, match := range regexp.MustCompile(`(?m)^SELECT .*dataset, '(\w+)'`).FindAllStringSubmatch(string(view), -1) {
		checks = append(checks, match[1])
	}
	if !slices.Contains(checks, "loaded") || !slices.Contains(checks, "tiling") {
		t.Errorf("the checks of the view are not found: %q", checks)
	}
	for _, check := range checks {
		n := 0
		for _, r := range remedies {
			if slices.Contains(r.checks, check) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s has %d remedies", check, n)
		}
	}
}
