package parquet_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding"
	"pgregory.net/rapid"
)

var codecs = []compress.Codec{&pq.Uncompressed, &pq.Snappy, &pq.Gzip, &pq.Brotli, &pq.Zstd, &pq.Lz4Raw}

// A column type with what writes it, a random value, and that value's text.
type columnType struct {
	node      pq.Node
	encodings []encoding.Encoding
	value     func(*rand.Rand) (pq.Value, string)
}

var columnTypes = map[string]columnType{
	"boolean": {
		pq.Leaf(pq.BooleanType),
		[]encoding.Encoding{&pq.Plain, &pq.RLE},
		func(r *rand.Rand) (pq.Value, string) {
			v := r.IntN(10) < 7
			return pq.BooleanValue(v), fmt.Sprintf("literal(%t)", v)
		},
	},
	"int32": {
		pq.Leaf(pq.Int32Type),
		[]encoding.Encoding{&pq.Plain, &pq.RLEDictionary, &pq.DeltaBinaryPacked, &pq.ByteStreamSplit},
		func(r *rand.Rand) (pq.Value, string) {
			v := int32(r.Uint32()) >> r.IntN(32)
			return pq.Int32Value(v), fmt.Sprintf("literal(%d)", v)
		},
	},
	"int64": {
		pq.Leaf(pq.Int64Type),
		[]encoding.Encoding{&pq.Plain, &pq.RLEDictionary, &pq.DeltaBinaryPacked, &pq.ByteStreamSplit},
		func(r *rand.Rand) (pq.Value, string) {
			v := int64(r.Uint64()) >> r.IntN(64)
			return pq.Int64Value(v), fmt.Sprintf("literal(%d)", v)
		},
	},
	"int96": {
		pq.Leaf(pq.Int96Type),
		[]encoding.Encoding{&pq.Plain, &pq.RLEDictionary},
		func(r *rand.Rand) (pq.Value, string) {
			seconds := r.IntN(60)
			return int96(2440588, uint64(seconds)*1e9), fmt.Sprintf("moment(1970-01-01T00:00:%02dZ)", seconds)
		},
	},
	"float": {
		pq.Leaf(pq.FloatType),
		[]encoding.Encoding{&pq.Plain, &pq.RLEDictionary, &pq.ByteStreamSplit},
		func(r *rand.Rand) (pq.Value, string) {
			v := float32(r.IntN(1000)) / 8
			return pq.FloatValue(v), fmt.Sprintf("literal(%v)", v)
		},
	},
	"double": {
		pq.Leaf(pq.DoubleType),
		[]encoding.Encoding{&pq.Plain, &pq.RLEDictionary, &pq.ByteStreamSplit},
		func(r *rand.Rand) (pq.Value, string) {
			v := float64(r.IntN(1000)) / 8
			return pq.DoubleValue(v), fmt.Sprintf("literal(%v)", v)
		},
	},
	"text": {
		pq.String(),
		[]encoding.Encoding{&pq.Plain, &pq.RLEDictionary, &pq.DeltaLengthByteArray, &pq.DeltaByteArray},
		func(r *rand.Rand) (pq.Value, string) {
			v := strings.Repeat("ab", r.IntN(20)) + fmt.Sprint(r.IntN(20))[1:]
			return bytesOf(v), "text(" + v + ")"
		},
	},
	"fixed": {
		pq.Leaf(pq.FixedLenByteArrayType(5)),
		[]encoding.Encoding{&pq.Plain, &pq.RLEDictionary, &pq.DeltaByteArray, &pq.ByteStreamSplit},
		func(r *rand.Rand) (pq.Value, string) {
			v := fmt.Sprintf("%05d", r.IntN(300))
			return fixedOf(v), "text(" + v + ")"
		},
	},
}

// Every type in every encoding that is for it, in both versions of data pages, with NULLs and without, over many pages.
func TestEncodings(t *testing.T) {
	t.Parallel()
	for name, typ := range columnTypes {
		for _, enc := range typ.encodings {
			for version := 1; version <= 2; version++ {
				for _, nulls := range []int{0, 1, 9} {
					t.Run(fmt.Sprintf("%s %s v%d %d", name, enc, version, nulls), func(t *testing.T) {
						t.Parallel()
						node := pq.Encoded(typ.node, enc)
						checkColumn(t, typ, node, nulls, pq.DataPageVersion(version), pq.PageBufferSize(600))
					})
				}
			}
		}
	}
}

