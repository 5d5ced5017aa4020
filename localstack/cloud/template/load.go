package template

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"
)

// Options are the surroundings that a template is read in.
type Options struct {
	// Parameters override the defaults of the template's parameters.
	Parameters map[string]string
	// Region, AccountID and StackName are us-east-1, 000000000000 and acequia by default.
	Region    string
	AccountID string
	StackName string
	// Endpoint is the URL of the local cloud, which queue URLs start with.
	Endpoint string
}

// Load reads the template in the file. The error joins all that is wrong with it, each with its line.
func Load(path string, opt Options) (*Stack, error) {
	doc, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	stack, err := Parse(doc, opt)
	if err != nil {
		return nil, fmt.Errorf("template %s:\n%w", path, err)
	}
	return stack, nil
}

// Parse reads a template. The error joins all that is wrong with it, each with its line.
func Parse(doc []byte, opt Options) (*Stack, error) {
	opt.Region = cmp.Or(opt.Region, "us-east-1")
	opt.AccountID = cmp.Or(opt.AccountID, "000000000000")
	opt.StackName = cmp.Or(opt.StackName, "acequia")
	var root yaml.Node
	if err := yaml.Unmarshal(doc, &root); err != nil {
		return nil, fmt.Errorf("it is not YAML: %w", err)
	}
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("it is not a mapping with Resources")
	}
	// See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html.
	if alias := findAlias(&root); alias != nil {
		return nil, placed(alias, "CloudFormation does not know YAML aliases")
	}
	l := &loader{scope: newScope(opt)}
	l.sections(root.Content[0])
	if err := errors.Join(l.errs...); err != nil {
		return nil, err
	}
	return &l.stack, nil
}

// loader reads a template and gathers what is wrong with it.
type loader struct {
	scope   *scope
	globals *yaml.Node // of functions
	stack   Stack
	errs    []error
	// events are the functions' events of type S3, which belong to buckets that may come later.
	events []bucketEvent
}

func (l *loader) fail(node *yaml.Node, format string, args ...any) {
	l.errs = append(l.errs, placed(node, format, args...))
}

// placed makes an error about a line of the template.
func placed(node *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: %w", node.Line, fmt.Errorf(format, args...))
}

func (l *loader) inert(node *yaml.Node, what, reason string) {
	l.stack.Inert = append(l.stack.Inert, Inert{node.Line, what, reason})
}

func (l *loader) sections(root *yaml.Node) {
	resources := (*yaml.Node)(nil)
	for key, value := range entries(root) {
		var err error
		switch key.Value {
		case "AWSTemplateFormatVersion", "Description", "Metadata":
		case "Transform":
			if value.Value != "AWS::Serverless-2016-10-31" {
				err = placed(value, "Transform: the local cloud knows AWS::Serverless-2016-10-31 only")
			}
		case "Parameters":
			err = l.scope.declareParameters(value)
		case "Mappings":
			l.scope.mappings = value
		case "Conditions":
			l.scope.declareConditions(value)
		case "Globals":
			err = l.readGlobals(value)
		case "Resources":
			resources = value
			l.scope.declareResources(value)
		case "Outputs":
			l.inert(key, "Outputs", "they are for people and other stacks; `make status` shows what runs here")
		default:
			err = placed(key, "%s: the local cloud does not know this section", key.Value)
		}
		if err != nil {
			l.errs = append(l.errs, err)
		}
	}
	if err := l.scope.unknownOverrides(); err != nil {
		l.errs = append(l.errs, err)
	}
	// What a parameter lacks would only be told again by everything that refers to it.
	if len(l.errs) == 0 && resources != nil {
		l.resources(resources)
	}
}

func (l *loader) readGlobals(node *yaml.Node) error {
	for key, value := range entries(node) {
		if key.Value != "Function" {
			return placed(key, "Globals.%s: the local cloud knows Globals.Function only", key.Value)
		}
		l.globals = value
	}
	return nil
}
