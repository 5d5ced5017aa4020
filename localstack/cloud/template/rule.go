package template

func (l *loader) rule(r resource) error {
	name, p, err := l.open(r, r.properties)
	if err != nil {
		return err
	}
	rule := Rule{
		Name: name, Description: p.text("Description"), Schedule: p.required("ScheduleExpression"),
		Disabled: p.oneOf("State", "ENABLED", "DISABLED") == "DISABLED",
	}
	for _, target := range p.children("Targets") {
		rule.Targets = append(rule.Targets, Target{target.required("Id"), target.required("Arn"), target.text("Input")})
		target.done(inertTarget)
	}
	p.done(inertRule)
	l.stack.Rules = append(l.stack.Rules, rule)
	return nil
}

// schedule reads a function's event of type Schedule, which SAM makes a rule of.
func (l *loader) schedule(p *properties, madeName, functionARN string) {
	rule := Rule{
		Name: madeName, Description: p.text("Description"), Schedule: p.required("Schedule"),
		Disabled: p.oneOf("State", "ENABLED", "DISABLED") == "DISABLED" || !p.flag("Enabled", true),
		Targets:  []Target{{ID: "function", ARN: functionARN, Input: p.text("Input")}},
	}
	if name := p.text("Name"); name != "" {
		rule.Name = name
	}
	p.done(nil)
	l.stack.Rules = append(l.stack.Rules, rule)
}
