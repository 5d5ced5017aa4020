package template

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// declareConditions takes the section Conditions.
func (s *scope) declareConditions(section *yaml.Node) {
	for key, value := range entries(section) {
		s.conditions[key.Value] = value
	}
}

// condition evaluates a condition by its name.
func (s *scope) condition(at *yaml.Node, name string) (bool, error) {
	rule, ok := s.conditions[name]
	if !ok {
		return false, placed(at, "there is no condition %s", name)
	}
	if s.evaluating[name] {
		return false, placed(at, "the condition %s refers to itself", name)
	}
	s.evaluating[name] = true
	defer delete(s.evaluating, name)
	return s.holds(rule)
}

// holds evaluates a call of a function of conditions.
func (s *scope) holds(node *yaml.Node) (bool, error) {
	name, arg, ok := call(node)
	if !ok {
		return false, placed(node, "a condition is wanted here: Equals, And, Or, Not or Condition")
	}
	switch name {
	case "Condition":
		return s.condition(arg, arg.Value)
	case "Equals":
		args, err := s.items(arg, 2)
		return err == nil && args[0].Value == args[1].Value, err
	case "Not":
		all, err := s.all(arg)
		return !slices.Contains(all, true), err
	case "And":
		all, err := s.all(arg)
		return !slices.Contains(all, false), err
	case "Or":
		all, err := s.all(arg)
		return slices.Contains(all, true), err
	}
	return false, placed(node, "%s is no function of conditions that the local cloud knows", name)
}

// all evaluates a list of conditions.
func (s *scope) all(list *yaml.Node) ([]bool, error) {
	all := make([]bool, 0, len(list.Content))
	for _, node := range list.Content {
		holds, err := s.holds(node)
		if err != nil {
			return nil, err
		}
		all = append(all, holds)
	}
	return all, nil
}