// Every codec, with pages of which only a part is compressed, and of which all is.
func TestCodecs(t *testing.T) {
	t.Parallel()
	for _, codec := range codecs {
		for version := 1; version <= 2; version++ {
			for _, nulls := range []int{0, 5} {
				t.Run(fmt.Sprintf("%s v%d %d", codec, version, nulls), func(t *testing.T) {
					t.Parallel()
					for _, name := range []string{"text", "int64"} {
						typ := columnTypes[name]
						node := pq.Compressed(pq.Encoded(typ.node, &pq.RLEDictionary), codec)
						checkColumn(t, typ, node, nulls, pq.DataPageVersion(version), pq.PageBufferSize(900))
						node = pq.Compressed(pq.Encoded(typ.node, &pq.Plain), codec)
						checkColumn(t, typ, node, nulls, pq.DataPageVersion(version), pq.PageBufferSize(900))
					}
				})
			}
		}
	}
}

// checkColumn writes a column of which so many in ten are NULL, and reads it back.
func checkColumn(t *testing.T, typ columnType, node pq.Node, nulls int, options ...pq.WriterOption) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, uint64(nulls)))
	var values []pq.Value
	var want []string
	for i := range 1500 {
		v, text := typ.value(random)
		if random.IntN(10) < nulls {
			v, text = pq.NullValue(), "null()"
		}
		values = append(values, v)
		want = append(want, fmt.Sprintf("%d %s", i, text))
	}
	if nulls > 0 {
		node = pq.Optional(node)
	}
	file := written(t, pq.Group{"v": node}, [][]pq.Row{one(nulls > 0, values[:1000]...), one(nulls > 0, values[1000:]...)}, options...)
	compare(t, mustReadAll(t, file), want)
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("record %d:\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}

// Row groups tile the rows, whatever the file, and any range of rows gives what it gives in the whole.
func TestRangesGiveWhatTheWholeGives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		file, want := anyFile(t, rt)
		f := open(t, file, "a", "b", "no such column")
		next := int64(0)
		var got []string
		for _, g := range f.RowGroups() {
			if g.First != next || g.Rows <= 0 {
				rt.Fatalf("a row group of %d rows from %d, after row %d", g.Rows, g.First, next)
			}
			next += g.Rows
			got = append(got, mustRead(t, f, g.First, g.Rows)...)
		}
		compare(t, got, want)
		first := rapid.Int64Range(0, next).Draw(rt, "first")
		rows := rapid.Int64Range(0, next-first).Draw(rt, "rows")
		compare(t, mustRead(t, f, first, rows), want[first:first+rows])
	})
}

// anyFile gives a file with two columns, and its records.
func anyFile(t *testing.T, rt *rapid.T) (file []byte, records []string) {
	var groups [][]pq.Row
	for range rapid.IntRange(0, 4).Draw(rt, "groups") {
		var rows []pq.Row
		for range rapid.IntRange(0, 40).Draw(rt, "rows") {
			a := rapid.Int64().Draw(rt, "a")
			b, definition, told := pq.NullValue(), 0, "null()"
			if rapid.Bool().Draw(rt, "given") {
				text := rapid.StringMatching("[a-z]{0,9}").Draw(rt, "b")
				b, definition, told = bytesOf(text), 1, "text("+text+")"
			}
			records = append(records, fmt.Sprintf("%d literal(%d) %s absent()", len(records), a, told))
			rows = append(rows, pq.Row{pq.Int64Value(a).Level(0, 0, 0), b.Level(0, definition, 1)})
		}
		groups = append(groups, rows)
	}
	ints := rapid.SampledFrom(columnTypes["int64"].encodings).Draw(rt, "encoding of a")
	texts := rapid.SampledFrom(columnTypes["text"].encodings).Draw(rt, "encoding of b")
	columns := pq.Group{"a": pq.Encoded(pq.Leaf(pq.Int64Type), ints), "b": pq.Optional(pq.Encoded(pq.String(), texts))}
	return written(t, columns, groups,
		pq.Compression(rapid.SampledFrom(codecs).Draw(rt, "codec")),
		pq.DataPageVersion(rapid.IntRange(1, 2).Draw(rt, "version")),
		pq.PageBufferSize(rapid.IntRange(1, 400).Draw(rt, "page"))), records
}
