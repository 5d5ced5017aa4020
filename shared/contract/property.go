package contract

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // Lambda's provided.al2023 has no time zones, and a contract may name one

	"acequia/shared/contract/dateformat"
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

// pathForm is a path into nested JSON objects and arrays: $.address.city, $.tags[0].
var pathForm = regexp.MustCompile(`^\$(\.[^.\[\]*\s"']+(\[\d+\])*)+$`)

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
		} else if !pathForm.MatchString(source) {
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

// parseSpellings reads how dates and booleans are written.
func (column *Column) parseSpellings(custom map[string]place) {
	if formats := custom["formats"]; !formats.missing() {
		column.only(formats, Date, Timestamp, TimestampTZ)
		for item := range formats.items() {
			column.parseFormat(item)
		}
	}
	for name, spellings := range map[string]*[]string{"trueSpellings": &column.True, "falseSpellings": &column.False} {
		if p := custom[name]; !p.missing() {
			column.only(p, Boolean)
			for _, text := range p.texts() {
				*spellings = append(*spellings, strings.ToLower(text))
			}
		}
	}
	if column.Type.Kind == Boolean {
		column.True, column.False = append(column.True, "true"), append(column.False, "false")
	}
}

func (column *Column) parseFormat(p place) {
	format, err := dateformat.Parse(p.text())
	switch {
	case err != nil:
		p.fail("%v", err)
	case column.Type.Kind == Date && format.HasTime():
		p.fail("a date holds no time of day; store the column as timestamptz")
	case column.Type.Kind == Timestamp && format.CountsFromUTC():
		p.fail("%s counts from a moment in UTC, which a timestamp without time zone does not keep; store the column as timestamptz", format)
	default:
		column.DateFormats = append(column.DateFormats, format)
	}
}

// checkFormats refuses formats that can read one text as two dates.
func (column *Column) checkFormats(p place) {
	for i, f := range column.DateFormats {
		for _, g := range column.DateFormats[:i] {
			if text, ambiguous := dateformat.Ambiguous(f, g); ambiguous {
				p.fail("%s and %s both read %q, but not as the same date; declare the one that is meant, and give files in the other a data set of their own",
					g, f, text)
			}
		}
	}
}

// parseTwoDigitYears reads which years yy stands for.
func (column *Column) parseTwoDigitYears(p place) {
	if p.missing() {
		return
	}
	column.only(p, Date, Timestamp, TimestampTZ)
	first := p.count()
	if first < 1 || first > 9900 {
		p.fail("%d does not begin a hundred years that exist; write one such as 1950, for 1950 to 2049", first)
	}
	used := false
	for i, format := range column.DateFormats {
		used = used || format.HasTwoDigitYear()
		column.DateFormats[i] = format.TwoDigitYearsFrom(first)
	}
	if !used {
		p.fail("no format of %s has a year of two digits (yy); leave twoDigitYearsFrom out", column.Name)
	}
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
