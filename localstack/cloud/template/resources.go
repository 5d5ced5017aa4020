package template

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// resource is one entry of the section Resources.
type resource struct {
	id, kind string
	// node is where the resource stands, properties what is said of it, unresolved.
	node, properties *yaml.Node
}

// emulated are the types that the local cloud knows how to run.
var emulated = map[string]func(*loader, resource) error{
	"AWS::S3::Bucket":                 (*loader).bucket,
	"AWS::SQS::Queue":                 (*loader).queue,
	"AWS::Serverless::Function":       (*loader).function,
	"AWS::Events::Rule":               (*loader).rule,
	"AWS::Lambda::EventSourceMapping": (*loader).mapping,
}

func (l *loader) resources(section *yaml.Node) {
	for key, value := range entries(section) {
		if err := l.resource(resource{id: key.Value, kind: typeOf(value), node: key}, value); err != nil {
			l.errs = append(l.errs, err)
		}
	}
	l.attachBucketEvents()
}

func (l *loader) resource(r resource, definition *yaml.Node) error {
	for key, value := range entries(definition) {
		switch key.Value {
		case "Type", "DependsOn", "Metadata", "DeletionPolicy", "UpdateReplacePolicy":
		case "Properties":
			r.properties = value
		case "Condition":
			if holds, err := l.scope.condition(value, value.Value); err != nil || !holds {
				return err
			}
		default:
			return placed(key, "%s.%s: the local cloud does not know this attribute", r.id, key.Value)
		}
	}
	if read, ok := emulated[r.kind]; ok {
		return read(l, r)
	}
	if reason, ok := inertTypes[r.kind]; ok {
		l.inert(r.node, r.id+" ("+r.kind+")", reason)
		return nil
	}
	return placed(r.node, "%s: the local cloud does not emulate %s%s", r.id, r.kind, hints[r.kind])
}

// open resolves a resource's properties and gives its name.
func (l *loader) open(r resource, raw *yaml.Node) (name string, p *properties, err error) {
	if name, err = l.scope.name(r.id); err != nil {
		return "", nil, err
	}
	if raw == nil {
		return name, l.properties(r.id, nil), nil
	}
	resolved, err := l.scope.resolve(raw)
	if err != nil {
		return "", nil, err
	}
	p = l.properties(r.id, resolved)
	p.used = append(p.used, namings[r.kind].property)
	return name, p, nil
}

func (l *loader) bucket(r resource) error {
	name, p, err := l.open(r, r.properties)
	if err != nil {
		return err
	}
	b := Bucket{Name: name}
	versioning := p.child("VersioningConfiguration")
	b.Versioned = versioning.oneOf("Status", "Enabled", "Suspended") == "Enabled"
	versioning.done(nil)
	notifications := p.child("NotificationConfiguration")
	for _, kind := range []struct{ list, target string }{{"LambdaConfigurations", "Function"}, {"QueueConfigurations", "Queue"}} {
		for _, n := range notifications.children(kind.list) {
			b.Notifications = append(b.Notifications, notification(n, "Event", n.required(kind.target)))
		}
	}
	notifications.done(nil)
	p.done(inertBucket)
	l.stack.Buckets = append(l.stack.Buckets, b)
	return nil
}

// notification reads what a bucket's notification and a function's event of type S3 have in common.
func notification(p *properties, events, target string) Notification {
	n := Notification{ID: p.text("Id"), Events: p.texts(events), Target: target}
	filter := p.child("Filter")
	key := filter.child("S3Key")
	for _, rule := range key.children("Rules") {
		switch value := rule.required("Value"); rule.oneOf("Name", "prefix", "suffix") {
		case "prefix":
			n.Prefix = value
		case "suffix":
			n.Suffix = value
		}
		rule.done(nil)
	}
	key.done(nil)
	filter.done(nil)
	p.done(nil)
	return n
}

// bucketEvent is a function's event of type S3.
type bucketEvent struct {
	at     *yaml.Node
	bucket string
	Notification
}

// attachBucketEvents gives the functions' events to their buckets, which SAM wants in the same template.
func (l *loader) attachBucketEvents() {
	for _, e := range l.events {
		i := slices.IndexFunc(l.stack.Buckets, func(b Bucket) bool { return b.Name == e.bucket })
		if i < 0 {
			l.fail(e.at, "the event %s is of the bucket %s, which is not in this template", e.ID, e.bucket)
			continue
		}
		l.stack.Buckets[i].Notifications = append(l.stack.Buckets[i].Notifications, e.Notification)
	}
}
