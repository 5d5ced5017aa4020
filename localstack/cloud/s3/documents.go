package s3

import (
	"net/url"
	"strings"
)

// namespace is that of S3's documents.
const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// checksumFields are the elements that carry a checksum in S3's documents, requests and answers alike.
type checksumFields struct {
	ChecksumCRC32     string `xml:",omitempty"`
	ChecksumCRC32C    string `xml:",omitempty"`
	ChecksumCRC64NVME string `xml:",omitempty"`
	ChecksumSHA1      string `xml:",omitempty"`
	ChecksumSHA256    string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

func fieldsOf(c checksum) checksumFields {
	fields := checksumFields{ChecksumType: c.Type}
	if field := fields.of(c.Algorithm); field != nil {
		*field = c.Value
	}
	return fields
}

// of gives the field for an algorithm; nil if there is none.
func (f *checksumFields) of(algorithm string) *string {
	switch algorithm {
	case crc32IEEE:
		return &f.ChecksumCRC32
	case crc32Castagnoli:
		return &f.ChecksumCRC32C
	case crc64NVME:
		return &f.ChecksumCRC64NVME
	case sha1Sum:
		return &f.ChecksumSHA1
	case sha256Sum:
		return &f.ChecksumSHA256
	}
	return nil
}

// encodeKey writes a key as listings with encoding-type=url and events do: percent-encoded, "+" for a space, "/" as it is.
func encodeKey(key string) string {
	return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/")
}

// keyEncoding gives what a listing does to keys: nothing, or what encoding-type=url demands.
func keyEncoding(r *request) (encode func(string) string, name string, err error) {
	switch name = r.query.Get("encoding-type"); name {
	case "":
		return func(key string) string { return key }, "", nil
	case "url":
		return encodeKey, name, nil
	default:
		return nil, "", invalidArgument("Invalid Encoding Method specified in Request: %q", name)
	}
}

// prefixEntry is a common prefix in a listing.
type prefixEntry struct{ Prefix string }
