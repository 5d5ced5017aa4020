package intake

import (
	"slices"
	"strings"

	"acequia/shared/contract"
	"acequia/shared/contract/nearest"
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
	sources := c.Sources()
	for _, name := range header {
		if !slices.Contains(sources, name) {
			unknown = append(unknown, name)
		}
	}
	return complain(missing, unknown, header, c)
}

// complain refuses a file that lacks columns, or has some that the contract does not know and does not ignore.
func complain(missing, unknown, header []string, c *contract.Contract) error {
	if len(missing) > 0 {
		return pipeline.Refuse("the header lacks the required %s%s; the columns that it has are %s%s",
			columns(missing), nearest.Hint(missing[0], header), strings.Join(header, ", "), elsewhere(header, c))
	}
	if len(unknown) == len(header) && len(header) > 0 {
		return pipeline.Refuse("the header names none of the contract's columns, %s, but %s%s",
			strings.Join(c.Sources(), ", "), strings.Join(header, ", "), elsewhere(header, c))
	}
	unknown = slices.DeleteFunc(unknown, func(name string) bool { return name == pipeline.RejectReason })
	if len(unknown) > 0 && c.Source.UnknownColumns == contract.Refuse {
		return pipeline.Refuse(
			"the header has the %s, which the contract of %s does not know; add it to the contract, or set unknownColumns: ignore",
			columns(unknown), c.Dataset)
	}
	return nil
}

// elsewhere says where the header may be, if what was taken for it names no column of the contract.
func elsewhere(header []string, c *contract.Contract) string {
	if c.Source.Format != pipeline.CSV || slices.ContainsFunc(c.Sources(), func(s string) bool { return slices.Contains(header, s) }) {
		return ""
	}
	return "; if that is no header, say skipLines or header: auto in the contract, or header: absent"
}

func columns(names []string) string {
	if len(names) == 1 {
		return "column " + names[0]
	}
	return "columns " + strings.Join(names, ", ")
}
