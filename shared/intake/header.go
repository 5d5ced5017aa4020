package intake

import (
	"slices"
	"strings"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// checkHeader holds a CSV header to the contract: every required column must be there, and a column that the contract
// does not know is ignored or refused as the contract says.
func checkHeader(header []string, c *contract.Contract) error {
	var missing, unknown []string
	for _, column := range c.Columns {
		if column.Required && !slices.Contains(header, column.Source) {
			missing = append(missing, column.Source)
		}
	}
	if len(missing) > 0 {
		return pipeline.Refuse("the header lacks the required %s; the columns that it has are %s",
			columns(missing), strings.Join(header, ", "))
	}
	if c.Source.UnknownColumns == contract.Ignore {
		return nil
	}
	sources := c.Sources()
	for _, name := range header {
		if name != pipeline.RejectReason && !slices.Contains(sources, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return pipeline.Refuse(
			"the header has the %s, which the contract of %s does not know; add it to the contract, or set unknownColumns: ignore",
			columns(unknown), c.Dataset)
	}
	return nil
}

func columns(names []string) string {
	if len(names) == 1 {
		return "column " + names[0]
	}
	return "columns " + strings.Join(names, ", ")
}
