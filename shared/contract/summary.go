package contract

import (
	"slices"
	"strings"
)

func (c *Contract) parseViews(p place) {
	for item := range p.items() {
		if !item.members("name", "description", "query") {
			continue
		}
		v := View{
			Name: item.at("name").name(), Description: strings.TrimSpace(item.at("description").text()), Query: item.at("query").query(),
		}
		if v.Name == c.Dataset || slices.ContainsFunc(c.Views, func(other View) bool { return other.Name == v.Name }) {
			item.at("name").fail("there is a table or a view called %s already", v.Name)
		}
		c.Views = append(c.Views, v)
	}
}

func (c *Contract) parseSummary(p place) {
	if p.missing() || !p.members("relation", "day", "kpis") {
		return
	}
	s := &Summary{Relation: c.Table(), Day: p.at("day").need()}
	if relation := p.at("relation"); !relation.missing() {
		if s.Relation = relation.text(); !nameForm.MatchString(strings.TrimPrefix(s.Relation, Schema+".")) {
			relation.fail("%q is no table or view of ours; write one such as %s", s.Relation, c.Table())
		}
		s.Relation = Schema + "." + strings.TrimPrefix(s.Relation, Schema+".")
	}
	if day, ok := c.column(s.Day); s.Day != "" && (!ok || day.Type.Kind != Date) {
		p.at("day").fail("the day is a column of the type date, and %s is none", s.Day)
	}
	for item := range p.at("kpis").items() {
		c.parseKPI(item, s)
	}
	if len(s.KPIs) == 0 {
		p.at("kpis").fail("a summary needs at least one KPI")
	}
	c.Summary = s
}

func (c *Contract) parseKPI(p place, s *Summary) {
	if !p.members("name", "description", "value", "dimensions", "top") {
		return
	}
	kpi := KPI{
		Name: p.at("name").name(), Description: strings.TrimSpace(p.at("description").text()), Value: p.at("value").need(),
		Dimensions: p.at("dimensions").texts(), Top: p.at("top").count(),
	}
	if strings.Contains(kpi.Value, ";") {
		p.at("value").fail("one SQL aggregate is needed here, such as sum(total)")
	}
	for _, dimension := range kpi.Dimensions {
		if _, ok := c.column(dimension); !nameForm.MatchString(dimension) || !ok && s.Relation == c.Table() {
			p.at("dimensions").fail("there is no column %s", dimension)
		}
	}
	if kpi.Top > 0 && len(kpi.Dimensions) == 0 {
		p.at("top").fail("the top of what? Name the dimension, last in dimensions")
	}
	if slices.ContainsFunc(s.KPIs, func(other KPI) bool { return other.Name == kpi.Name }) {
		p.at("name").fail("there are two KPIs called %s", kpi.Name)
	}
	s.KPIs = append(s.KPIs, kpi)
}
