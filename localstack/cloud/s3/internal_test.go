package s3

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The index must order versions by key, as S3 does, and then newest first, for any bytes in a key.
func TestIndexOrdersByKeyAndThenNewestFirst(t *testing.T) {
	t.Parallel()
	key := rapid.StringOfN(rapid.SampledFrom([]rune("\x00\x01\x02a/é")), 0, 5, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := key.Draw(t, "a"), key.Draw(t, "b")
		seqA, seqB := rapid.Uint64().Draw(t, "seq a"), rapid.Uint64().Draw(t, "seq b")
		want := strings.Compare(a, b)
		if want == 0 {
			want = bytes.Compare(bigEndian(seqB), bigEndian(seqA))
		}
		position := indexKey(a, seqA)
		if got := bytes.Compare(position, indexKey(b, seqB)); got != want {
			t.Fatalf("(%q, %d) and (%q, %d) compare as %d, want %d", a, seqA, b, seqB, got, want)
		}
		if gotKey, gotSeq, err := splitIndexKey(position); err != nil || gotKey != a || gotSeq != seqA {
			t.Fatalf("read back %q, %d, %v", gotKey, gotSeq, err)
		}
		if bytes.HasPrefix(indexKey(b, seqB), escapeKey(a)) != strings.HasPrefix(b, a) {
			t.Fatalf("is %q a prefix of %q?", a, b)
		}
		if strings.HasPrefix(b, a) == (bytes.Compare(indexKey(b, seqB), afterPrefix(a)) > 0) && b >= a {
			t.Fatalf("%q against the position after the prefix %q", b, a)
		}
		if got := bytes.Compare(indexKey(b, seqB), afterAll(a)) < 0; got != (b <= a) {
			t.Fatalf("%q against the position after all of %q", b, a)
		}
	})
}

// However a payload is cut, the CRC put together from the pieces is that of the whole.
func TestCombinedCRCs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		algorithm := rapid.SampledFrom([]string{crc32IEEE, crc32Castagnoli, crc64NVME}).Draw(t, "algorithm")
		pieces := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 300), 1, 5).Draw(t, "pieces")
		whole := newHash(algorithm)
		var sums [][]byte
		var parts []part
		for _, piece := range pieces {
			h := newHash(algorithm)
			h.Write(piece)
			whole.Write(piece)
			sums = append(sums, h.Sum(nil))
			parts = append(parts, part{Size: int64(len(piece))})
		}
		if got, want := combineCRCs(algorithm, sums, parts), whole.Sum(nil); !bytes.Equal(got, want) {
			t.Fatalf("combined %x, whole %x", got, want)
		}
	})
}

// The check value of CRC-64/NVME, from the catalogue of CRCs that NVMe's specification refers to.
func TestCRC64NVMECheckValue(t *testing.T) {
	t.Parallel()
	h := newHash(crc64NVME)
	h.Write([]byte("123456789"))
	if got := binary.BigEndian.Uint64(h.Sum(nil)); got != 0xae8b14860a799888 {
		t.Errorf("check value = %x", got)
	}
}

// encodeChunks writes a payload in aws-chunked.
func encodeChunks(payload []byte, size int) string {
	var b strings.Builder
	for len(payload) > 0 {
		n := min(size, len(payload))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, payload[:n])
		payload = payload[n:]
	}
	b.WriteString("0\r\nx-amz-checksum-crc32: AAAAAA==\r\n\r\n")
	return b.String()
}

func FuzzChunkedReader(f *testing.F) {
	f.Add([]byte("acequia"), 3, "")
	f.Add([]byte{}, 1, "")
	f.Add([]byte("\r\n0\r\n"), 2, "5\r\nabc")
	f.Add([]byte("x"), 1, "ffffffffffffffff\r\n")
	f.Fuzz(func(t *testing.T, payload []byte, size int, garbage string) {
		size = max(1, size%1000)
		r := newChunkedReader(strings.NewReader(encodeChunks(payload, size)), int64(len(payload)))
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, payload) {
			t.Fatalf("read %q, %v; want %q", got, err, payload)
		}
		if r.trailer.Get("X-Amz-Checksum-Crc32") != "AAAAAA==" {
			t.Fatalf("trailer = %v", r.trailer)
		}
		// Whatever comes, it ends, and no byte more than was said is read.
		got, _ = io.ReadAll(newChunkedReader(strings.NewReader(garbage), 10))
		if len(got) > 10 {
			t.Fatalf("%d bytes of 10", len(got))
		}
	})
}
