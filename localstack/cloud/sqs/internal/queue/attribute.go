package queue

import (
	"crypto/md5" //nolint:gosec // SQS's checksums are MD5; nothing is secured by them.
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"acequia/localstack/cloud/sqs/internal/fault"
)

// MessageAttribute is a typed value beside a message's body.
type MessageAttribute struct {
	// DataType is String, Number or Binary, with an optional label behind a dot ("Number.int").
	DataType string `json:"DataType"`
	// StringValue is set for String and Number, BinaryValue for Binary.
	StringValue string `json:"StringValue,omitempty"`
	BinaryValue []byte `json:"BinaryValue,omitempty"`
}

func (a MessageAttribute) binary() bool { return strings.HasPrefix(a.DataType, "Binary") }

// value gives the bytes of the attribute's value.
func (a MessageAttribute) value() []byte {
	if a.binary() {
		return a.BinaryValue
	}
	return []byte(a.StringValue)
}

// maxAttributes is how many attributes a message may have.
const maxAttributes = 10

var (
	attributeName = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)
	dataType      = regexp.MustCompile(`^(String|Number|Binary)(\..+)?$`)
)

// checkAttributes tells what is wrong with the attributes of a message, if anything (AWS: "Amazon SQS message attributes").
func checkAttributes(attributes map[string]MessageAttribute) error {
	if len(attributes) > maxAttributes {
		return fault.InvalidParameter("MessageAttributes", fmt.Sprint(len(attributes)),
			fmt.Sprintf("A message can have up to %d attributes.", maxAttributes))
	}
	for name, a := range attributes {
		if reason := a.flaw(name); reason != "" {
			return fault.InvalidParameter("MessageAttributes", name, reason)
		}
	}
	return nil
}

func (a MessageAttribute) flaw(name string) string {
	lower := strings.ToLower(name)
	switch {
	case len(name) > 256 || !attributeName.MatchString(name):
		return "A name has up to 256 letters, digits, hyphens, underscores and single dots."
	case strings.HasPrefix(lower, "aws.") || strings.HasPrefix(lower, "amazon."):
		return "Names that start with AWS. or Amazon. are reserved."
	case len(a.DataType) > 256 || !dataType.MatchString(a.DataType):
		return "The type must be String, Number or Binary, with an optional label behind a dot."
	case len(a.value()) == 0:
		return "The attribute must have a value of its type, and it must not be empty."
	case !a.binary() && !validText(a.StringValue):
		return "The value holds a character that XML 1.0 does not allow."
	}
	return ""
}

// attributeBytes is what attributes add to the size of a message.
func attributeBytes(attributes map[string]MessageAttribute) int {
	size := 0
	for name, a := range attributes {
		size += len(name) + len(a.DataType) + len(a.value())
	}
	return size
}

// The transport types in the checksum of attributes.
const (
	transportString = 1
	transportBinary = 2
)

// AttributesMD5 gives the checksum of attributes that SDKs compare, in hex; no attributes have none. AWS describes it in
// "Calculating the MD5 message digest for message attributes": sorted by name, each of name, type and value with its
// length in front as four bytes, big-endian, and one byte between type and value that says how the value is transported.
func AttributesMD5(attributes map[string]MessageAttribute) string {
	if len(attributes) == 0 {
		return ""
	}
	var b []byte
	add := func(part []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := attributes[name]
		add([]byte(name))
		add([]byte(a.DataType))
		if a.binary() {
			b = append(b, transportBinary)
		} else {
			b = append(b, transportString)
		}
		add(a.value())
	}
	return MD5(b)
}

// MD5 gives the checksum of a message's body that SDKs compare, in hex.
func MD5(b []byte) string {
	sum := md5.Sum(b) //nolint:gosec // See the import.
	return hex.EncodeToString(sum[:])
}
