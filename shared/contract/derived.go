package contract

import (
	"slices"

	"acequia/shared/contract/expression"
)

// parseDerived reads a column that is computed. Its expression is compiled once all columns are known.
func (c *Contract) parseDerived(p place, column Column) {
	for _, member := range []string{"primaryKey", "logicalTypeOptions", "unique", "customProperties"} {
		if rule := p.at(member); !rule.missing() {
			rule.fail("a derived column has no %s; say in its expression, or in a row rule, what must hold", member)
		}
	}
	if column.Type.Kind == JSONB {
		p.at("physicalType").fail("a derived column cannot be jsonb, as no expression gives a document")
	}
	c.Derived = append(c.Derived, column)
}

// checkDerived compiles the expressions of the derived columns. Each may read the declared columns and the derived ones
// before it.
func (c *Contract) checkDerived(properties place) {
	i := 0
	for p := range properties.items() {
		logic := p.at("transformLogic")
		if i == len(c.Derived) || c.Derived[i].Name != p.at("name").text() {
			continue
		}
		column := c.Derived[i]
		e, err := expression.Compile(column.Expression, c.Scope(i))
		switch {
		case err != nil:
			logic.fail("%s: %v", column.Expression, err)
		case column.Type.ValueKind() != e.Kind() && column.Type.Kind != "":
			logic.fail("the expression gives a %s, which a column of the type %s cannot hold", e.Kind(), column.Physical)
		}
		i++
	}
}

// Scope gives what an expression may read: the declared columns in order, and then the first so many derived ones.
func (c *Contract) Scope(derived int) expression.Scope {
	scope := expression.Scope{Parameters: c.Parameters}
	for _, column := range slices.Concat(c.Columns, c.Derived[:derived]) {
		scope.Variables = append(scope.Variables, expression.Variable{Name: column.Name, Kind: column.Type.ValueKind()})
	}
	return scope
}

// ValueKind is the kind that a column of the type has in expressions; expression.None for jsonb, which they cannot read.
func (t Type) ValueKind() expression.Kind {
	switch t.Kind {
	case Text:
		return expression.Text
	case BigInt, Integer, SmallInt, Numeric:
		return expression.Number
	case Date:
		return expression.Date
	case TimestampTZ:
		return expression.Timestamp
	case Timestamp:
		return expression.LocalTime
	case Boolean:
		return expression.Boolean
	default:
		return expression.None
	}
}
