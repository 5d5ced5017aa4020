package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// processes that are shown, in the order in which a record meets them.
var shown = []string{"client", "cloud", "ingest", "clean", "transform", "load", "postgres"}

// printRace prints the contenders' medians. The first of them is what the others are held to, round by round.
func (b *bench) printRace(results []*result) {
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\tseconds\trecords/s\t× \\copy\tasked\t%s\tall\t\n", strings.Join(shown, "\t"))
	for _, r := range results {
		if r.err != nil {
			continue
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.0f\t%.2f\t%s\t", r.name, median(r.took).Seconds(), median(r.speeds()), median(ratios(r, results[0])), asked(r.target))
		for _, who := range shown {
			fmt.Fprintf(w, "%.2f\t", r.spentBy(who).Seconds())
		}
		fmt.Fprintf(w, "%.2f\t\n", r.spentInAll().Seconds())
	}
	w.Flush() //nolint:errcheck // as for all that goes to a terminal
}

func asked(target float64) string {
	if target == 0 {
		return ""
	}
	return fmt.Sprintf("≥ %.2f", target)
}

// ratios are a contender's speeds as multiples of another's in the same round.
func ratios(r, to *result) (all []float64) {
	for round := range min(len(r.took), len(to.took)) {
		all = append(all, r.speed(round)/to.speed(round))
	}
	return all
}

func (r *result) speeds() (all []float64) {
	for round := range r.took {
		all = append(all, r.speed(round))
	}
	return all
}

func (r *result) spentBy(who string) time.Duration {
	var all []time.Duration
	for _, u := range r.spent {
		all = append(all, u[who])
	}
	return median(all)
}

func (r *result) spentInAll() time.Duration {
	var all []time.Duration
	for _, u := range r.spent {
		all = append(all, u.total())
	}
	return median(all)
}

// median gives the middle one; of an even number the lower of the two in the middle. Of none it is zero.
func median[T interface{ ~int64 | ~float64 }](all []T) (middle T) {
	if len(all) == 0 {
		return middle
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)/2]
}
