package contract

import (
	"cmp"
	"slices"
	"strings"
)

// parseKey makes the column part of the primary key, which must have equal bytes exactly where Postgres finds equal
// values, and must fit into an index.
func (c *Contract) parseKey(p place, column *Column) {
	column.Required = true
	switch {
	case column.Type.Kind == JSONB:
		p.at("primaryKey").fail("jsonb cannot be a key, as one document can be written in many ways")
	case column.Type.Kind == Numeric && column.Type.Precision == 0:
		p.at("physicalType").fail("a numeric key needs a precision, such as numeric(12,0), to fit into an index")
	}
	c.Key = append(c.Key, column.Name)
}

// orderKey puts the key into its order, and shares out the room in its index among its text columns.
func (c *Contract) orderKey(properties place) {
	positions, taken, texts := map[string]int{}, map[int]string{}, 0
	for p := range properties.items() {
		name, position := p.at("name").text(), p.at("primaryKeyPosition")
		if !slices.Contains(c.Key, name) || position.missing() {
			continue
		}
		n := position.count()
		if other, twice := taken[n]; twice || n < 1 {
			position.fail("key positions are 1, 2, …, each once; %d is not free %s", n, other)
		}
		positions[name], taken[n] = n, name
	}
	if len(positions) > 0 && len(positions) < len(c.Key) {
		properties.fail("give a primaryKeyPosition to every column of the key %s, or to none", strings.Join(c.Key, ", "))
	}
	slices.SortStableFunc(c.Key, func(a, b string) int { return cmp.Compare(positions[a], positions[b]) })
	for _, name := range c.Key {
		if c.Columns[c.Index(name)].Type.Kind == Text {
			texts++
		}
	}
	for _, name := range c.Key {
		if column := &c.Columns[c.Index(name)]; column.Type.Kind == Text {
			column.MaxBytes = KeyTextBytes / texts
		}
	}
}
