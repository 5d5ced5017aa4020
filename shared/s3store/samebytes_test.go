package s3store_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"acequia/shared/pipeline"
	"acequia/shared/s3store"
	"acequia/test/cloudtest"
)

// partSize is the least that all parts of an upload but the last must have.
const partSize = 5 << 20

// uploadInParts uploads a body as multipart, with checksums of the algorithm, which covers the full object or is made of
// the parts'.
func uploadInParts(
	t *testing.T, c *cloudtest.S3, bucket, key string, body []byte, algorithm types.ChecksumAlgorithm, kind types.ChecksumType,
) {
	t.Helper()
	upload, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{
		Bucket: &bucket, Key: &key, ChecksumAlgorithm: algorithm, ChecksumType: kind,
	})
	if err != nil {
		t.Fatal(err)
	}
	var parts []types.CompletedPart
	for number := int32(1); len(body) > 0; number++ {
		size := min(partSize, len(body))
		part, err := c.UploadPart(t.Context(), &s3.UploadPartInput{
			Bucket: &bucket, Key: &key, UploadId: upload.UploadId, PartNumber: &number, ChecksumAlgorithm: algorithm,
			Body: bytes.NewReader(body[:size]),
		})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, types.CompletedPart{
			ETag: part.ETag, PartNumber: aws.Int32(number),
			ChecksumCRC64NVME: part.ChecksumCRC64NVME, ChecksumSHA256: part.ChecksumSHA256,
		})
		body = body[size:]
	}
	_, err = c.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: &bucket, Key: &key, UploadId: upload.UploadId, ChecksumType: kind,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func uploadWith(t *testing.T, c *cloudtest.S3, bucket, key string, body []byte, algorithm types.ChecksumAlgorithm) {
	t.Helper()
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, Body: bytes.NewReader(body), ChecksumAlgorithm: algorithm,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSameBytes(t *testing.T) {
	t.Parallel()
	body := bytes.Repeat([]byte("0123456789"), partSize/10+10)
	other := bytes.Replace(body, []byte("9"), []byte("8"), 1)
	whole, composite := types.ChecksumTypeFullObject, types.ChecksumTypeComposite
	nvme, sha256 := types.ChecksumAlgorithmCrc64nvme, types.ChecksumAlgorithmSha256
	for _, test := range []struct {
		name          string
		first, second func(*testing.T, *cloudtest.S3, string)
		want          bool
		heads         int // how often S3 is asked for a checksum
	}{
		{"two equal uploads, by ETag", put(body, nvme), put(body, sha256), true, 0},
		{"another size", put(body, nvme), put(body[1:], nvme), false, 0},
		{"other bytes", put(body, nvme), put(other, nvme), false, 2},
		{"in parts and whole, by checksum", inParts(body, nvme, whole), put(body, nvme), true, 2},
		{"other bytes in parts and whole", inParts(other, nvme, whole), put(body, nvme), false, 2},
		// Nobody can tell without reading both; to take equal bytes for different ones costs work, and nothing else.
		{"checksums of different kinds", inParts(body, nvme, whole), put(body, sha256), false, 2},
		{"checksums of 32 bits", put(body, types.ChecksumAlgorithmCrc32), inParts(body, types.ChecksumAlgorithmCrc32, whole), false, 1},
		{"a checksum of the parts", put(body, sha256), inParts(body, sha256, composite), false, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := cloudtest.NewS3(t)
			bucket, raw := c.Bucket(t, "raw", true), s3store.NewRaw(c.Client)
			test.first(t, c, bucket)
			test.second(t, c, bucket)
			versions, err := raw.Versions(t.Context(), bucket, "k")
			if err != nil || len(versions) != 2 {
				t.Fatalf("versions = %+v, %v", versions, err)
			}
			same, err := raw.SameBytes(t.Context(), bucket, "k", versions[0], versions[1])
			if err != nil || same != test.want {
				t.Errorf("same = %v, %v; want %v", same, err, test.want)
			}
			if heads := len(c.Sent("HEAD", "/raw/k")); heads != test.heads {
				t.Errorf("S3 was asked %d times, want %d", heads, test.heads)
			}
		})
	}
}

func put(body []byte, algorithm types.ChecksumAlgorithm) func(*testing.T, *cloudtest.S3, string) {
	return func(t *testing.T, c *cloudtest.S3, bucket string) {
		t.Helper()
		uploadWith(t, c, bucket, "k", body, algorithm)
	}
}

func inParts(body []byte, a types.ChecksumAlgorithm, kind types.ChecksumType) func(*testing.T, *cloudtest.S3, string) {
	return func(t *testing.T, c *cloudtest.S3, bucket string) {
		t.Helper()
		uploadInParts(t, c, bucket, "k", body, a, kind)
	}
}

func TestSameBytesOfAVersionThatIsGone(t *testing.T) {
	t.Parallel()
	c := cloudtest.NewS3(t)
	bucket, raw := c.Bucket(t, "raw", true), s3store.NewRaw(c.Client)
	uploadWith(t, c, bucket, "k", []byte("1"), types.ChecksumAlgorithmCrc64nvme)
	uploadWith(t, c, bucket, "k", []byte("2"), types.ChecksumAlgorithmCrc64nvme)
	versions, err := raw.Versions(t.Context(), bucket, "k")
	if err != nil {
		t.Fatal(err)
	}
	c.Delete(t, bucket, "k", versions[1].ID)
	_, err = raw.SameBytes(t.Context(), bucket, "k", versions[0], versions[1])
	if err == nil || !strings.Contains(err.Error(), "s3://raw/k") {
		t.Errorf("error = %v", err)
	}
	if same, err := raw.SameBytes(t.Context(), bucket, "k", pipeline.Version{Size: 1}, pipeline.Version{Size: 2}); err != nil || same {
		t.Errorf("of other sizes: %v, %v", same, err)
	}
}
