package awsquery

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// node is a form as a tree: "Attribute.1.Name" lies three levels deep.
type node struct {
	value    string
	children map[string]*node
}

// Decode fills the struct that into points to from a form. What the form lacks stays as it is, and what into lacks is
// ignored, as AWS does.
func Decode(form url.Values, into any) error {
	root := &node{}
	for key, values := range form {
		root.descend(strings.Split(key, ".")).value = values[0]
	}
	return decoder{action: form.Get("Action")}.fill(root, "", reflect.ValueOf(into).Elem())
}

func (n *node) descend(path []string) *node {
	for _, step := range path {
		child := n.children[step]
		if child == nil {
			child = &node{}
			if n.children == nil {
				n.children = map[string]*node{}
			}
			n.children[step] = child
		}
		n = child
	}
	return n
}

// members gives the elements of a flattened list or map: the children 1, 2, … up to the first number that is missing.
func (n *node) members() []*node {
	var members []*node
	for i := 1; n.children[strconv.Itoa(i)] != nil; i++ {
		members = append(members, n.children[strconv.Itoa(i)])
	}
	return members
}

// decoder fills values from the form of a call.
type decoder struct {
	action string
}

// fill sets v, which its tag describes, from the node.
func (d decoder) fill(n *node, tag string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Struct:
		return d.fillStruct(n, v)
	case reflect.Map:
		return d.fillMap(n, tag, v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return d.fillBytes(n, tag, v)
		}
		return d.fillList(n, tag, v)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return d.fill(n, tag, v.Elem())
	default:
		return d.fillScalar(n, tag, v)
	}
}

func (d decoder) fillStruct(n *node, v reflect.Value) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		tag := tagOf(field, d.action)
		name, _, _ := strings.Cut(tag, ",")
		child := n.children[name]
		if field.Anonymous { // its fields are fields of v
			child = n
		}
		if child == nil {
			continue
		}
		if err := d.fill(child, tag, v.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

func (d decoder) fillMap(n *node, tag string, v reflect.Value) error {
	name, key := mapTag(tag)
	v.Set(reflect.MakeMap(v.Type()))
	for _, member := range n.members() {
		if member.children[key] == nil {
			return fmt.Errorf("a %s lacks its %s", name, key)
		}
		value := reflect.New(v.Type().Elem()).Elem()
		if child := member.children["Value"]; child != nil {
			if err := d.fill(child, name, value); err != nil {
				return err
			}
		}
		v.SetMapIndex(reflect.ValueOf(member.children[key].value), value)
	}
	return nil
}

func (d decoder) fillList(n *node, tag string, v reflect.Value) error {
	for _, member := range n.members() {
		element := reflect.New(v.Type().Elem()).Elem()
		if err := d.fill(member, tag, element); err != nil {
			return err
		}
		v.Set(reflect.Append(v, element))
	}
	return nil
}

func (decoder) fillBytes(n *node, tag string, v reflect.Value) error {
	b, err := base64.StdEncoding.DecodeString(n.value)
	if err != nil {
		return fmt.Errorf("%s is not base64: %w", tag, err)
	}
	v.SetBytes(b)
	return nil
}

func (decoder) fillScalar(n *node, tag string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.value)
	case reflect.Int:
		i, err := strconv.Atoi(n.value)
		if err != nil {
			return fmt.Errorf("%s is %q, not a whole number", tag, n.value)
		}
		v.SetInt(int64(i))
	case reflect.Bool:
		v.SetBool(n.value == "true")
	default:
		return fmt.Errorf("%s: the query protocol here knows no %s", tag, v.Type())
	}
	return nil
}

// tagOf says how a field of a call is called in the protocol.
func tagOf(f reflect.StructField, action string) string {
	if tag := f.Tag.Get("query"); tag != "" {
		return strings.ReplaceAll(tag, "{Action}", action)
	}
	return f.Name
}

// mapTag takes the tag of a map apart into the name of its entries and that of their keys, "Name" unless the tag says.
func mapTag(tag string) (name, key string) {
	name, key, found := strings.Cut(tag, ",")
	if !found {
		key = "Name"
	}
	return name, key
}
