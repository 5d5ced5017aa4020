package queue

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestRecordIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	want := record{
		ID: NewID(), Sent: time.Date(2026, 11, 24, 10, 0, 0, 123456789, time.UTC), Due: time.Date(2026, 11, 24, 10, 0, 5, 0, time.UTC),
		GroupID: "g", Trace: "t", Source: "arn", body: []byte("{\"\x00\n"),
		Attributes: map[string]MessageAttribute{"raw": {DataType: "Binary", BinaryValue: []byte{0, 255}}},
	}
	b, err := want.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeRecord(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(record{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("record differs (-written +read):\n%s", diff)
	}
}

func FuzzDecodeRecord(f *testing.F) {
	whole, err := record{ID: "id", body: []byte("body")}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:3])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeRecord(b)
		if err == nil && !bytes.HasSuffix(b, r.body) {
			t.Errorf("the body %q is not the end of %q", r.body, b)
		}
	})
}

func FuzzParseReceipt(f *testing.F) {
	f.Add(Receipt{queue: "chunks", id: NewID(), count: 1}.String())
	f.Add("nonsense")
	f.Fuzz(func(t *testing.T, handle string) {
		r, err := ParseReceipt("chunks", handle)
		if err == nil && (r.count < 1 || r.queue != "chunks") {
			t.Errorf("%q was read as %+v", handle, r)
		}
	})
}
