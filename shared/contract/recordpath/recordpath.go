// Package recordpath reads what a contract writes for the place of a value in a record: a path, such as $.address.city,
// $.tags[0] or $['odd.name'], or else the name of a member of the record, and gives the steps that lead there.
package recordpath

import (
	"fmt"
	"strconv"
	"strings"
)

// Step leads one level down: to the member called Name or, where IsIndex, to the element number Index, from 0, of an array.
type Step struct {
	Name    string
	Index   int
	IsIndex bool
}

// String gives the step as a path spells it.
func (s Step) String() string {
	if s.IsIndex {
		return fmt.Sprintf("[%d]", s.Index)
	}
	return "." + s.Name
}

// Is tells whether source is written as a path. A member may well be called $price, or just $.
func Is(source string) bool {
	return strings.HasPrefix(source, "$.") || strings.HasPrefix(source, "$[")
}

// Parse gives the steps of source, at least one. An error says what is missing where.
func Parse(source string) ([]Step, error) {
	if !Is(source) {
		return []Step{{Name: source}}, nil
	}
	var steps []Step
	for rest := source[1:]; rest != ""; {
		step, after, err := next(rest)
		if err != nil {
			return nil, err
		}
		steps, rest = append(steps, step), after
	}
	return steps, nil
}

// next takes the first step off a path, which is not empty.
func next(path string) (step Step, rest string, err error) {
	switch {
	case path[0] == '.':
		end := strings.IndexAny(path[1:]+".", ".[") + 1
		step.Name, rest = path[1:end], path[end:]
		if step.Name == "" {
			return step, "", fmt.Errorf("a name is missing at %q", path)
		}
		if strings.ContainsAny(step.Name, "* \t\"']") { // wildcards lead to many values, and the rest is most likely a slip
			return step, "", fmt.Errorf("the name %[1]q is written ['%[1]s']", step.Name)
		}
	case strings.HasPrefix(path, "['"):
		var closed bool
		if step.Name, rest, closed = strings.Cut(path[2:], "']"); !closed || step.Name == "" {
			return step, "", fmt.Errorf("%q lacks a name or its %q", path, "']")
		}
	case path[0] == '[':
		digits, after, closed := strings.Cut(path[1:], "]")
		if step.Index, err = strconv.Atoi(digits); !closed || err != nil || step.Index < 0 {
			return step, "", fmt.Errorf("%q is no index, such as [0]", path)
		}
		step.IsIndex, rest = true, after
	default:
		return step, "", fmt.Errorf("%q follows neither a dot nor a bracket", path)
	}
	return step, rest, nil
}
