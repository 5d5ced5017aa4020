package template

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scope is what the names in a template stand for.
type scope struct {
	options    Options
	values     map[string]string     // of parameters and pseudo parameters
	lists      map[string]*yaml.Node // of parameters that are lists
	declared   []string              // parameters
	mappings   *yaml.Node
	conditions map[string]*yaml.Node
	resources  map[string]*yaml.Node
	// evaluating holds the conditions, and naming the resources, that are being worked out: a name among them that is met
	// again refers to itself.
	evaluating, naming map[string]bool
}

func newScope(opt Options) *scope {
	return &scope{
		options: opt, lists: map[string]*yaml.Node{}, conditions: map[string]*yaml.Node{}, resources: map[string]*yaml.Node{},
		evaluating: map[string]bool{}, naming: map[string]bool{},
		values: map[string]string{
			"AWS::Region": opt.Region, "AWS::AccountId": opt.AccountID, "AWS::StackName": opt.StackName,
			"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
			"AWS::StackId": fmt.Sprintf("arn:aws:cloudformation:%s:%s:stack/%s/local", opt.Region, opt.AccountID, opt.StackName),
		},
	}
}

func (s *scope) declareResources(section *yaml.Node) {
	for key, value := range entries(section) {
		s.resources[key.Value] = value
	}
}

// nameForm says how resources of a type are named and referred to.
type nameForm struct {
	// property holds the name; without it, the name is made of the stack's and the resource's.
	property string
	// ref is what Ref gives, and attributes what GetAtt gives, with {name}, {region}, {account} and {endpoint} filled in.
	ref        string
	attributes map[string]string
}

// The names of https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html.
var namings = map[string]nameForm{
	"AWS::S3::Bucket": {"BucketName", "{name}", map[string]string{
		"Arn": "arn:aws:s3:::{name}", "DomainName": "{name}.s3.amazonaws.com",
	}},
	"AWS::SQS::Queue": {"QueueName", "{endpoint}/{account}/{name}", map[string]string{
		"Arn": "arn:aws:sqs:{region}:{account}:{name}", "QueueName": "{name}", "QueueUrl": "{endpoint}/{account}/{name}",
	}},
	"AWS::Serverless::Function": {"FunctionName", "{name}", map[string]string{
		"Arn": "arn:aws:lambda:{region}:{account}:function:{name}",
	}},
	"AWS::Events::Rule": {"Name", "{name}", map[string]string{"Arn": "arn:aws:events:{region}:{account}:rule/{name}"}},
	"AWS::SNS::Topic": {"TopicName", "arn:aws:sns:{region}:{account}:{name}", map[string]string{
		"TopicArn": "arn:aws:sns:{region}:{account}:{name}", "TopicName": "{name}",
	}},
	"AWS::IAM::Role":      {"RoleName", "{name}", map[string]string{"Arn": "arn:aws:iam::{account}:role/{name}"}},
	"AWS::Logs::LogGroup": {"LogGroupName", "{name}", map[string]string{"Arn": "arn:aws:logs:{region}:{account}:log-group:{name}"}},
}

// ref gives what Ref gives for a parameter or a resource.
func (s *scope) ref(at *yaml.Node, name string) (string, error) {
	if value, ok := s.values[name]; ok {
		return value, nil
	}
	resource, ok := s.resources[name]
	if !ok {
		return "", placed(at, "there is neither a parameter nor a resource %s", name)
	}
	known, ok := namings[typeOf(resource)]
	if !ok {
		return s.options.StackName + "-" + name, nil
	}
	return s.fill(known.ref, name)
}

// attribute gives what GetAtt gives for Resource.Attribute.
func (s *scope) attribute(at *yaml.Node, path string) (string, error) {
	name, attribute, _ := strings.Cut(path, ".")
	resource, ok := s.resources[name]
	if !ok {
		return "", placed(at, "there is no resource %s", name)
	}
	form, ok := namings[typeOf(resource)].attributes[attribute]
	if !ok {
		return "", placed(at, "the local cloud does not know the attribute %s of an %s", attribute, typeOf(resource))
	}
	return s.fill(form, name)
}

func (s *scope) fill(form, logicalID string) (string, error) {
	name := ""
	if strings.Contains(form, "{name}") {
		var err error
		if name, err = s.name(logicalID); err != nil {
			return "", err
		}
	}
	return strings.NewReplacer("{name}", name, "{region}", s.options.Region, "{account}", s.options.AccountID,
		"{endpoint}", s.options.Endpoint).Replace(form), nil
}

// name gives a resource's name: its own, or one made as CloudFormation does, without the random part.
func (s *scope) name(logicalID string) (string, error) {
	resource := s.resources[logicalID]
	if s.naming[logicalID] {
		return "", placed(resource, "the name of %s refers to itself", logicalID)
	}
	s.naming[logicalID] = true
	defer delete(s.naming, logicalID)
	property := lookUp(lookUp(resource, "Properties"), namings[typeOf(resource)].property)
	if property != nil {
		return s.text(property)
	}
	made := s.options.StackName + "-" + logicalID
	if typeOf(resource) == "AWS::S3::Bucket" {
		made = strings.ToLower(made)
	}
	return made, nil
}

func typeOf(resource *yaml.Node) string {
	if node := lookUp(resource, "Type"); node != nil {
		return node.Value
	}
	return ""
}

// unknownOverrides refuses values for parameters that the template does not have.
func (s *scope) unknownOverrides() error {
	for name := range s.options.Parameters {
		if !slices.Contains(s.declared, name) {
			return fmt.Errorf("the parameter %s was given a value, but the template has none of this name", name)
		}
	}
	return nil
}
