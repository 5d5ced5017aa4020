package rows_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"acequia/shared/rows"
)

// tuple spells a row: its offset, its key fields, and one more column.
func tuple(offset int64, keys []string, other *string) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(3+len(keys)))
	b = append(binary.BigEndian.AppendUint32(b, 16), make([]byte, 16)...)
	b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(offset))
	for _, k := range keys {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(k))), k...)
	}
	if other == nil {
		return append(b, 0xff, 0xff, 0xff, 0xff)
	}
	return append(binary.BigEndian.AppendUint32(b, uint32(len(*other))), *other...)
}

func TestTuplesComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keyColumns := rapid.IntRange(0, 3).Draw(t, "key columns")
		var file []byte
		var want [][]byte
		for range rapid.IntRange(0, 20).Draw(t, "tuples") {
			keys := rapid.SliceOfN(rapid.StringN(0, 5, 20), keyColumns, keyColumns).Draw(t, "keys")
			other := strings.Repeat("x", rapid.SampledFrom([]int{0, 3, 70_000, 200_000}).Draw(t, "size"))
			b := tuple(rapid.Int64Range(0, 1<<40).Draw(t, "offset"), keys, &other)
			want = append(want, b)
			file = append(file, b...)
		}
		var from io.Reader = bytes.NewReader(file)
		if rapid.Bool().Draw(t, "in small pieces") {
			from = iotest.HalfReader(from)
		}
		r := rows.NewReader(iotest.DataErrReader(from), keyColumns)
		for i := range want {
			got, err := r.Next()
			if err != nil || !bytes.Equal(got.Bytes, want[i]) {
				t.Fatalf("tuple %d: %d bytes, %v; want %d", i, len(got.Bytes), err, len(want[i]))
			}
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Fatalf("after the last tuple: %v", err)
		}
	})
}

func TestTupleShowsItsParts(t *testing.T) {
	t.Parallel()
	got, err := rows.Parse(tuple(7, []string{"T-1", "é"}, nil), 2)
	if err != nil {
		t.Fatal(err)
	}
	if got.Offset() != 7 || got.Fields() != 5 || string(got.Key()) != "\x00\x00\x00\x03T-1\x00\x00\x00\x02é" {
		t.Errorf("offset %d, %d fields, key %q", got.Offset(), got.Fields(), got.Key())
	}
	if b, null := got.Field(3); null || string(b) != "é" {
		t.Errorf("field 3 = %q, %v", b, null)
	}
	if b, null := got.Field(4); !null || b != nil {
		t.Errorf("field 4 = %q, %v", b, null)
	}
	if b, null := got.Field(0); null || len(b) != 16 {
		t.Errorf("field 0 = %x, %v", b, null)
	}
}

func TestCompareOrdersByKeyThenOffset(t *testing.T) {
	t.Parallel()
	type row struct {
		keys   []string
		offset int64
	}
	for _, tt := range []struct {
		name  string
		order []row
	}{
		{"by offset without a key", []row{{nil, 1}, {nil, 2}, {nil, 1 << 33}}},
		{"by contents, not by length", []row{{[]string{"10"}, 9}, {[]string{"9"}, 1}, {[]string{"9"}, 2}, {[]string{"é"}, 0}}},
		{"field by field", []row{{[]string{"a", "z"}, 0}, {[]string{"ab", "a"}, 0}, {[]string{"b", ""}, 0}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var want, got []rows.Tuple
			for _, r := range tt.order {
				parsed, err := rows.Parse(tuple(r.offset, r.keys, nil), len(r.keys))
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, parsed)
			}
			got = slices.Clone(want)
			rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
			slices.SortFunc(got, rows.Compare)
			for i := range want {
				if !bytes.Equal(got[i].Bytes, want[i].Bytes) {
					t.Errorf("place %d holds %q", i, got[i].Key())
				}
			}
		})
	}
}

func TestDamageIsAnError(t *testing.T) {
	t.Parallel()
	whole := tuple(1, []string{"T-1"}, nil)
	for size := 1; size < len(whole); size++ {
		if _, err := rows.NewReader(bytes.NewReader(whole[:size]), 1).Next(); !errors.Is(err, rows.ErrCorrupt) {
			t.Errorf("cut to %d of %d bytes: %v", size, len(whole), err)
		}
	}
	negative := slices.Clone(whole)
	negative[rows.KeyStart] = 0x80
	for name, b := range map[string][]byte{
		"a NULL key":        tuple(1, nil, nil),
		"a negative length": negative,
		"something else":    bytes.Repeat([]byte("<html>"), 100),
	} {
		if _, err := rows.NewReader(bytes.NewReader(b), 1).Next(); !errors.Is(err, rows.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheStreamsErrorComesThrough(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	r := rows.NewReader(io.MultiReader(bytes.NewReader(tuple(1, nil, nil)), iotest.ErrReader(broken)), 0)
	if _, err := r.Next(); err != nil {
		t.Fatalf("the tuple before the error: %v", err)
	}
	if _, err := r.Next(); !errors.Is(err, broken) {
		t.Errorf("error = %v, want %v", err, broken)
	}
}
