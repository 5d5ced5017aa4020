package parquet_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"acequia/shared/parquet"
)

// Whatever a file is, it is read or refused, in bounded memory; and what its row groups give apart, they give together.
func FuzzParquet(f *testing.F) {
	for _, seed := range small(f) {
		f.Add(seed)
	}
	f.Add(file(f, "pages.parquet"))
	f.Fuzz(func(t *testing.T, b []byte) {
		sources := readable(b)
		n, reason := outcome(t, b, sources...)
		file, err := parquet.Open(bytes.NewReader(b), int64(len(b)), sources, tight)
		if err != nil {
			return
		}
		var apart []string
		for _, g := range file.RowGroups() {
			if g.First != int64(len(apart)) {
				t.Fatalf("a row group begins at row %d, after %d rows", g.First, len(apart))
			}
			records, err := read(file, g.First, g.Rows)
			if apart = append(apart, records...); err != nil {
				break
			}
		}
		together, _ := read(file, 0, all(file))
		if !slices.Equal(apart, together) || len(together) != n || (reason == "") != (int64(n) == all(file)) {
			t.Fatalf("%d records apart, %d together, %d the first time: %s", len(apart), len(together), n, reason)
		}
	})
}

// readable gives the columns of a file that can be asked for.
func readable(b []byte) (sources []string) {
	f, err := parquet.Open(bytes.NewReader(b), int64(len(b)), nil, tight)
	if err != nil {
		return nil
	}
	for _, name := range f.Columns()[:min(len(f.Columns()), 50)] {
		if _, err := parquet.Open(bytes.NewReader(b), int64(len(b)), []string{name}, tight); err == nil {
			sources = append(sources, name)
		}
	}
	return sources
}

// Whatever is in a page, in whatever encoding, it is read or refused, in bounded memory.
func FuzzPage(f *testing.F) {
	f.Add(uint8(6), uint8(8), uint8(0), uint8(5), true, false, []byte("\x01\x00\x00\x00a"), []byte{1, 10, 0})
	f.Add(uint8(6), uint8(7), uint8(0), uint8(2), true, true, []byte(nil), []byte("\x80\x01\x04\x02\x00\x02\x00\x00\x00\x00\x80\x01\x04\x02\x02\x00\x00\x00\x00\x00ab"))
	f.Add(uint8(1), uint8(5), uint8(1), uint8(3), false, false, []byte(nil), []byte("\x02\x00\x00\x00\x06\x01\x80\x01\x04\x03\x02\x02\x00\x00\x00\x00"))
	f.Add(uint8(0), uint8(3), uint8(6), uint8(9), true, false, []byte(nil), []byte{2, 0, 0, 0, 3, 0x55, 0x55})
	f.Add(uint8(7), uint8(9), uint8(7), uint8(2), true, true, []byte(nil), []byte("abcdefghij"))
	f.Fuzz(func(t *testing.T, physical, encoding, codec, rows uint8, required, second bool, dictionary, body []byte) {
		c := crafted{
			physical: format.Type(physical % 8), length: 5, required: required, rows: int64(rows),
			codec: codecs[int(codec)%len(codecs)].CompressionCodec(),
		}
		if dictionary != nil {
			c.pages = append(c.pages, dictionaryPage(int(rows), dictionary))
		}
		page := dataPage(format.Encoding(encoding%10), int(rows), body)
		if second && required {
			page.header = format.PageHeader{Type: format.DataPageV2, DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{
				NumValues: int32(rows), Encoding: format.Encoding(encoding % 10),
			})}
		}
		c.pages = append(c.pages, page)
		if n, reason := outcome(t, c.file(t), "v"); n != int(rows) && reason == "" {
			t.Fatalf("%d records of %d", n, rows)
		}
	})
}
