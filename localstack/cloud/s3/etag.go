package s3

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
)

// opaqueETag marks a request whose object needs no MD5.
type opaqueETag struct{}

// WithOpaqueETag marks a request. If it is a PutObject, the object's ETag is not the MD5 of its bytes, as on AWS where objects
// are encrypted with keys of KMS (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html), and has the form of an
// upload in one part, so that no client takes it for an MD5. It still stands for the bytes: the same bytes have the same ETag.
// MD5 is what a PUT spends most of its time on, several times what the other checksums take.
func WithOpaqueETag(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), opaqueETag{}, true))
}

// wantsMD5 tells whether the payload must be hashed with MD5.
func (r *request) wantsMD5() bool {
	return r.Context().Value(opaqueETag{}) == nil || r.query.Has("uploadId") || r.Header.Get("Content-Md5") != ""
}

// opaqueSums are the checksums that make an opaque ETag: both are computed by the processor.
var opaqueSums = []string{crc32IEEE, crc32Castagnoli}

// etag is the ETag of an object of size bytes that was sent in one piece.
func (d *digest) etag(size int64) string {
	if d.md5 != nil {
		return hex.EncodeToString(d.md5.Sum(nil))
	}
	return fmt.Sprintf("%x%x%016x-1", d.sums[crc32IEEE].Sum(nil), d.sums[crc32Castagnoli].Sum(nil), size)
}
