package template

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// placeholder is ${Name}, ${Resource.Attribute}, or ${!Literal}, which stands for ${Literal}.
var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

func callSub(s *scope, arg *yaml.Node) (*yaml.Node, error) {
	text, own := arg.Value, (*yaml.Node)(nil)
	if arg.Kind == yaml.SequenceNode {
		if len(arg.Content) != 2 {
			return nil, placed(arg, "Sub wants a text, or a text and a mapping")
		}
		text, own = arg.Content[0].Value, arg.Content[1]
	}
	var failed error
	replaced := placeholder.ReplaceAllStringFunc(text, func(match string) string {
		value, err := s.substitute(arg, strings.TrimSpace(match[2:len(match)-1]), own)
		if err != nil && failed == nil {
			failed = err
		}
		return value
	})
	return scalar(arg, replaced), failed
}

func (s *scope) substitute(at *yaml.Node, name string, own *yaml.Node) (string, error) {
	if literal, ok := strings.CutPrefix(name, "!"); ok {
		return "${" + literal + "}", nil
	}
	if value := lookUp(own, name); value != nil {
		return s.text(value)
	}
	if strings.Contains(name, ".") {
		return s.attribute(at, name)
	}
	return s.ref(at, name)
}
