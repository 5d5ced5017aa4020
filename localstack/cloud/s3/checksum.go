package s3

import (
	"bytes"
	"crypto/md5"  //nolint:gosec // S3's ETags and Content-MD5 are MD5.
	"crypto/sha1" //nolint:gosec // One of S3's checksums.
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"math/bits"
	"net/http"
	"slices"
	"strings"
)

// S3's checksum algorithms, as x-amz-checksum-algorithm spells them.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html.
const (
	crc32IEEE       = "CRC32"
	crc32Castagnoli = "CRC32C"
	crc64NVME       = "CRC64NVME"
	sha1Sum         = "SHA1"
	sha256Sum       = "SHA256"
)

// The types of a multipart object's checksum: over its bytes, or over the checksums of its parts.
const (
	fullObject = "FULL_OBJECT"
	composite  = "COMPOSITE"
)

var algorithms = []string{crc32IEEE, crc32Castagnoli, crc64NVME, sha1Sum, sha256Sum}

// checksum is what S3 knows of an object's bytes besides the ETag. Value is in base64, with "-<parts>" if composite.
type checksum struct {
	Algorithm string `json:"algorithm,omitempty"`
	Type      string `json:"type,omitempty"`
	Value     string `json:"value,omitempty"`
}

const (
	nvmePolynomial = 0xad93d23594c93659
	checksumPrefix = "X-Amz-Checksum-"
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	nvme       = crc64.MakeTable(bits.Reverse64(nvmePolynomial))
)

func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case crc32IEEE:
		return crc32.NewIEEE()
	case crc32Castagnoli:
		return crc32.New(castagnoli)
	case crc64NVME:
		return crc64.New(nvme)
	case sha1Sum:
		return sha1.New() //nolint:gosec // See the import.
	default:
		return sha256.New()
	}
}

// checksumHeader names the header or trailer that carries a checksum.
func checksumHeader(algorithm string) string {
	return http.CanonicalHeaderKey(checksumPrefix + strings.ToLower(algorithm))
}

// parseAlgorithm checks an algorithm's name; empty stays empty.
func parseAlgorithm(name string) (string, error) {
	upper := strings.ToUpper(name)
	if name != "" && !slices.Contains(algorithms, upper) {
		return "", notEmulated("The checksum algorithm " + upper)
	}
	return upper, nil
}

// sentChecksum gives the checksum that a set of headers carries; empty if there is none.
func sentChecksum(header http.Header) (algorithm, value string) {
	for _, algorithm := range algorithms {
		if value := header.Get(checksumHeader(algorithm)); value != "" {
			return algorithm, value
		}
	}
	return "", ""
}

// announcedChecksum gives the algorithm of the checksum in the headers, or of the one that the trailer will carry; empty if
// there is none. A checksum that cannot be verified is refused, not ignored.
func announcedChecksum(header http.Header) (string, error) {
	for name := range header {
		algorithm, found := strings.CutPrefix(name, checksumPrefix)
		if !found || algorithm == "Algorithm" || algorithm == "Type" || algorithm == "Mode" {
			continue
		}
		return parseAlgorithm(algorithm)
	}
	name, found := strings.CutPrefix(http.CanonicalHeaderKey(header.Get("X-Amz-Trailer")), checksumPrefix)
	if !found {
		return "", nil
	}
	return parseAlgorithm(name)
}

// digest computes several hashes of one stream.
type digest struct {
	md5  hash.Hash // nil where the ETag is opaque
	sums map[string]hash.Hash
}

// newDigest hashes with MD5 and by algorithm; empty algorithms are passed over.
func newDigest(algorithms ...string) *digest {
	d := newOpaqueDigest(algorithms...)
	d.md5 = md5.New() //nolint:gosec // See the import.
	return d
}

// newOpaqueDigest leaves out MD5.
func newOpaqueDigest(algorithms ...string) *digest {
	d := &digest{sums: map[string]hash.Hash{}}
	for _, algorithm := range algorithms {
		if algorithm != "" && d.sums[algorithm] == nil {
			d.sums[algorithm] = newHash(algorithm)
		}
	}
	return d
}

// reader gives a stream that is hashed as it is read.
func (d *digest) reader(r io.Reader) io.Reader {
	var writers []io.Writer
	if d.md5 != nil {
		writers = append(writers, d.md5)
	}
	for _, h := range d.sums {
		writers = append(writers, h)
	}
	return io.TeeReader(r, io.MultiWriter(writers...))
}

func (d *digest) sum(algorithm string) string {
	return base64.StdEncoding.EncodeToString(d.sums[algorithm].Sum(nil))
}

// verify compares a checksum that a client sent.
func (d *digest) verify(algorithm, sent string) error {
	decoded, err := base64.StdEncoding.DecodeString(sent)
	if err != nil || len(decoded) != d.sums[algorithm].Size() {
		return badRequest("InvalidRequest", "Value for %s header is invalid.", strings.ToLower(checksumHeader(algorithm)))
	}
	if !bytes.Equal(decoded, d.sums[algorithm].Sum(nil)) {
		return badRequest("BadDigest", "The %s you specified did not match the calculated checksum.", algorithm)
	}
	return nil
}

// verifyMD5 compares the Content-MD5 header, if there is one.
func (d *digest) verifyMD5(sent string) error {
	if sent == "" {
		return nil
	}
	decoded, err := base64.StdEncoding.DecodeString(sent)
	if err != nil || len(decoded) != md5.Size {
		return badRequest("InvalidDigest", "The Content-MD5 you specified is not valid.")
	}
	if !bytes.Equal(decoded, d.md5.Sum(nil)) {
		return badRequest("BadDigest", "The Content-MD5 you specified did not match what we received.")
	}
	return nil
}

// multipartETag is the MD5 of the parts' MD5s, with their number.
func multipartETag(parts []part) (string, error) {
	h := md5.New() //nolint:gosec // See the import.
	for _, p := range parts {
		sum, err := hex.DecodeString(p.ETag)
		if err != nil {
			return "", fmt.Errorf("read the ETag of part %d: %w", p.Number, err)
		}
		h.Write(sum)
	}
	return fmt.Sprintf("%x-%d", h.Sum(nil), len(parts)), nil
}

// multipartChecksum joins the checksums of an object's parts to one of the given algorithm and type.
func multipartChecksum(algorithm, kind string, parts []part) (checksum, error) {
	sums := make([][]byte, len(parts))
	for i, p := range parts {
		sum, err := base64.StdEncoding.DecodeString(p.Checksum)
		if err != nil {
			return checksum{}, fmt.Errorf("read the checksum of part %d: %w", p.Number, err)
		}
		sums[i] = sum
	}
	joined, suffix := []byte(nil), ""
	if kind == fullObject {
		joined = combineCRCs(algorithm, sums, parts)
	} else {
		h := newHash(algorithm)
		h.Write(bytes.Join(sums, nil))
		joined, suffix = h.Sum(nil), fmt.Sprintf("-%d", len(parts))
	}
	return checksum{Algorithm: algorithm, Type: kind, Value: base64.StdEncoding.EncodeToString(joined) + suffix}, nil
}
