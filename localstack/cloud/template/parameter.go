package template

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// declareParameters takes the section Parameters.
func (s *scope) declareParameters(section *yaml.Node) error {
	for key, value := range entries(section) {
		s.declared = append(s.declared, key.Value)
		if err := s.declareParameter(key, value); err != nil {
			return err
		}
	}
	return nil
}

func (s *scope) declareParameter(key, definition *yaml.Node) error {
	name := key.Value
	value, given := s.options.Parameters[name]
	if byDefault := lookUp(definition, "Default"); !given && byDefault != nil {
		value, given = byDefault.Value, true
	}
	if !given {
		return placed(key, "the parameter %s has neither a default nor a value", name)
	}
	for attribute, limit := range entries(definition) {
		if reason := breaks(attribute.Value, limit, value); reason != "" {
			return placed(attribute, "the parameter %s is %q, which %s", name, value, reason)
		}
	}
	s.values[name] = value
	if kind := lookUp(definition, "Type"); kind != nil && (kind.Value == "CommaDelimitedList" || kind.Value == "List<Number>") {
		s.lists[name] = commaList(key, value)
	}
	return nil
}

func commaList(at *yaml.Node, text string) *yaml.Node {
	var items []*yaml.Node
	for item := range strings.SplitSeq(text, ",") {
		items = append(items, scalar(at, strings.TrimSpace(item)))
	}
	return sequence(at, items)
}

// breaks holds a parameter's value to an attribute of its definition; empty means that it keeps it.
func breaks(attribute string, limit *yaml.Node, value string) string {
	switch attribute {
	case "Type":
		return breaksType(limit.Value, value)
	case "AllowedValues":
		for _, allowed := range limit.Content {
			if allowed.Value == value {
				return ""
			}
		}
		return "is not among its AllowedValues"
	case "MinValue", "MaxValue":
		n, errN := strconv.ParseFloat(value, 64)
		bound, errBound := strconv.ParseFloat(limit.Value, 64)
		if errN != nil || errBound != nil || (attribute == "MinValue" && n < bound) || (attribute == "MaxValue" && n > bound) {
			return "does not keep its " + attribute + " of " + limit.Value
		}
	case "MinLength", "MaxLength":
		bound, err := strconv.Atoi(limit.Value)
		if err != nil || (attribute == "MinLength" && len(value) < bound) || (attribute == "MaxLength" && len(value) > bound) {
			return "does not keep its " + attribute + " of " + limit.Value
		}
	case "Default", "Description", "NoEcho", "ConstraintDescription", "AllowedPattern": // AWS checks the pattern, in Java's dialect
	default:
		return "has an attribute that the local cloud does not know: " + attribute
	}
	return ""
}

func breaksType(kind, value string) string {
	switch kind {
	case "String", "CommaDelimitedList", "List<Number>":
		return ""
	case "Number":
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return "is not a number"
		}
		return ""
	}
	return "is of a type that the local cloud does not know: " + kind
}
