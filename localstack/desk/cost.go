package desk

import (
	"cmp"
	"math"
	"strconv"

	"acequia/shared/pgstore"
)

// dollars shows an amount that may be far below a cent in two digits that count: $0.00021. The ledger has all of them.
func dollars(decimal string) string {
	amount, err := strconv.ParseFloat(decimal, 64)
	if err != nil || amount <= 0 {
		return "-"
	}
	places := max(2, 1-int(math.Floor(math.Log10(amount))))
	return "$" + strconv.FormatFloat(amount, 'f', places, 64)
}

func costCell(decimal string) cell {
	if s := dollars(decimal); s != "-" {
		return text(s)
	}
	return cell{"-", dim}
}

// datasetsTable sums up what became of each data set's files, and what they cost.
func datasetsTable(counts []pgstore.DatasetCounts) *table {
	t := newTable("data set", ">files", ">size", ">records", ">rows", ">cost")
	for i := 0; i < len(counts); {
		sum, total := counts[i], 0.0
		sum.Objects, sum.Bytes, sum.Records, sum.Loaded = 0, 0, 0, 0
		for ; i < len(counts) && counts[i].Dataset == sum.Dataset; i++ {
			c := counts[i]
			sum.Objects, sum.Bytes, sum.Records, sum.Loaded = sum.Objects+c.Objects, sum.Bytes+c.Bytes, sum.Records+c.Records, sum.Loaded+c.Loaded
			amount, _ := strconv.ParseFloat(c.Dollars, 64) // without one, there is nothing to add
			total += amount
		}
		t.add(text(cmp.Or(sum.Dataset, "none")), text(count(sum.Objects)), text(size(sum.Bytes)), positive(sum.Records, plain),
			positive(sum.Loaded, plain), costCell(strconv.FormatFloat(total, 'f', -1, 64)))
	}
	return t
}
