package parquet_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"runtime/metrics"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"acequia/shared/parquet"
	"acequia/shared/pipeline"
)

// tight are limits that a test can tell from none.
var tight = parquet.Limits{FooterBytes: 1 << 20, RowGroupBytes: 1 << 20, TextBytes: 1 << 20, RowGroupRows: 1 << 16}

// most is the memory that reading a file within tight may take altogether: a few times the limit, and the window of a codec.
const most = 24 << 20

// outcome reads all of a file, and gives how many records there were before the error, if there was one. It fails if that is
// not a refusal, if code behind it panicked, or if it took more memory than it may.
func outcome(t testing.TB, file []byte, sources ...string) (records int, reason string) {
	t.Helper()
	before := allocated()
	f, err := parquet.Open(bytes.NewReader(file), int64(len(file)), sources, tight)
	if err == nil {
		for r, fault := range f.Records(0, all(f)) {
			if err = fault; err == nil {
				records++
				_ = r.Text()
			}
		}
	}
	if taken := allocated() - before; taken > most {
		t.Errorf("reading %d bytes took %d bytes of memory", len(file), taken)
	}
	if err == nil {
		return records, ""
	}
	var refused *pipeline.RefusedError
	if !errors.As(err, &refused) || strings.Contains(err.Error(), "ran into") {
		t.Errorf("after %d records: %v", records, err)
	}
	return records, err.Error()
}

// allocated is how much memory was taken since the start, freed or not.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// small are files to break: every codec, both versions of pages, without checksums, which would find what is to be found.
func small(t testing.TB) map[string][]byte {
	t.Helper()
	text, offsets := []byte("aabcabcdabcde"), []uint32{0, 1, 3, 6, 9, 13}
	plain, err := pq.Plain.EncodeByteArray(nil, text, offsets)
	if err != nil {
		t.Fatal(err)
	}
	delta, err := pq.DeltaByteArray.EncodeByteArray(nil, text, offsets)
	if err != nil {
		t.Fatal(err)
	}
	second := craftedPage{format.PageHeader{Type: format.DataPageV2, DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{
		NumValues: 5, NumRows: 5, Encoding: format.DeltaByteArray,
	})}, delta}
	files := map[string][]byte{"types": file(t, "types.parquet")}
	for _, c := range codecs {
		codec := c.CompressionCodec()
		files[codec.String()] = crafted{physical: format.ByteArray, codec: codec, rows: 11, pages: []craftedPage{
			dictionaryPage(5, plain),
			dataPage(format.RLEDictionary, 4, []byte{3, 8, 4}).withLevels(8, 1), // four of the last one
			dataPage(format.DeltaByteArray, 6, delta).withLevels(3, 0b111110),   // NULL, and then five
			dataPage(format.Plain, 1, nil).withLevels(2, 0),
		}}.file(t)
		files[codec.String()+", second version"] = crafted{physical: format.ByteArray, required: true, codec: codec, rows: 9, pages: []craftedPage{
			dictionaryPage(5, plain), dataPage(format.RLEDictionary, 4, []byte{3, 8, 4}), second,
		}}.file(t)
	}
	return files
}

// What is broken further down is sound at first.
func TestSmallFiles(t *testing.T) {
	t.Parallel()
	for name, b := range small(t) {
		got := len(mustReadAll(t, b))
		if want := map[bool]int{true: 9, false: 11}[strings.HasSuffix(name, "version")]; name != "types" && got != want {
			t.Errorf("%s: %d records, want %d", name, got, want)
		}
	}
}

// Whatever byte of a file is another, it is read or refused, in little memory.
func TestBytesThatAreOthers(t *testing.T) { // by itself, as it measures memory
	for name, whole := range small(t) {
		for i := range whole {
			for _, change := range []func(byte) byte{
				func(b byte) byte { return b ^ 0xff }, func(b byte) byte { return b ^ 1 }, func(b byte) byte { return b ^ 0x80 },
				func(b byte) byte { return b + 1 }, func(byte) byte { return 0x7f }, func(byte) byte { return 0 },
			} {
				broken := bytes.Clone(whole)
				broken[i] = change(broken[i])
				outcome(t, broken, "v", "id", "name", "wide", "$.address.city")
			}
			if t.Failed() {
				t.Fatalf("%s, byte %d", name, i)
			}
		}
	}
}

