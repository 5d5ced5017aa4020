package template

import "go.yaml.in/yaml/v3"

// function reads a function with its events. The defaults are those of SAM and Lambda.
func (l *loader) function(r resource) error {
	name, p, err := l.open(r, merge(l.globals, r.properties))
	if err != nil {
		return err
	}
	f := Function{
		Name: name, Description: p.text("Description"), Handler: p.text("Handler"),
		Runtime:    p.oneOf("Runtime", "provided.al2023", "provided.al2"),
		CodeURI:    p.required("CodeUri"),
		MemorySize: p.integerOr("MemorySize", 128), Timeout: p.seconds("Timeout", 3),
		Reserved: p.integer("ReservedConcurrentExecutions"), Environment: map[string]string{},
	}
	environment := p.child("Environment")
	variables := environment.child("Variables")
	for key := range entries(variables.node) {
		f.Environment[key.Value] = variables.text(key.Value)
	}
	environment.done(nil)
	deadLetter := p.child("DeadLetterQueue")
	if deadLetter.oneOf("Type", "SQS") != "" {
		f.DeadLetterARN = deadLetter.required("TargetArn")
	}
	deadLetter.done(nil)
	l.asyncInvocation(p.child("EventInvokeConfig"), &f)
	arn, err := l.scope.attribute(r.node, r.id+".Arn")
	if err != nil {
		return err
	}
	for key, event := range entries(p.get("Events")) {
		l.event(r.id, arn, key, event)
	}
	p.done(inertFunction)
	l.stack.Functions = append(l.stack.Functions, f)
	return nil
}

// asyncInvocation reads what becomes of asynchronous invocations that fail.
func (l *loader) asyncInvocation(p *properties, f *Function) {
	f.MaxRetries = p.integer("MaximumRetryAttempts")
	f.MaxEventAge = p.seconds("MaximumEventAgeInSeconds", 0)
	destinations := p.child("DestinationConfig")
	failure := destinations.child("OnFailure")
	if failure.node != nil && failure.oneOf("Type", "SQS") != "" {
		f.OnFailureARN = failure.required("Destination")
	}
	failure.done(nil)
	destinations.done(nil)
	p.done(nil)
}

// event reads an entry of a function's Events.
func (l *loader) event(functionID, functionARN string, key, node *yaml.Node) {
	event := l.properties(functionID+".Events."+key.Value, node)
	kind := event.required("Type")
	p := event.child("Properties")
	event.done(nil)
	switch kind {
	case "":
	case "S3":
		bucket := p.required("Bucket")
		n := notification(p, "Events", functionARN)
		n.ID = key.Value
		l.events = append(l.events, bucketEvent{at: key, bucket: bucket, Notification: n})
	case "SQS":
		l.addMapping(p, p.required("Queue"), functionARN)
	case "Schedule":
		l.schedule(p, l.scope.options.StackName+"-"+functionID+key.Value, functionARN)
	default:
		l.fail(key, "%s: the local cloud does not emulate events of type %s%s", event.what, kind, hints[kind])
	}
}
