package s3

import (
	"net/http"
	"strings"
)

const (
	copySource     = "X-Amz-Copy-Source"
	metadataPrefix = "X-Amz-Meta-"
	// maxMetadata is S3's limit on names and values of user-defined metadata together.
	// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html.
	maxMetadata = 2 << 10
)

// keptHeaders are those that come back with the object as PUT gave them, besides user-defined metadata.
var keptHeaders = []string{
	"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires",
	"X-Amz-Server-Side-Encryption", "X-Amz-Storage-Class", "X-Amz-Website-Redirect-Location",
}

// objectHeaders picks the headers to keep out of a request.
func objectHeaders(header http.Header) (map[string]string, error) {
	kept := map[string]string{"Content-Type": "binary/octet-stream"}
	for _, name := range keptHeaders {
		if value := header.Get(name); value != "" {
			kept[name] = value
		}
	}
	if encoding := withoutChunked(kept["Content-Encoding"]); encoding != "" {
		kept["Content-Encoding"] = encoding
	} else {
		delete(kept, "Content-Encoding")
	}
	size := 0
	for name, values := range header {
		if plain, found := strings.CutPrefix(name, metadataPrefix); found {
			kept[name] = strings.Join(values, ",")
			size += len(plain) + len(kept[name])
		}
	}
	if size > maxMetadata {
		return nil, badRequest("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size: %d bytes, and %d are allowed", size, maxMetadata)
	}
	return kept, nil
}

// withoutChunked takes aws-chunked, which belongs to the transfer and not to the object, off a Content-Encoding.
func withoutChunked(encoding string) string {
	var kept []string
	for coding := range strings.SplitSeq(encoding, ",") {
		if coding = strings.TrimSpace(coding); coding != "" && coding != "aws-chunked" {
			kept = append(kept, coding)
		}
	}
	return strings.Join(kept, ",")
}

// storageClass is what listings say of a version.
func (v *version) storageClass() string {
	if class := v.Headers["X-Amz-Storage-Class"]; class != "" {
		return class
	}
	return "STANDARD"
}

// setVersionID tells which version an answer is about; a bucket that never had versioning has none.
func setVersionID(w http.ResponseWriter, b *bucket, v *version) {
	if b.Versioning != "" {
		w.Header().Set("X-Amz-Version-Id", v.ID)
	}
}

// setChecksum tells a checksum.
func setChecksum(w http.ResponseWriter, c checksum) {
	if c.Value != "" {
		w.Header().Set(checksumHeader(c.Algorithm), c.Value)
		w.Header().Set("X-Amz-Checksum-Type", c.Type)
	}
}

func quote(etag string) string { return `"` + etag + `"` }