// A file that is cut off is refused wherever that is, even with its end put back.
func TestFilesThatAreCutOff(t *testing.T) {
	for name, whole := range small(t) {
		for size := range whole {
			if _, reason := outcome(t, whole[:size], "v", "id", "name"); reason == "" {
				t.Errorf("%s: %d bytes of %d are read", name, size, len(whole))
			}
			outcome(t, append(bytes.Clone(whole[:size]), whole[max(size, len(whole)-8):]...), "v", "id", "name")
		}
	}
}

// A footer that says of one thing what is not so.
func TestFootersThatLie(t *testing.T) {
	honest := crafted{physical: format.Int32, rows: 4, pages: []craftedPage{
		dataPage(format.Plain, 4, make([]byte, 16)).withLevels(8, 1),
	}}
	if n, reason := outcome(t, honest.file(t), "v"); n != 4 || reason != "" {
		t.Fatalf("%d records: %s", n, reason)
	}
	for name, test := range map[string]struct {
		lie  func(*format.FileMetaData)
		want string
	}{
		"more rows":      {func(f *format.FileMetaData) { f.NumRows = 5 }, "5 rows by its footer, and 4 by its row groups"},
		"no rows":        {func(f *format.FileMetaData) { f.NumRows, f.RowGroups = 5, nil }, "5 rows by its footer, and 0"},
		"negative rows":  {func(f *format.FileMetaData) { f.RowGroups[0].NumRows = -4 }, "row group 0 of its footer cannot be read"},
		"more values":    {func(f *format.FileMetaData) { chunk(f).NumValues = 5 }, "has 5 values for 4 rows"},
		"more of both":   {func(f *format.FileMetaData) { f.NumRows, f.RowGroups[0].NumRows, chunk(f).NumValues = 5, 5, 5 }, "ends before its rows do"},
		"fewer of both":  {func(f *format.FileMetaData) { f.NumRows, f.RowGroups[0].NumRows, chunk(f).NumValues = 3, 3, 3 }, "more values than there are rows"},
		"many rows":      {func(f *format.FileMetaData) { f.RowGroups[0].NumRows = 1 << 60 }, "1152921504606846976 rows, and 65536 are read"},
		"another type":   {func(f *format.FileMetaData) { chunk(f).Type = format.Int64 }, "describes column v in row group 0 as another column"},
		"another path":   {func(f *format.FileMetaData) { chunk(f).PathInSchema = []string{"w"} }, "as another column"},
		"a long path":    {func(f *format.FileMetaData) { chunk(f).PathInSchema = make([]string, 1e5) }, "row group 0 of its footer cannot be read"},
		"no columns":     {func(f *format.FileMetaData) { f.RowGroups[0].Columns = nil }, "row group 0 of its footer cannot be read"},
		"too small":      {func(f *format.FileMetaData) { chunk(f).TotalUncompressedSize = 10 }, "larger than the footer says"},
		"cut off":        {func(f *format.FileMetaData) { chunk(f).TotalCompressedSize -= 5 }, "larger than the footer says"},
		"a short header": {func(f *format.FileMetaData) { chunk(f).TotalCompressedSize = 5 }, "whose header cannot be read"},
		"no bytes":       {func(f *format.FileMetaData) { chunk(f).TotalCompressedSize = 0 }, "ends before its rows do"},
		"huge":           {func(f *format.FileMetaData) { chunk(f).TotalCompressedSize = math.MaxInt64 }, "would lie at bytes"},
		"negative":       {func(f *format.FileMetaData) { chunk(f).TotalCompressedSize = -1 }, "would lie at bytes"},
		"before":         {func(f *format.FileMetaData) { chunk(f).DataPageOffset = -4 }, "would lie at bytes -4"},
		"behind":         {func(f *format.FileMetaData) { chunk(f).DataPageOffset = math.MaxInt64 }, "would lie at bytes"},
		"too large":      {func(f *format.FileMetaData) { chunk(f).TotalUncompressedSize = 1 << 62 }, "1048576 is the limit; write it with smaller row groups"},
		"negative size":  {func(f *format.FileMetaData) { chunk(f).TotalUncompressedSize = -1 }, "would lie at bytes"},
		"codec":          {func(f *format.FileMetaData) { chunk(f).Codec = format.LZO }, "compressed with LZO, which is not read"},
		"no codec":       {func(f *format.FileMetaData) { chunk(f).Codec = 99 }, "which is not read"},
		"elsewhere":      {func(f *format.FileMetaData) { f.RowGroups[0].Columns[0].FilePath = "b.parquet" }, "lies in another file"},
		"encrypted": {func(f *format.FileMetaData) {
			f.RowGroups[0].Columns[0].EncryptedColumnMetadata = []byte("secret")
		}, "column v in row group 0 of the Parquet file is encrypted"},
		"no tree":       {func(f *format.FileMetaData) { f.Schema[0].NumChildren = thrift.New(int32(2)) }, "no tree of columns"},
		"a huge tree":   {func(f *format.FileMetaData) { f.Schema[0].NumChildren = thrift.New(int32(math.MaxInt32)) }, "no tree of columns"},
		"a deep tree":   {deepen, "no tree of columns"},
		"many columns":  {func(f *format.FileMetaData) { f.Schema = append(f.Schema, make([]format.SchemaElement, 1<<17)...) }, "more than 32768 columns and groups"},
		"column twice":  {twice, "has the column v twice"},
		"no type":       {func(f *format.FileMetaData) { f.Schema[1].Type = thrift.New(format.Type(42)) }, "which is not read"},
		"no length":     {func(f *format.FileMetaData) { f.Schema[1].Type = thrift.New(format.FixedLenByteArray) }, "which is not read"},
		"a huge footer": {func(f *format.FileMetaData) { f.CreatedBy = strings.Repeat("x", 2<<20) }, "and 1048576 are read"},
		"many groups":   {func(f *format.FileMetaData) { multiply(f, 1<<12) }, "rows by its footer, and"},
	} {
		c := honest
		c.lie = test.lie
		if _, reason := outcome(t, c.file(t), "v"); !strings.Contains(reason, test.want) {
			t.Errorf("%s: %s\nwant %s", name, reason, test.want)
		}
	}
}

