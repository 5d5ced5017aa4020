package template

import (
	"iter"
	"slices"

	"go.yaml.in/yaml/v3"
)

// entries gives the keys and values of a mapping; of what is none, nothing.
func entries(node *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		if node == nil || node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i], node.Content[i+1]) {
				return
			}
		}
	}
}

// findAlias gives the first YAML alias in a node, or nil.
func findAlias(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node
	}
	for _, child := range node.Content {
		if found := findAlias(child); found != nil {
			return found
		}
	}
	return nil
}

// lookUp gives the value of a mapping's key, or nil.
func lookUp(node *yaml.Node, key string) *yaml.Node {
	for k, v := range entries(node) {
		if k.Value == key {
			return v
		}
	}
	return nil
}

// scalar makes text that stands where the node stands.
func scalar(at *yaml.Node, text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: at.Line}
}

// sequence makes a list that stands where the node stands.
func sequence(at *yaml.Node, items []*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items, Line: at.Line}
}

// merge lays a function's own properties over those of Globals, as SAM does: mappings are merged, lists are joined, and of
// anything else the function's own wins. See
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html.
func merge(global, own *yaml.Node) *yaml.Node {
	switch {
	case global == nil:
		return own
	case own == nil:
		return global
	case global.Kind == yaml.SequenceNode && own.Kind == yaml.SequenceNode:
		return sequence(own, slices.Concat(global.Content, own.Content))
	case global.Kind != yaml.MappingNode || own.Kind != yaml.MappingNode || isCall(global) || isCall(own):
		return own
	}
	merged := &yaml.Node{Kind: yaml.MappingNode, Line: own.Line}
	for key, value := range entries(global) {
		merged.Content = append(merged.Content, key, merge(value, lookUp(own, key.Value)))
	}
	for key, value := range entries(own) {
		if lookUp(global, key.Value) == nil {
			merged.Content = append(merged.Content, key, value)
		}
	}
	return merged
}
