package contract

import (
	"regexp"
	"slices"
	"strings"

	"acequia/shared/contract/expression"
)

// RuleEngine marks, as the engine of a quality entry of the type custom, a row rule of ours. Rules of other engines are
// left to them.
const RuleEngine = "acequia"

var operators = []string{
	string(MustBe), string(MustNotBe), string(MustBeGreaterThan), string(MustBeGreaterOrEqualTo), string(MustBeLessThan),
	string(MustBeLessOrEqualTo), string(MustBeBetween), string(MustNotBeBetween),
}

var qualityMembers = append([]string{
	"id", "authoritativeDefinitions", "businessImpact", "customProperties", "description", "dimension", "method", "name",
	"schedule", "scheduler", "severity", "tags", "type", "unit", "metric", "arguments", "query", "engine", "implementation",
}, operators...)

// parseQuality reads the quality of the data set and of its columns.
func (c *Contract) parseQuality(schema place) {
	for item := range schema.at("quality").items() {
		c.parseQualityItem(item, "")
	}
	for property := range schema.at("properties").items() {
		for item := range property.at("quality").items() {
			c.parseQualityItem(item, property.at("name").text())
		}
	}
}

func (c *Contract) parseQualityItem(p place, column string) {
	if !p.members(qualityMembers...) {
		return
	}
	switch kind := p.at("type"); kind.text() {
	case "text":
	case "sql":
		check := c.newCheck(p, p.at("name").name())
		table := strings.NewReplacer("${table}", c.Table(), "{table}", c.Table(), "${column}", quote(column), "{column}", quote(column))
		check.Query = table.Replace(p.at("query").query())
		c.addCheck(p, check)
	case "custom":
		if engine := p.at("engine"); engine.need() == RuleEngine {
			c.parseRule(p, column)
		}
	case "library", "":
		c.parseMetric(p, column)
	default:
		kind.fail("%q is no type of quality; write library, sql, custom or text", kind.text())
	}
}

// parseRule reads a row rule.
func (c *Contract) parseRule(p place, column string) {
	rule := Rule{
		Name:        p.at("name").name(),
		Description: strings.TrimSpace(p.at("description").text()),
		Expression:  strings.TrimSpace(p.at("implementation").need()),
	}
	if column != "" {
		p.fail("a row rule is about a record; write it under the quality of schema[0]")
	}
	if rule.Expression == "" {
		return
	}
	e, err := expression.Compile(rule.Expression, c.Scope(0))
	switch {
	case err != nil:
		p.at("implementation").fail("%s: %v; a rule reads the columns that are not derived", rule.Expression, err)
	case e.Kind() != expression.Boolean:
		p.at("implementation").fail("a rule is true or false, and this is a %s", e.Kind())
	}
	if slices.ContainsFunc(c.Rules, func(other Rule) bool { return other.Name == rule.Name }) {
		p.at("name").fail("there are two rules called %s", rule.Name)
	}
	c.Rules = append(c.Rules, rule)
}

// parseMetric reads a check of the standard's library.
func (c *Contract) parseMetric(p place, column string) {
	metric := p.at("metric")
	name := metric.need()
	columnless := name == "rowCount"
	switch {
	case column == "" && !columnless && name != "":
		metric.fail("%s is about a column; write it under the quality of that column", name)
	case column != "" && columnless:
		metric.fail("rowCount is about the table; write it under the quality of schema[0]")
	case name == "invalidValues":
		c.parseInvalidValues(p, column)
	case name == "rowCount":
		check := c.newCheck(p, "row_count")
		check.Query = "SELECT count(*) FROM " + c.Table()
		c.addCheck(p, check)
	case name == "nullValues", name == "missingValues":
		check := c.newCheck(p, column+"_missing")
		check.Query, check.PerObject = c.shareQuery(p.at("unit"), quote(column)+" IS NULL"), true
		c.addCheck(p, check)
	case name == "duplicateValues":
		check := c.uniqueCheck(column)
		stated := c.newCheck(p, check.Name)
		stated.Query = check.Query
		c.addCheck(p, stated)
	case name != "":
		metric.fail("the metric %s is not checked; write rowCount, nullValues, missingValues, duplicateValues or invalidValues", name)
	}
}

// parseInvalidValues reads what values a column may have, a rule that rejects.
func (c *Contract) parseInvalidValues(p place, column string) {
	i := c.Index(column)
	if i < 0 {
		p.fail("only columns that are not derived can have valid values")
		return
	}
	if p.at(string(MustBe)).missing() || p.at(string(MustBe)).number() != "0" {
		p.fail("a record with an invalid value is rejected, so write mustBe: 0")
	}
	arguments := p.at("arguments")
	if !arguments.members("validValues", "pattern") {
		return
	}
	if values := arguments.at("validValues"); !values.missing() {
		c.Columns[i].only(values, Text)
		c.Columns[i].Values = values.texts()
	}
	if pattern := arguments.at("pattern"); !pattern.missing() {
		if c.Columns[i].only(pattern, Text); c.Columns[i].Pattern != nil {
			pattern.fail("the column has a pattern already, under logicalTypeOptions")
		}
		c.Columns[i].Pattern = compilePattern(pattern)
	}
}

// newCheck reads what all checks have.
func (c *Contract) newCheck(p place, defaultName string) Check {
	check := Check{Name: defaultName, Description: strings.TrimSpace(p.at("description").text()), Severity: severity(p.at("severity"))}
	if name := p.at("name"); !name.missing() {
		check.Name = name.name()
	}
	for _, operator := range operators {
		value := p.at(operator)
		if value.missing() {
			continue
		}
		if check.Expect.Operator != "" {
			value.fail("a check has one expectation, and this one has %s too", check.Expect.Operator)
		}
		check.Expect.Operator = Operator(operator)
		check.Expect.Values = expected(value, strings.HasSuffix(operator, "Between"))
	}
	if check.Expect.Operator == "" {
		p.fail("a check says what it expects: write one of %s", strings.Join(operators, ", "))
	}
	return check
}

func expected(p place, interval bool) []string {
	if !interval {
		return []string{p.number()}
	}
	var ends []string
	for end := range p.items() {
		ends = append(ends, end.number())
	}
	if len(ends) != 2 {
		p.fail("two numbers are needed here, the smaller one first")
		return []string{"0", "0"}
	}
	return ends
}

func severity(p place) string {
	if p.missing() {
		return Warning
	}
	return p.oneOf(Warning, Failing)
}

func (c *Contract) addCheck(p place, check Check) {
	if slices.ContainsFunc(c.Checks, func(other Check) bool { return other.Name == check.Name }) {
		p.fail("there are two checks called %s; give each a name of its own", check.Name)
	}
	c.Checks = append(c.Checks, check)
}

// queryForm is how a single query starts. Who may write it, and for how long it may run, is the database's to say.
var queryForm = regexp.MustCompile(`(?is)^\s*(SELECT|WITH)\s[^;]*$`)

func (p place) query() string {
	text := p.need()
	if text != "" && !queryForm.MatchString(text) {
		p.fail("one query is needed here, which starts with SELECT or WITH and holds no semicolon")
	}
	return text
}