// deepen puts the column into as many groups as take a stack.
func deepen(f *format.FileMetaData) {
	column := f.Schema[1]
	f.Schema = nil
	for range 10_000 {
		f.Schema = append(f.Schema, format.SchemaElement{Name: "g", NumChildren: thrift.New(int32(1))})
	}
	f.Schema = append(f.Schema, column)
}

func twice(f *format.FileMetaData) {
	f.Schema[0].NumChildren = thrift.New(int32(2))
	f.Schema = append(f.Schema, f.Schema[1])
}

func multiply(f *format.FileMetaData, n int) {
	for range n {
		f.RowGroups = append(f.RowGroups, f.RowGroups[0])
	}
}

// A footer that is no footer: what of it can be read claims to be more than there is.
func TestFootersThatAreNone(t *testing.T) {
	for name, footer := range map[string][]byte{
		"nothing":                    nil,
		"no end":                     {0x15, 2},
		"a list of 2^31 elements":    {0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07},
		"a name of 2^31 bytes":       {0x29, 0x1c, 0x48, 0xff, 0xff, 0xff, 0xff, 0x07},
		"a map of 2^63 elements":     {0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x88},
		"structures in structures":   bytes.Repeat([]byte{0x1c}, 1<<19),
		"lists in lists":             bytes.Repeat([]byte{0x19}, 1<<19),
		"a varint without end":       bytes.Repeat([]byte{0xff}, 1<<19),
		"empty row groups":           append([]byte{0x49, 0xfc, 0xff, 0xff, 0x1f}, make([]byte, 1<<19)...),
		"empty elements":             append([]byte{0x29, 0xfc, 0xff, 0xff, 0x1f}, make([]byte, 1<<19)...),
		"names in one long name":     {0x29, 0x2c},
		"a type that thrift has not": {0x1f},
	} {
		if _, reason := outcome(t, ended([]byte("PAR1"), footer), "v"); reason == "" {
			t.Errorf("%s: it is read", name)
		}
	}
}

// As many row groups as there may be are read, of a row each, and not one more.
func TestManyRowGroups(t *testing.T) {
	const schema = "\x29\x2c" + "\x48\x01r\x15\x02\x00" + "\x15\x02\x25\x00\x18\x01w\x00"
	for groups, want := range map[int]string{1 << 16: "", 1<<16 + 1: "more than 65536 row groups"} {
		footer := binary.AppendVarint([]byte(schema+"\x16"), int64(groups))
		footer = binary.AppendUvarint(append(footer, 0x19, 0xfc), uint64(groups))
		footer = append(append(footer, bytes.Repeat([]byte("\x19\x1c\x00\x26\x02\x00"), groups)...), 0)
		records, reason := outcome(t, ended([]byte("PAR1"), footer), "v")
		if want == "" && (records != groups || reason != "") || !strings.Contains(reason, want) {
			t.Errorf("%d row groups: %d records, %s", groups, records, reason)
		}
	}
}

