package awsquery

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// namespace is that of SQS's API in its only version.
const namespace = "http://queue.amazonaws.com/doc/2012-11-05/"

// ContentType is that of every answer of the protocol.
const ContentType = "text/xml"

// Encode gives the XML answer to an action; out points to a struct. Empty fields are left out.
func Encode(action, requestID string, out any) []byte {
	b := encoder{action: action}
	b.WriteString(xml.Header)
	fmt.Fprintf(&b, "<%sResponse xmlns=%q>", action, namespace)
	if v := reflect.ValueOf(out).Elem(); v.NumField() > 0 {
		b.element(action+"Result", func() { b.structure(v) })
	}
	b.element("ResponseMetadata", func() { b.text("RequestId", requestID) })
	fmt.Fprintf(&b, "</%sResponse>", action)
	return b.Bytes()
}

// EncodeError gives the XML answer that says what is wrong with a request (senderFault) or with the server.
func EncodeError(code, message string, senderFault bool, requestID string) []byte {
	blame := "Receiver"
	if senderFault {
		blame = "Sender"
	}
	var b encoder
	b.WriteString(xml.Header)
	fmt.Fprintf(&b, "<ErrorResponse xmlns=%q>", namespace)
	b.element("Error", func() {
		b.text("Type", blame)
		b.text("Code", code)
		b.text("Message", message)
	})
	b.text("RequestId", requestID)
	b.WriteString("</ErrorResponse>")
	return b.Bytes()
}

// encoder writes the answer to a call.
type encoder struct {
	bytes.Buffer
	action string
}

func (b *encoder) element(name string, content func()) {
	fmt.Fprintf(b, "<%s>", name)
	content()
	fmt.Fprintf(b, "</%s>", name)
}

// text writes an element of text. Control characters that XML's readers would normalise are escaped, so that a message's
// body comes back byte for byte.
func (b *encoder) text(name, value string) {
	b.element(name, func() {
		// Writing to a buffer does not fail.
		_ = xml.EscapeText(b, []byte(value))
	})
}

func (b *encoder) structure(v reflect.Value) {
	for i := range v.NumField() {
		field := v.Field(i)
		switch {
		case v.Type().Field(i).Anonymous: // its fields are fields of v
			b.structure(field)
		case !field.IsZero() || field.Kind() == reflect.Bool:
			b.write(tagOf(v.Type().Field(i), b.action), field)
		}
	}
}

// write writes v as the element or, if it is a list or a map, the elements that tag names.
func (b *encoder) write(tag string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		b.element(tag, func() { b.structure(v) })
	case reflect.Map:
		b.writeMap(tag, v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			b.text(tag, base64.StdEncoding.EncodeToString(v.Bytes()))
			return
		}
		for i := range v.Len() {
			b.write(tag, v.Index(i))
		}
	case reflect.Pointer:
		b.write(tag, v.Elem())
	case reflect.Bool:
		b.text(tag, strconv.FormatBool(v.Bool()))
	case reflect.Int:
		b.text(tag, strconv.FormatInt(v.Int(), 10))
	default:
		b.text(tag, v.String())
	}
}

func (b *encoder) writeMap(tag string, v reflect.Value) {
	name, key := mapTag(tag)
	entries := map[string]reflect.Value{}
	for it := v.MapRange(); it.Next(); {
		entries[it.Key().String()] = it.Value()
	}
	for _, k := range slices.Sorted(maps.Keys(entries)) {
		b.element(name, func() {
			b.text(key, k)
			b.write("Value", entries[k])
		})
	}
}
