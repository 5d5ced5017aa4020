package contract

import (
	"fmt"
	"slices"
	"strings"
)

// parseRelationships reads the relationships of the data set and of its columns. A record whose product is
// unknown today may be right tomorrow, so none is ever rejected for it.
func (c *Contract) parseRelationships(schema place) {
	for item := range schema.at("relationships").items() {
		if !item.members("type", "from", "to", "customProperties") {
			continue
		}
		dataset, column, ok := item.at("from").reference()
		if ok && dataset != c.Dataset {
			item.at("from").fail("a relationship starts at a column of %s", c.Dataset)
		}
		c.parseRelationship(item, column)
	}
	for property := range schema.at("properties").items() {
		for item := range property.at("relationships").items() {
			if item.members("type", "to", "customProperties") {
				c.parseRelationship(item, property.at("name").text())
			}
		}
	}
}

func (c *Contract) parseRelationship(p place, column string) {
	if _, ok := c.column(column); !ok {
		p.fail("there is no column %s", column)
	}
	dataset, references, ok := p.at("to").reference()
	if !ok {
		return
	}
	c.Relationships = append(c.Relationships, Relationship{
		Column: column, Dataset: dataset, References: references,
		Severity: severity(p.custom([]string{"severity"})["severity"]),
	})
}

// reference reads the standard's short reference, table.column.
func (p place) reference() (dataset, column string, ok bool) {
	dataset, column, ok = strings.Cut(p.text(), ".")
	if ok = ok && nameForm.MatchString(dataset) && nameForm.MatchString(column); !ok {
		p.fail("%q refers to nothing; write one data set and column, such as products.product_code", p.text())
	}
	return dataset, column, ok
}

// AllChecks gives the declared checks, and one for each relationship: no row may refer to what the other data set does not
// hold.
func (c *Contract) AllChecks() []Check {
	all := slices.Clone(c.Checks)
	for _, r := range c.Relationships {
		all = append(all, Check{
			Name:        "unknown_" + r.Column,
			Description: fmt.Sprintf("Every %s is the %s of one of the %s.", r.Column, r.References, r.Dataset),
			Severity:    r.Severity,
			PerObject:   true,
			Expect:      Expectation{Operator: MustBe, Values: []string{"0"}},
			Query: fmt.Sprintf("SELECT count(*) FROM %s AS referring WHERE _object_id = ANY($1) AND %s IS NOT NULL AND NOT EXISTS "+
				"(SELECT FROM %s AS referred WHERE referred.%s = referring.%[2]s)",
				c.Table(), quote(r.Column), Schema+"."+quote(r.Dataset), quote(r.References)),
		})
	}
	return all
}
