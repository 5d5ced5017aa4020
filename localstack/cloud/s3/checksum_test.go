package s3_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"acequia/localstack/cloud/s3"
)

func checksumOf(crc32, crc32c, crc64, sha1, sha256 *string) string {
	return aws.ToString(crc32) + aws.ToString(crc32c) + aws.ToString(crc64) + aws.ToString(sha1) + aws.ToString(sha256)
}

// Every algorithm, in a header (HTTP) and in a trailer (TLS), is checked on the way in and given back; the SDK checks it.
func TestChecksumsOfTheSDK(t *testing.T) {
	t.Parallel()
	for name, listen := range listeners {
		l, ctx := serve(t, t.TempDir(), s3.Options{}, listen), t.Context()
		bucket := l.bucket(t, "raw", false)
		for _, algorithm := range types.ChecksumAlgorithm("").Values() {
			switch algorithm {
			case "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256":
			default:
				continue
			}
			key, whole := string(algorithm), pattern(300_000)
			put, err := l.PutObject(ctx, &sdk.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(whole), ChecksumAlgorithm: algorithm})
			if err != nil {
				t.Errorf("%s: put with %s: %v", name, algorithm, err)
				continue
			}
			got, err := l.GetObject(ctx, &sdk.GetObjectInput{Bucket: &bucket, Key: &key, ChecksumMode: "ENABLED"})
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(got.Body)
			if err != nil || !bytes.Equal(body, whole) {
				t.Errorf("%s: get with %s: %d bytes, %v", name, algorithm, len(body), err)
			}
			sent := checksumOf(put.ChecksumCRC32, put.ChecksumCRC32C, put.ChecksumCRC64NVME, put.ChecksumSHA1, put.ChecksumSHA256)
			held := checksumOf(got.ChecksumCRC32, got.ChecksumCRC32C, got.ChecksumCRC64NVME, got.ChecksumSHA1, got.ChecksumSHA256)
			if sent == "" || sent != held || got.ChecksumType != types.ChecksumTypeFullObject {
				t.Errorf("%s: %s of the PUT %q, of the GET %q", name, algorithm, sent, held)
			}
		}
	}
}

func md5Of(text string) string {
	sum := md5.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func TestWhatIsCorruptedIsRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	l.bucket(t, "raw", false)
	sum := sha256.Sum256([]byte("text"))
	for _, c := range []struct {
		header, value string
		code          string
	}{
		{"Content-MD5", md5Of("text"), ""},
		{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==", "BadDigest"},
		{"Content-MD5", "short", "InvalidDigest"},
		{"x-amz-checksum-crc32", "O3MRnw==", "BadDigest"},
		{"x-amz-checksum-crc32", "no base64", "InvalidRequest"},
		{"x-amz-checksum-sha256", strings.Repeat("A", 43) + "=", "BadDigest"},
		{"x-amz-checksum-crc64nvme", "AAAAAAAAAAA=", "BadDigest"},
		{"x-amz-content-sha256", hex.EncodeToString(sum[:]), ""},
		{"x-amz-content-sha256", strings.Repeat("0", 64), "XAmzContentSHA256Mismatch"},
		{"x-amz-sdk-checksum-algorithm", "XXHASH64", "The checksum algorithm XXHASH64 is not emulated"},
		{"x-amz-checksum-sha512", "AAAA", "The checksum algorithm SHA512 is not emulated"},
	} {
		resp, body := l.do(t, "PUT", "/raw/k", "text", map[string]string{c.header: c.value})
		if ok := resp.StatusCode == 200; ok != (c.code == "") || !strings.Contains(body, c.code) {
			t.Errorf("%s: %s: %d %s, want %q", c.header, c.value, resp.StatusCode, body, c.code)
		}
	}
	if n := l.files(t); n != 1 {
		t.Errorf("%d files are left, want that of the last good PUT", n)
	}
}

// What AWS documents as an example of the signed streaming format, and the same with a trailer.
func TestStreamingPayloads(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket := l.bucket(t, "raw", false)
	const sig = ";chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
	for i, c := range []struct {
		kind, body, trailer, code string
		size                      int
	}{
		{"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "3" + sig + "\r\nabc\r\n2" + sig + "\r\nde\r\n0" + sig + "\r\n\r\n", "", "", 5},
		{"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "5" + sig + "\r\nabcde\r\n0" + sig + "\r\nx-amz-checksum-crc32:hYfYZQ==\r\nx-amz-trailer-signature:" + sig[17:] + "\r\n\r\n", "x-amz-checksum-crc32", "", 5},
		{"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nabcde\r\n0\r\nx-amz-checksum-crc32:hYfYZQ==\r\n\r\n", "x-amz-checksum-crc32", "", 5},
		{"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nabcde\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "x-amz-checksum-crc32", "BadDigest", 5},
		{"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nabcde\r\n0\r\n\r\n", "x-amz-checksum-crc32", "MalformedTrailerError", 5},
		{"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nabcde\r\n0\r\n\r\n", "", "IncompleteBody", 6},
		{"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nabcde\r\n0\r\n\r\n", "", "IncompleteBody", 4},
		{"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nabc", "", "IncompleteBody", 5},
		{"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "zz\r\nabc", "", "InvalidRequest", 5},
		{"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "3\r\nabcde\r\n0\r\n\r\n", "", "InvalidRequest", 5},
	} {
		key := fmt.Sprint("k", i)
		header := map[string]string{
			"x-amz-content-sha256": c.kind, "x-amz-decoded-content-length": fmt.Sprint(c.size), "content-encoding": "aws-chunked",
		}
		if c.trailer != "" {
			header["x-amz-trailer"] = c.trailer
		}
		resp, body := l.do(t, "PUT", "/raw/"+key, c.body, header)
		if c.code != "" {
			if resp.StatusCode != 400 || !strings.Contains(body, "<Code>"+c.code+"</Code>") {
				t.Errorf("case %d: %d %s, want %s", i, resp.StatusCode, body, c.code)
			}
			continue
		}
		if resp.StatusCode != 200 {
			t.Errorf("case %d: %d %s", i, resp.StatusCode, body)
		}
		l.wantText(t, bucket, key, "", "abcde")
		head, err := l.HeadObject(t.Context(), &sdk.HeadObjectInput{Bucket: &bucket, Key: &key})
		if err != nil || head.ContentEncoding != nil {
			t.Errorf("case %d: the transfer's coding was kept: %v, %v", i, aws.ToString(head.ContentEncoding), err)
		}
	}
}