// Ends of files that are not theirs.
func TestMarks(t *testing.T) {
	types := file(t, "types.parquet")
	large := append([]byte("PAR1"), make([]byte, 1<<17)...)
	end := func(size uint32, mark string) []byte {
		return append(binary.LittleEndian.AppendUint32(nil, size), mark...)
	}
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":          {nil, "mark of Parquet"},
		"only marks":       {[]byte("PAR1PAR1"), "mark of Parquet"},
		"text":             {[]byte("id,name\n1,Ana\n2,Luis\n"), "mark of Parquet"},
		"no first mark":    {append([]byte("XXXX"), types[4:]...), "mark of Parquet"},
		"no last mark":     {types[:len(types)-1], "mark of Parquet"},
		"encrypted":        {append(bytes.Clone(types[:len(types)-4]), "PARE"...), "is encrypted"},
		"a huge footer":    {append(bytes.Clone(types[:len(types)-8]), end(math.MaxUint32, "PAR1")...), "its footer would take 4294967295 bytes"},
		"overlaps a mark":  {append(bytes.Clone(types[:len(types)-8]), end(uint32(len(types)-8-3), "PAR1")...), "its footer would take"},
		"a footer of zero": {append(large, end(1<<17, "PAR1")...), "no tree of columns"},
	} {
		if _, reason := outcome(t, test.file, "id"); !strings.Contains(reason, test.want) {
			t.Errorf("%s: %s\nwant %s", name, reason, test.want)
		}
	}
}

// Pages that hold more or less than is said, or would.
func TestPagesThatLie(t *testing.T) {
	large := bytes.Repeat([]byte("acequia "), 1<<17) // of 1 MiB
	run := binary.AppendUvarint(nil, 1<<32)          // of 2^31 numbers
	for name, test := range map[string]struct {
		file crafted
		want string
	}{
		"no checksum's": {
			crafted{physical: format.Int32, required: true, rows: 1, pages: []craftedPage{wrongSum(dataPage(format.Plain, 1, make([]byte, 4)))}},
			"checksum is another",
		},
		"pages that are too large together": {
			crafted{physical: format.Int32, required: true, rows: 4, pages: []craftedPage{
				dataPage(format.Plain, 2, make([]byte, 8)), dataPage(format.Plain, 2, make([]byte, 8)),
			}, lie: func(f *format.FileMetaData) { chunk(f).TotalUncompressedSize = 15 }},
			"larger than the footer says",
		},
		"too few values": {
			crafted{physical: format.Int32, required: true, rows: 2, pages: []craftedPage{dataPage(format.Plain, 2, make([]byte, 7))}},
			"fewer values than its header says",
		},
		"too few levels": {
			crafted{physical: format.Int32, rows: 3, pages: []craftedPage{dataPage(format.Plain, 3, make([]byte, 12)).withLevels(4, 1)}},
			"fewer definition levels than its header says",
		},
		"packed levels that are cut off": {
			crafted{physical: format.Int32, rows: 9, pages: []craftedPage{dataPage(format.Plain, 9, make([]byte, 36)).withLevels(7, 0xff)}},
			"fewer definition levels than its header says",
		},
		"levels beyond the column's": {
			crafted{physical: format.Int32, rows: 1, pages: []craftedPage{dataPage(format.Plain, 1, make([]byte, 4)).withLevels(2, 7)}},
			"fewer definition levels",
		},
		"levels beyond the page": {
			crafted{physical: format.Int32, rows: 1, pages: []craftedPage{dataPage(format.Plain, 1, []byte{255, 255, 255, 255, 2, 1})}},
			"definition levels cannot be read",
		},
		"a run of 2^31 levels": {
			crafted{physical: format.Int32, rows: 3, pages: []craftedPage{dataPage(format.Plain, 3, make([]byte, 12)).withLevels(append(run, 1)...)}}, "",
		},
		"more values than rows": {
			crafted{physical: format.Int32, required: true, rows: 1, pages: []craftedPage{dataPage(format.Plain, math.MaxInt32, make([]byte, 12))}},
			"more values than there are rows",
		},
		"a dictionary of 2^31": {
			crafted{physical: format.ByteArray, required: true, rows: 1, pages: []craftedPage{dictionaryPage(math.MaxInt32, make([]byte, 8))}},
			"a dictionary that is shorter",
		},
		"two dictionaries": {
			crafted{physical: format.Int32, rows: 1, pages: []craftedPage{dictionaryPage(1, make([]byte, 4)), dictionaryPage(1, make([]byte, 4))}},
			"two dictionaries",
		},
		"no dictionary": {
			crafted{physical: format.Int32, required: true, rows: 1, pages: []craftedPage{dataPage(format.RLEDictionary, 1, []byte{1, 2, 0})}},
			"not in the encoding RLE_DICTIONARY",
		},
		"beyond the dictionary": {
			crafted{physical: format.Int32, required: true, rows: 1, pages: []craftedPage{dictionaryPage(1, make([]byte, 4)), dataPage(format.RLEDictionary, 1, []byte{1, 2, 1})}},
			"fewer values than its header says",
		},
		"wide indexes": {
			crafted{physical: format.Int32, required: true, rows: 1, pages: []craftedPage{dictionaryPage(1, make([]byte, 4)), dataPage(format.RLEDictionary, 1, []byte{33, 2, 1})}},
			"fewer values than its header says",
		},
		"an encoding for others": {
			crafted{physical: format.Int32, required: true, rows: 1, pages: []craftedPage{dataPage(format.DeltaByteArray, 1, make([]byte, 4))}},
			"not in the encoding DELTA_BYTE_ARRAY",
		},
		"2^60 differences of no bits": {
			crafted{physical: format.Int64, required: true, rows: 2, pages: []craftedPage{
				dataPage(format.DeltaBinaryPacked, 2, append([]byte{128, 1, 4}, append(binary.AppendUvarint(nil, 1<<60), 0, 0, 0, 0, 0, 0)...)),
			}},
			"not in the encoding DELTA_BINARY_PACKED",
		},
		"a block of 2^60": {
			crafted{physical: format.Int64, required: true, rows: 2, pages: []craftedPage{
				dataPage(format.DeltaBinaryPacked, 2, append(binary.AppendUvarint(nil, 1<<60), 4, 2, 0, 0, 0, 0, 0, 0)),
			}},
			"not in the encoding DELTA_BINARY_PACKED",
		},
		"much text of few bytes": {sharedPrefixes(t), "takes more than 1048576 bytes"},
		"a text many times": {
			crafted{physical: format.ByteArray, required: true, rows: 1 << 16, pages: []craftedPage{
				dictionaryPage(1, append(binary.LittleEndian.AppendUint32(nil, 1000), large[:1000]...)),
				dataPage(format.RLEDictionary, 1<<16, append([]byte{1}, append(run, 0)...)),
			}},
			"takes more than 1048576 bytes",
		},
	} {
		if _, reason := outcome(t, test.file.file(t), "v"); !strings.Contains(reason, test.want) || test.want == "" && reason != "" {
			t.Errorf("%s: %s\nwant %s", name, reason, test.want)
		}
	}
}

