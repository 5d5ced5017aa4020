package contract

import "fmt"

// quote spells a name so that it is none of SQL's own words. Names hold no quotes: see nameForm.
func quote(name string) string { return `"` + name + `"` }

// shareQuery counts the rows of $1's objects that meet a condition, or gives their share in percent.
func (c *Contract) shareQuery(unit place, condition string) string {
	value := "count(*) FILTER (WHERE " + condition + ")"
	if !unit.missing() && unit.oneOf("rows", "percent") == "percent" {
		value = "coalesce(100.0 * " + value + " / nullif(count(*), 0), 0)"
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE _object_id = ANY($1)", value, c.Table())
}

// uniqueCheck counts the rows beyond the first of each value.
func (c *Contract) uniqueCheck(column string) Check {
	return Check{
		Name: column + "_unique", Severity: Warning, Expect: Expectation{Operator: MustBe, Values: []string{"0"}},
		Description: "No two rows have the same " + column + ".",
		Query: fmt.Sprintf("SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM %s WHERE %s IS NOT NULL GROUP BY %[2]s) AS counted",
			c.Table(), quote(column)),
	}
}
