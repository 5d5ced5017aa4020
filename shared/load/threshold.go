package load

import (
	"fmt"
	"strconv"

	"acequia/shared/contract"
)

// tooManyRejects says that an object has more rejects than its contract allows, and how many that are.
func tooManyRejects(t contract.Threshold, rejected, records int64) string {
	if t.Count > 0 && rejected > t.Count {
		return fmt.Sprintf("%d of %d records were rejected, the contract allows %d", rejected, records, t.Count)
	}
	return fmt.Sprintf("%d of %d records were rejected (%s), the contract allows %s",
		rejected, records, percent(float64(rejected)/float64(records)), percent(t.Share))
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'g', 5, 64) + " %" }
