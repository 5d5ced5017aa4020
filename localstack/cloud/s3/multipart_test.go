package s3_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	transfertypes "github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"acequia/localstack/cloud/s3"
)

const partSize = 5 << 20

// begin begins a multipart upload.
func (l *lab) begin(t *testing.T, in *sdk.CreateMultipartUploadInput) string {
	t.Helper()
	out, err := l.CreateMultipartUpload(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return *out.UploadId
}

// part uploads a part and gives what names it in CompleteMultipartUpload.
func (l *lab) part(t *testing.T, bucket, key, upload string, number int32, body []byte) types.CompletedPart {
	t.Helper()
	out, err := l.UploadPart(t.Context(), &sdk.UploadPartInput{
		Bucket: &bucket, Key: &key, UploadId: &upload, PartNumber: &number, Body: bytes.NewReader(body),
	})
	if err != nil {
		t.Fatal(err)
	}
	return types.CompletedPart{PartNumber: &number, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32}
}

func (l *lab) complete(t *testing.T, bucket, key, upload string, parts ...types.CompletedPart) (*sdk.CompleteMultipartUploadOutput, error) {
	t.Helper()
	return l.CompleteMultipartUpload(t.Context(), &sdk.CompleteMultipartUploadInput{
		Bucket: &bucket, Key: &key, UploadId: &upload, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
}

func (l *lab) files(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(l.dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestMultipartUpload(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	l, ctx := newLab(t, s3.Options{Now: func() time.Time { return now }}), t.Context()
	bucket, key := l.bucket(t, "raw", true), "big file"
	upload := l.begin(t, &sdk.CreateMultipartUploadInput{Bucket: &bucket, Key: &key, ContentType: aws.String("text/csv"), Metadata: map[string]string{"m": "v"}, ChecksumAlgorithm: "CRC32"})
	initiated := now
	now = now.Add(time.Hour)
	whole := pattern(2*partSize + 10)
	l.part(t, bucket, key, upload, 3, []byte("replaced"))
	third := l.part(t, bucket, key, upload, 3, whole[2*partSize:])
	first := l.part(t, bucket, key, upload, 1, whole[:partSize])
	second := l.part(t, bucket, key, upload, 2, whole[partSize:2*partSize])
	l.part(t, bucket, key, upload, 9, []byte("never named"))

	list, err := l.ListParts(ctx, &sdk.ListPartsInput{Bucket: &bucket, Key: &key, UploadId: &upload, MaxParts: aws.Int32(2)})
	if err != nil || len(list.Parts) != 2 || !*list.IsTruncated || *list.NextPartNumberMarker != "2" || *list.Parts[1].Size != partSize {
		t.Errorf("parts = %+v, %v", list, err)
	}
	_, err = l.complete(t, bucket, key, upload, second, first, third)
	wantCode(t, err, "InvalidPartOrder")
	_, err = l.complete(t, bucket, key, upload, first, types.CompletedPart{PartNumber: aws.Int32(2), ETag: first.ETag})
	wantCode(t, err, "InvalidPart")
	_, err = l.complete(t, bucket, key, upload, third, types.CompletedPart{PartNumber: aws.Int32(9)})
	wantCode(t, err, "EntityTooSmall")
	done, err := l.complete(t, bucket, key, upload, first, second, third)
	if err != nil || done.VersionId == nil || done.ChecksumType != types.ChecksumTypeComposite {
		t.Fatalf("complete = %+v, %v", done, err)
	}
	if n := l.files(t); n != 3 {
		t.Errorf("%d files are left, want the 3 parts", n)
	}
	l.wantText(t, bucket, key, "", string(whole))
	head, err := l.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: &bucket, Key: &key, PartNumber: aws.Int32(3)})
	if err != nil || *head.PartsCount != 3 || *head.ContentLength != 10 || *head.ContentType != "text/csv" || head.Metadata["m"] != "v" {
		t.Errorf("head of part 3 = %+v, %v", head, err)
	}
	if !head.LastModified.Equal(initiated) {
		t.Errorf("last modified = %v, want when the upload was initiated, %v", head.LastModified, initiated)
	}
	out, err := l.GetObject(ctx, &sdk.GetObjectInput{Bucket: &bucket, Key: &key, Range: aws.String(fmt.Sprintf("bytes=%d-%d", partSize-3, 2*partSize+4))})
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(out.Body); err != nil || !bytes.Equal(body, whole[partSize-3:2*partSize+5]) {
		t.Errorf("a range over three parts has %d bytes, %v", len(body), err)
	}
	_, err = l.complete(t, bucket, key, upload, first, second, third)
	wantCode(t, err, "NoSuchUpload")
}

func TestAbortAndListUploads(t *testing.T) {
	t.Parallel()
	l, ctx := newLab(t, s3.Options{}), t.Context()
	bucket := l.bucket(t, "raw", false)
	var uploads []string
	for _, key := range []string{"a/1", "a/1", "b"} {
		uploads = append(uploads, l.begin(t, &sdk.CreateMultipartUploadInput{Bucket: &bucket, Key: &key}))
	}
	var got []string
	pages := sdk.NewListMultipartUploadsPaginator(l, &sdk.ListMultipartUploadsInput{Bucket: &bucket, MaxUploads: aws.Int32(1)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.Uploads {
			got = append(got, *u.UploadId)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(uploads) {
		t.Errorf("uploads = %v, want %v", got, uploads)
	}
	rolled, err := l.ListMultipartUploads(ctx, &sdk.ListMultipartUploadsInput{Bucket: &bucket, Delimiter: aws.String("/")})
	if err != nil || len(rolled.Uploads) != 1 || len(rolled.CommonPrefixes) != 1 {
		t.Errorf("rolled up = %+v, %v", rolled, err)
	}
	key := "b"
	l.part(t, bucket, key, uploads[2], 1, []byte("x"))
	if _, err := l.AbortMultipartUpload(ctx, &sdk.AbortMultipartUploadInput{Bucket: &bucket, Key: &key, UploadId: &uploads[2]}); err != nil {
		t.Fatal(err)
	}
	if n := l.files(t); n != 0 {
		t.Errorf("%d files are left of an aborted upload", n)
	}
	_, err = l.UploadPart(ctx, &sdk.UploadPartInput{Bucket: &bucket, Key: &key, UploadId: &uploads[2], PartNumber: aws.Int32(1), Body: bytes.NewReader(nil)})
	wantCode(t, err, "NoSuchUpload")
	if _, err := l.DeleteBucket(ctx, &sdk.DeleteBucketInput{Bucket: &bucket}); err != nil {
		t.Errorf("delete a bucket with uploads: %v", err)
	}
}

func TestUploadPartCopy(t *testing.T) {
	t.Parallel()
	l, ctx := newLab(t, s3.Options{}), t.Context()
	bucket, key := l.bucket(t, "raw", false), "joined"
	whole := pattern(partSize + 100)
	l.put(t, bucket, "source", string(whole))
	upload := l.begin(t, &sdk.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
	source := bucket + "/source"
	var parts []types.CompletedPart
	for i, span := range []string{fmt.Sprintf("bytes=0-%d", partSize-1), fmt.Sprintf("bytes=%d-%d", partSize, partSize+99)} {
		number := int32(i + 1)
		out, err := l.UploadPartCopy(ctx, &sdk.UploadPartCopyInput{
			Bucket: &bucket, Key: &key, UploadId: &upload, PartNumber: &number, CopySource: &source, CopySourceRange: &span,
		})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, types.CompletedPart{PartNumber: &number, ETag: out.CopyPartResult.ETag})
	}
	_, err := l.UploadPartCopy(ctx, &sdk.UploadPartCopyInput{
		Bucket: &bucket, Key: &key, UploadId: &upload, PartNumber: aws.Int32(3), CopySource: &source, CopySourceRange: aws.String("bytes=0-99999999"),
	})
	wantCode(t, err, "InvalidArgument")
	if _, err := l.complete(t, bucket, key, upload, parts...); err != nil {
		t.Fatal(err)
	}
	l.wantText(t, bucket, key, "", string(whole))
}

// The checksum of the full object, put together from those of the parts, must be that of the same bytes in one PUT.
func TestFullObjectChecksumOfParts(t *testing.T) {
	t.Parallel()
	l, ctx := newLab(t, s3.Options{}), t.Context()
	bucket := l.bucket(t, "raw", false)
	whole := pattern(partSize + 12345)
	for _, algorithm := range []types.ChecksumAlgorithm{"CRC32", "CRC32C", "CRC64NVME"} {
		key := string(algorithm)
		upload := l.begin(t, &sdk.CreateMultipartUploadInput{Bucket: &bucket, Key: &key, ChecksumAlgorithm: algorithm, ChecksumType: "FULL_OBJECT"})
		first := l.part(t, bucket, key, upload, 1, whole[:partSize])
		second := l.part(t, bucket, key, upload, 2, whole[partSize:])
		first.ChecksumCRC32, second.ChecksumCRC32 = nil, nil
		joined, err := l.complete(t, bucket, key, upload, first, second)
		if err != nil {
			t.Fatal(err)
		}
		single := key + " in one"
		put, err := l.PutObject(ctx, &sdk.PutObjectInput{Bucket: &bucket, Key: &single, Body: bytes.NewReader(whole), ChecksumAlgorithm: algorithm})
		if err != nil {
			t.Fatal(err)
		}
		got := aws.ToString(joined.ChecksumCRC32) + aws.ToString(joined.ChecksumCRC32C) + aws.ToString(joined.ChecksumCRC64NVME)
		want := aws.ToString(put.ChecksumCRC32) + aws.ToString(put.ChecksumCRC32C) + aws.ToString(put.ChecksumCRC64NVME)
		if got != want || joined.ChecksumType != types.ChecksumTypeFullObject {
			t.Errorf("%s of parts = %q (%s), of the whole %q", algorithm, got, joined.ChecksumType, want)
		}
		l.wantText(t, bucket, key, "", string(whole))
	}
}

func TestTransferManager(t *testing.T) {
	t.Parallel()
	for name, listen := range listeners {
		l := serve(t, t.TempDir(), s3.Options{}, listen)
		bucket, key := l.bucket(t, "raw", true), "sales/2026 11 24.csv"
		manager := transfermanager.New(l.Client, func(o *transfermanager.Options) { o.PartSizeBytes, o.MultipartUploadThreshold = partSize, partSize })
		for _, size := range []int{0, 10, partSize + 1} {
			whole := pattern(size)
			up, err := manager.UploadObject(t.Context(), &transfermanager.UploadObjectInput{
				Bucket: &bucket, Key: &key, Body: io.MultiReader(bytes.NewReader(whole)),
			})
			if err != nil {
				t.Errorf("%s: upload %d bytes: %v", name, size, err)
				continue
			}
			if inParts := size > partSize; inParts != strings.Contains(*up.ETag, "-") {
				t.Errorf("%s: %d bytes got the ETag %s", name, size, *up.ETag)
			}
			for _, kind := range []transfertypes.GetObjectType{transfertypes.GetObjectParts, transfertypes.GetObjectRanges} {
				got, err := manager.GetObject(t.Context(), &transfermanager.GetObjectInput{Bucket: &bucket, Key: &key}, func(o *transfermanager.Options) { o.GetObjectType = kind })
				if err != nil {
					t.Errorf("%s: get %d bytes as %s: %v", name, size, kind, err)
					continue
				}
				if body, err := io.ReadAll(got.Body); err != nil || !bytes.Equal(body, whole) {
					t.Errorf("%s: got %d bytes of %d as %s, %v", name, len(body), size, kind, err)
				}
			}
		}
	}
}

// The SDK signs its payload over HTTP, and sends it with a trailing checksum over TLS.
var listeners = map[string]listen{"HTTP": httptest.NewServer, "TLS": httptest.NewTLSServer}
