package parquet_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// A crafted file has one column, v, and pages that nobody checked.
type crafted struct {
	physical format.Type
	length   int32 // of FIXED_LEN_BYTE_ARRAY
	required bool
	codec    format.CompressionCodec
	rows     int64
	pages    []craftedPage
	// lie changes the footer before it is written.
	lie func(*format.FileMetaData)
}

type craftedPage struct {
	header format.PageHeader
	// body is what the page is when it is uncompressed. Levels stand before it.
	body []byte
}

// dataPage is one of the first version. Its values are all there.
func dataPage(encoding format.Encoding, values int, body []byte) craftedPage {
	return craftedPage{format.PageHeader{Type: format.DataPage, DataPageHeader: thrift.New(format.DataPageHeader{
		NumValues: int32(values), Encoding: encoding, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE,
	})}, body}
}

// withLevels puts levels before the values.
func (p craftedPage) withLevels(levels ...byte) craftedPage {
	p.body = append(append(binary.LittleEndian.AppendUint32(nil, uint32(len(levels))), levels...), p.body...)
	return p
}

func dictionaryPage(values int, body []byte) craftedPage {
	return craftedPage{format.PageHeader{Type: format.DictionaryPage, DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{
		NumValues: int32(values), Encoding: format.Plain,
	})}, body}
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := thrift.Marshal(new(thrift.CompactProtocol), v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// file writes what was crafted. Sizes that a page's header leaves out are right.
func (c crafted) file(t testing.TB) []byte {
	t.Helper()
	out := []byte("PAR1")
	unpacked := 0
	for _, p := range c.pages {
		packed, err := pq.LookupCompressionCodec(c.codec).Encode(nil, p.body)
		if err != nil {
			t.Fatal(err)
		}
		if p.header.UncompressedPageSize == 0 {
			p.header.UncompressedPageSize = int32(len(p.body))
		}
		if p.header.CompressedPageSize == 0 {
			p.header.CompressedPageSize = int32(len(packed))
		}
		unpacked += int(p.header.UncompressedPageSize)
		out = append(append(out, marshal(t, &p.header)...), packed...)
	}
	repetition := format.Optional
	if c.required {
		repetition = format.Required
	}
	footer := &format.FileMetaData{
		Version: 2, NumRows: c.rows,
		Schema: []format.SchemaElement{
			{Name: "records", NumChildren: thrift.New(int32(1))},
			{Name: "v", Type: thrift.New(c.physical), RepetitionType: thrift.New(repetition), TypeLength: thrift.New(c.length)},
		},
		RowGroups: []format.RowGroup{{NumRows: c.rows, Columns: []format.ColumnChunk{{MetaData: format.ColumnMetaData{
			Type: c.physical, PathInSchema: []string{"v"}, Codec: c.codec, NumValues: c.rows, DataPageOffset: 4,
			TotalCompressedSize: int64(len(out) - 4), TotalUncompressedSize: int64(unpacked),
		}}}}},
	}
	if c.lie != nil {
		c.lie(footer)
	}
	return ended(out, marshal(t, footer))
}

// ended puts a footer behind the pages.
func ended(pages, footer []byte) []byte {
	out := append(bytes.Clone(pages), footer...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(footer))), "PAR1"...)
}

// chunk is what the footer says of the column.
func chunk(footer *format.FileMetaData) *format.ColumnMetaData {
	return &footer.RowGroups[0].Columns[0].MetaData
}