// Pages out of which far more comes than they say, or less.
func TestPagesThatAreBombs(t *testing.T) {
	for _, codec := range codecs[1:] {
		size := 2 * most
		if codec == &pq.Snappy { // which makes it no smaller than a twentieth
			size = most / 2
		}
		bomb := dataPage(format.Plain, 1, bytes.Repeat([]byte("acequia "), size/8))
		c := crafted{physical: format.Int32, required: true, codec: codec.CompressionCodec(), rows: 1}
		bomb.header.UncompressedPageSize = 1 << 10
		c.pages = []craftedPage{bomb}
		if _, reason := outcome(t, c.file(t), "v"); !strings.Contains(reason, "cannot be uncompressed") {
			t.Errorf("%s: %s", codec, reason)
		}
		dud := dataPage(format.Plain, 1, make([]byte, 1000))
		dud.header.UncompressedPageSize = 1001
		c.pages = []craftedPage{dud}
		if _, reason := outcome(t, c.file(t), "v"); !strings.Contains(reason, "cannot be uncompressed") {
			t.Errorf("%s: %s", codec, reason)
		}
	}
}

func wrongSum(p craftedPage) craftedPage {
	p.header.CRC = 1
	return p
}

// sharedPrefixes gives a page with texts that each are the one before: of 100 KB, more comes than any limit allows.
func sharedPrefixes(t testing.TB) crafted {
	t.Helper()
	const values, size = 1 << 12, 100_000
	prefixes, suffixes := make([]int32, values), make([]int32, values)
	for i := range prefixes {
		prefixes[i] = size
	}
	prefixes[0], suffixes[0] = 0, size
	var body []byte
	for _, numbers := range [][]int32{prefixes, suffixes} {
		b, err := pq.DeltaBinaryPacked.EncodeInt32(nil, numbers)
		if err != nil {
			t.Fatal(err)
		}
		body = append(body, b...)
	}
	body = append(body, bytes.Repeat([]byte{'x'}, size)...)
	return crafted{physical: format.ByteArray, required: true, rows: values, pages: []craftedPage{dataPage(format.DeltaByteArray, values, body)}}
}
