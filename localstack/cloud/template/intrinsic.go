package template

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// intrinsics are CloudFormation's functions by their short names; see
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html.
// Each gives the node that stands for its call; nil is AWS::NoValue. An argument may hold calls itself.
var intrinsics map[string]func(s *scope, arg *yaml.Node) (*yaml.Node, error)

func init() { // refers to itself through resolve
	intrinsics = map[string]func(*scope, *yaml.Node) (*yaml.Node, error){
		"Ref": callRef, "Sub": callSub, "GetAtt": callGetAtt, "Join": callJoin, "Select": callSelect, "Split": callSplit,
		"FindInMap": callFindInMap, "If": callIf,
		"Equals": logic, "And": logic, "Or": logic, "Not": logic, "Condition": logic,
	}
}

// call tells whether a node is a call of an intrinsic function, in its short form (!Sub …) or its long one
// ({Fn::Sub: …}), and of which with what.
func call(node *yaml.Node) (name string, arg *yaml.Node, ok bool) {
	if strings.HasPrefix(node.Tag, "!") && !strings.HasPrefix(node.Tag, "!!") {
		plain := *node
		plain.Tag = ""
		return node.Tag[1:], &plain, true
	}
	if node.Kind != yaml.MappingNode || len(node.Content) != 2 {
		return "", nil, false
	}
	name = node.Content[0].Value
	if name == "Ref" || name == "Condition" && node.Content[1].Kind == yaml.ScalarNode {
		return name, node.Content[1], true
	}
	name, ok = strings.CutPrefix(name, "Fn::")
	return name, node.Content[1], ok
}

func isCall(node *yaml.Node) bool {
	_, _, ok := call(node)
	return ok
}

// resolve replaces all calls in a node. Nil means that there is no value.
func (s *scope) resolve(node *yaml.Node) (*yaml.Node, error) {
	if name, arg, ok := call(node); ok {
		f, known := intrinsics[name]
		if !known {
			return nil, placed(node, "the local cloud does not know the function %s", name)
		}
		return f(s, arg)
	}
	if node.Kind != yaml.MappingNode && node.Kind != yaml.SequenceNode {
		return node, nil
	}
	resolved := &yaml.Node{Kind: node.Kind, Line: node.Line}
	step := 1
	if node.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i+step <= len(node.Content); i += step {
		value, err := s.resolve(node.Content[i+step-1])
		if err != nil {
			return nil, err
		}
		if value != nil {
			resolved.Content = append(append(resolved.Content, node.Content[i:i+step-1]...), value)
		}
	}
	return resolved, nil
}

// text resolves a node that must be a scalar.
func (s *scope) text(node *yaml.Node) (string, error) {
	value, err := s.resolve(node)
	if err != nil {
		return "", err
	}
	if value == nil || value.Kind != yaml.ScalarNode {
		return "", placed(node, "a text is wanted here")
	}
	return value.Value, nil
}

// items resolves the arguments of a function that takes a list of n, or with n 0 of any number.
func (s *scope) items(arg *yaml.Node, n int) ([]*yaml.Node, error) {
	value, err := s.resolve(arg)
	if err != nil {
		return nil, err
	}
	if value == nil || value.Kind != yaml.SequenceNode || (n > 0 && len(value.Content) != n) {
		return nil, placed(arg, "the function wants a list of arguments, and the right number of them")
	}
	return value.Content, nil
}

func callRef(s *scope, arg *yaml.Node) (*yaml.Node, error) {
	if arg.Value == "AWS::NoValue" {
		return nil, nil
	}
	if list, ok := s.lists[arg.Value]; ok {
		return list, nil
	}
	text, err := s.ref(arg, arg.Value)
	return scalar(arg, text), err
}

func callGetAtt(s *scope, arg *yaml.Node) (*yaml.Node, error) {
	name := arg.Value
	if arg.Kind == yaml.SequenceNode {
		parts := make([]string, 0, len(arg.Content))
		for _, part := range arg.Content {
			parts = append(parts, part.Value)
		}
		name = strings.Join(parts, ".")
	}
	text, err := s.attribute(arg, name)
	return scalar(arg, text), err
}

func callJoin(s *scope, arg *yaml.Node) (*yaml.Node, error) {
	args, err := s.items(arg, 2)
	if err != nil {
		return nil, err
	}
	parts := make([]string, 0, len(args[1].Content))
	for _, part := range args[1].Content {
		parts = append(parts, part.Value)
	}
	return scalar(arg, strings.Join(parts, args[0].Value)), nil
}

func callSplit(s *scope, arg *yaml.Node) (*yaml.Node, error) {
	args, err := s.items(arg, 2)
	if err != nil {
		return nil, err
	}
	var parts []*yaml.Node
	for part := range strings.SplitSeq(args[1].Value, args[0].Value) {
		parts = append(parts, scalar(arg, part))
	}
	return sequence(arg, parts), nil
}

func callSelect(s *scope, arg *yaml.Node) (*yaml.Node, error) {
	args, err := s.items(arg, 2)
	if err != nil {
		return nil, err
	}
	i, err := strconv.Atoi(args[0].Value)
	if err != nil || i < 0 || i >= len(args[1].Content) {
		return nil, placed(arg, "Select: the list has no item %s", args[0].Value)
	}
	return args[1].Content[i], nil
}

func callFindInMap(s *scope, arg *yaml.Node) (*yaml.Node, error) {
	args, err := s.items(arg, 3)
	if err != nil {
		return nil, err
	}
	found := s.mappings
	for _, key := range args {
		if found = lookUp(found, key.Value); found == nil {
			return nil, placed(arg, "FindInMap: there is no %s", key.Value)
		}
	}
	return found, nil
}

// callIf resolves the branch that is taken, and not the other.
func callIf(s *scope, arg *yaml.Node) (*yaml.Node, error) {
	if arg.Kind != yaml.SequenceNode || len(arg.Content) != 3 {
		return nil, placed(arg, "If wants a condition and two values")
	}
	holds, err := s.condition(arg.Content[0], arg.Content[0].Value)
	if err != nil {
		return nil, err
	}
	if holds {
		return s.resolve(arg.Content[1])
	}
	return s.resolve(arg.Content[2])
}

// logic refuses a function of conditions where a value is wanted.
func logic(_ *scope, arg *yaml.Node) (*yaml.Node, error) {
	return nil, placed(arg, "a condition stands where a value is wanted; conditions belong in Conditions")
}
