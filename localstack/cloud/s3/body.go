package s3

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// body is a request's payload: freed of its transfer encoding, hashed while it is read, and then checked against
// everything that the client said of it.
type body struct {
	io.Reader
	digest *digest
	header http.Header
	// chunked is nil unless the client sent aws-chunked; its trailer may carry the checksum.
	chunked *chunkedReader
	// algorithm is that of the checksum which the client sends, in a header or in the trailer; empty if it sends none.
	algorithm string
	// payloadHash is the hex SHA-256 that the signature was made with; empty if it was made without.
	payloadHash string
}

// openBody prepares to read the payload. It will be hashed with the algorithm of the client's checksum and with those given.
func (r *request) openBody(algorithms ...string) (*body, error) {
	algorithm, err := announcedChecksum(r.Header)
	if err != nil {
		return nil, err
	}
	b := &body{header: r.Header, algorithm: algorithm}
	source := io.Reader(r.Body)
	sha := r.Header.Get("X-Amz-Content-Sha256")
	switch {
	case strings.HasPrefix(sha, "STREAMING-"):
		size, err := strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64)
		if err != nil {
			return nil, missingContentLength()
		}
		b.chunked = newChunkedReader(r.Body, size)
		source = b.chunked
	case len(sha) == 64:
		b.payloadHash = sha
		algorithms = append(algorithms, sha256Sum)
	}
	if b.chunked == nil && r.ContentLength < 0 {
		return nil, missingContentLength()
	}
	if r.wantsMD5() {
		b.digest = newDigest(append(algorithms, algorithm)...)
	} else {
		b.digest = newOpaqueDigest(slices.Concat(algorithms, opaqueSums, []string{algorithm})...)
	}
	b.Reader = b.digest.reader(source)
	return b, nil
}

// verify checks the payload, which has been read to its end.
func (b *body) verify() error {
	if b.payloadHash != "" {
		sum := b.digest.sums[sha256Sum].Sum(nil)
		if hex.EncodeToString(sum) != strings.ToLower(b.payloadHash) {
			return badRequest("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
		}
	}
	if err := b.digest.verifyMD5(b.header.Get("Content-Md5")); err != nil {
		return err
	}
	if b.algorithm == "" {
		return nil
	}
	_, sent := sentChecksum(b.header)
	if sent == "" && b.chunked != nil {
		_, sent = sentChecksum(b.chunked.trailer)
	}
	if sent == "" {
		return badRequest("MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.")
	}
	return b.digest.verify(b.algorithm, sent)
}

// receive streams the payload into a new file. It is hashed with algorithm too, or, if that is empty, with that of the client's
// checksum or CRC64NVME, as S3 does. The file is gone if the payload is not what the client says.
func (s *Server) receive(r *request, algorithm string) (part, checksum, error) {
	if algorithm == "" {
		sent, err := announcedChecksum(r.Header)
		if err != nil {
			return part{}, checksum{}, err
		}
		algorithm = sent
	}
	if algorithm == "" {
		algorithm = crc64NVME
	}
	b, err := r.openBody(algorithm)
	if err != nil {
		return part{}, checksum{}, err
	}
	name, size, err := s.blobs.write(b)
	if err != nil {
		return part{}, checksum{}, readFailure(err)
	}
	if err := b.verify(); err != nil {
		s.blobs.remove([]string{name})
		return part{}, checksum{}, err
	}
	received := part{File: name, Size: size, ETag: b.digest.etag(size), Modified: s.now()}
	return received, checksum{Algorithm: algorithm, Type: fullObject, Value: b.digest.sum(algorithm)}, nil
}

// readAll gives a whole payload of at most limit bytes.
func (r *request) readAll(limit int64) ([]byte, error) {
	b, err := r.openBody()
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(io.LimitReader(b, limit+1))
	if err != nil {
		return nil, readFailure(err)
	}
	if int64(len(all)) > limit {
		return nil, badRequest("MaxMessageLengthExceeded", "Your request was too big.")
	}
	return all, b.verify()
}

// readFailure tells a client whose payload ended early.
func readFailure(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return badRequest("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header.")
	}
	return fmt.Errorf("receive the request's body: %w", err)
}

func missingContentLength() *apiError {
	return &apiError{
		Status: http.StatusLengthRequired, Code: "MissingContentLength",
		Message: "You must provide the Content-Length HTTP header.",
	}
}
