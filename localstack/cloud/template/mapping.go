package template

func (l *loader) mapping(r resource) error {
	resolved, err := l.scope.resolve(r.properties)
	if err != nil {
		return err
	}
	p := l.properties(r.id, resolved)
	l.addMapping(p, p.required("EventSourceArn"), p.required("FunctionName"))
	return nil
}

// addMapping reads what a mapping and a function's event of type SQS have in common.
func (l *loader) addMapping(p *properties, queueARN, function string) {
	m := Mapping{
		QueueARN: queueARN, Function: function, BatchSize: p.integerOr("BatchSize", 10),
		Window: p.seconds("MaximumBatchingWindowInSeconds", 0), Disabled: !p.flag("Enabled", true),
	}
	scaling := p.child("ScalingConfig")
	m.MaximumConcurrency = scaling.integerOr("MaximumConcurrency", 0)
	scaling.done(nil)
	for _, item := range p.texts("FunctionResponseTypes") {
		if item != "ReportBatchItemFailures" {
			p.fail(p.get("FunctionResponseTypes"), "FunctionResponseTypes", "there is no %s", item)
		}
		m.ReportBatchItemFailures = true
	}
	p.done(inertMapping)
	l.stack.Mappings = append(l.stack.Mappings, m)
}
