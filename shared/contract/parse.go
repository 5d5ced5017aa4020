package contract

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"acequia/shared/contract/decimal"
)

// Members of the standard that are known at each level; those that Acequia does not read are for people and other tools.
var (
	documentMembers = []string{
		"version", "kind", "apiVersion", "id", "name", "tenant", "tags", "status", "servers", "dataProduct", "description",
		"domain", "schema", "support", "price", "team", "roles", "slaDefaultElement", "slaProperties",
		"authoritativeDefinitions", "customProperties", "contractCreatedTs",
	}
	elementMembers = []string{
		"id", "name", "physicalName", "physicalType", "description", "businessName", "authoritativeDefinitions", "tags",
		"customProperties", "logicalType", "relationships", "quality",
	}
	schemaMembers = append(slices.Clone(elementMembers), "dataGranularityDescription", "properties")
)

// nameForm is what data sets, columns and views may be called: names that Postgres takes without quotes, at most 63 bytes
// long, and without the leading underscore that marks the columns which Acequia adds (_object_id, _byte_offset, _loaded_at).
var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Parse reads a contract. The error is an *InvalidError that holds everything that is wrong.
func Parse(doc []byte) (*Contract, error) {
	var problems []Problem
	root := place{found: &problems, line: 1}
	var node yaml.Node
	if err := yaml.Unmarshal(doc, &node); err != nil {
		root.path = "document"
		root.fail("it is not YAML: %v", err)
	} else if len(node.Content) == 0 {
		root.path = "document"
		root.fail("it is empty; a contract starts with apiVersion: v3.1.0")
	} else {
		c := parseDocument(root.step("", node.Content[0]))
		if len(problems) == 0 {
			return c, nil
		}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return nil, &InvalidError{Problems: problems}
}

func parseDocument(doc place) *Contract {
	c := new(Contract)
	if !doc.members(documentMembers...) {
		return c
	}
	if version := doc.at("apiVersion"); !strings.HasPrefix(version.need(), "v3.") {
		version.fail("%q is not read; write v3.1.0", version.text())
	}
	if kind := doc.at("kind"); kind.need() != "DataContract" {
		kind.fail("%q is not read; write DataContract", kind.text())
	}
	doc.at("id").need()
	doc.at("status").need()
	c.Version = doc.at("version").need()
	for property := range doc.at("customProperties").items() {
		if name := property.at("property").text(); slices.Contains(schemaCustom, name) {
			property.fail("%s belongs into the customProperties of schema[0]", name)
		}
	}
	schemas := slices.Collect(doc.at("schema").items())
	if len(schemas) != 1 {
		doc.at("schema").fail("it needs exactly one object, and has %d; write one contract for each data set", len(schemas))
		return c
	}
	c.parseSchema(schemas[0])
	return c
}

func (c *Contract) parseSchema(schema place) {
	if !schema.members(schemaMembers...) {
		return
	}
	c.Dataset = schema.at("name").name()
	if physical := schema.at("physicalName"); !physical.missing() && physical.text() != c.Dataset {
		physical.fail("the table is called as the data set, %s; leave physicalName out", c.Dataset)
	}
	c.Description = strings.TrimSpace(schema.at("description").text())
	custom := schema.custom(schemaCustom)
	c.Source = parseSource(custom, c.Dataset)
	c.Reject = parseThreshold(custom["rejectThreshold"])
	c.parsePublication(custom)
	c.Numbers = parseNumbers(custom["numbers"], decimal.Notation{})
	for property := range schema.at("properties").items() {
		c.parseProperty(property)
	}
	if len(c.Columns) == 0 {
		schema.at("properties").fail("a data set needs at least one column that is not derived")
	}
	c.parseParameters(custom["parameters"])
	c.orderKey(schema.at("properties"))
	c.checkDerived(schema.at("properties"))
	c.parseRelationships(schema)
	c.parseQuality(schema)
	c.parseViews(custom["views"])
	c.parseSummary(custom["summary"])
}

// name gives the name at a place.
func (p place) name() string {
	text := p.need()
	if text != "" && !nameForm.MatchString(text) {
		p.fail("%q is no name: write small letters, digits and underscores, a letter first, at most 63 characters", text)
	}
	return text
}

// column gives a declared or derived column.
func (c *Contract) column(name string) (Column, bool) {
	for _, column := range slices.Concat(c.Columns, c.Derived) {
		if column.Name == name {
			return column, true
		}
	}
	return Column{}, false
}

func (c *Contract) names() []string {
	var names []string
	for _, column := range slices.Concat(c.Columns, c.Derived) {
		names = append(names, column.Name)
	}
	return names
}

// Table names the data set's table with its schema.
func (c *Contract) Table() string { return fmt.Sprintf("%s.%s", Schema, c.Dataset) }
