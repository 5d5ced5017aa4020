package contract

import (
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // Lambda's provided.al2023 has no time zones, and a contract may name one

	"acequia/shared/contract/recordpath"
	"acequia/shared/pipeline"
)

var propertyMembers = append(slices.Clone(elementMembers),
	"primaryKey", "primaryKeyPosition", "logicalTypeOptions", "required", "unique", "partitioned", "partitionKeyPosition",
	"classification", "encryptedName", "transformSourceObjects", "transformLogic", "transformDescription", "examples",
	"criticalDataElement")

// physicalOf gives for each logicalType the physical types that may store it; the first stands where none is named.
var physicalOf = map[string][]Kind{
	"string":    {Text},
	"integer":   {BigInt, Integer, SmallInt},
	"number":    {Numeric, BigInt, Integer, SmallInt},
	"date":      {Date},
	"timestamp": {TimestampTZ, Timestamp},
	"boolean":   {Boolean},
	"object":    {JSONB},
	"array":     {JSONB},
}

// parseProperty reads one of schema[0].properties.
func (c *Contract) parseProperty(p place) {
	if !p.members(propertyMembers...) {
		return
	}
	column := Column{
		Name:        p.at("name").name(),
		Description: strings.TrimSpace(p.at("description").text()),
		Required:    p.at("required").flag(),
		Expression:  strings.TrimSpace(p.at("transformLogic").text()),
	}
	if slices.Contains(c.names(), column.Name) {
		p.at("name").fail("there are two columns called %s", column.Name)
	}
	if physical := p.at("physicalName"); !physical.missing() && physical.text() != column.Name {
		physical.fail("the column is called %s in the table; leave physicalName out, and name the column of the file in the custom property header or path", column.Name)
	}
	column.parseType(p)
	if column.Expression != "" {
		c.parseDerived(p, column)
		return
	}
	c.parseDeclared(p, column)
}

// parseType reads logicalType and physicalType, each of which can stand in for the other.
func (column *Column) parseType(p place) {
	logical, physical := p.at("logicalType"), p.at("physicalType")
	column.Logical = logical.text()
	stored, known := physicalOf[column.Logical]
	switch {
	case logical.missing() && physical.missing():
		physical.fail("a column needs a physicalType, such as text or numeric(12,2)")
		return
	case !logical.missing() && !known:
		logical.fail("the logicalType %s is not stored; write string, integer, number, date, timestamp, boolean, object or array", column.Logical)
		return
	case physical.missing():
		column.Type = Type{Kind: stored[0]}
	default:
		t, err := ParseType(physical.text())
		if err != nil {
			physical.fail("%v", err)
			return
		}
		column.Type = t
	}
	column.Physical = column.Type.String()
	switch {
	case logical.missing():
		column.Logical = logicalOf(column.Type.Kind)
	case !slices.Contains(stored, column.Type.Kind):
		physical.fail("a %s cannot be stored as %s; write %s", column.Logical, column.Physical, stored[0])
	}
}

func logicalOf(kind Kind) string {
	switch kind {
	case Numeric:
		return "number"
	case BigInt, Integer, SmallInt:
		return "integer"
	case TimestampTZ, Timestamp:
		return "timestamp"
	case JSONB:
		return "object"
	case Text:
		return "string"
	default:
		return string(kind)
	}
}

// parseDeclared reads what a column of the file has: its source, its spellings and its rules.
func (c *Contract) parseDeclared(p place, column Column) {
	custom := p.custom(columnCustom)
	column.Source = c.parseSourceName(custom, column.Name)
	column.parseSpellings(custom)
	column.parseOptions(p.at("logicalTypeOptions"))
	column.parseTwoDigitYears(custom["twoDigitYearsFrom"])
	column.checkFormats(custom["formats"])
	column.parseNumbers(custom["numbers"], c.Numbers)
	if currency := custom["iso4217"]; currency.flag() {
		column.Currency = true
		column.only(currency, Text)
	}
	if value := custom["default"]; !value.missing() {
		text := column.canonical(value)
		column.Default = &text
	}
	if p.at("primaryKey").flag() {
		c.parseKey(p, &column)
	}
	c.Columns = append(c.Columns, column)
	if p.at("unique").flag() && !p.at("primaryKey").flag() {
		c.Checks = append(c.Checks, c.uniqueCheck(column.Name))
	}
}

// parseSourceName gives the name under which a record holds the column.
func (c *Contract) parseSourceName(custom map[string]place, name string) string {
	source, at := name, custom["header"]
	if path := custom["path"]; !path.missing() {
		source, at = path.text(), path
		if c.Source.Format == pipeline.CSV {
			path.fail("CSV has no paths; name the column of the file in the custom property header")
		} else if _, err := recordpath.Parse(source); err != nil {
			path.fail("%q is no path: %v", source, err)
		} else if !recordpath.Is(source) {
			path.fail("%q is no path; write member names behind a $, such as $.address.city", source)
		}
	} else if !at.missing() {
		source = at.need()
		if c.Source.Format == pipeline.JSON || c.Source.Format == pipeline.NDJSON {
			at.fail("JSON has no header; write a path, such as $.address.city")
		}
	}
	for _, other := range c.Columns {
		if other.Source == source {
			at.fail("%s and %s are both read from %s", other.Name, name, source)
		}
	}
	return source
}

// only sees to it that the column has one of the kinds that the rule at p is for.
func (column *Column) only(p place, allowed ...Kind) {
	if column.Type.Kind != "" && !slices.Contains(allowed, column.Type.Kind) {
		p.fail("this is for columns of the type %s, and %s is %s", joinKinds(allowed), column.Name, column.Physical)
	}
}

func joinKinds(all []Kind) string {
	var names []string
	for _, kind := range all {
		names = append(names, string(kind))
	}
	return strings.Join(names, " or ")
}

// zone gives the time zone of timestamps without an offset.
func zone(p place) *time.Location {
	name := p.text()
	location, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		p.fail("%q is no time zone; write one such as Etc/UTC or America/Lima", name)
		return time.UTC
	}
	return location
}
