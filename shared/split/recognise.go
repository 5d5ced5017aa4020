package split

import (
	"bytes"
	"strings"

	"acequia/shared/pipeline"
)

// signatures are the first bytes of files that are sent as CSV or JSON by mistake, with what to do about it. The first that
// fits counts.
var signatures = []struct{ first, reason string }{
	{"PK\x03\x04", "a zip archive; unpack it and upload the file inside"},
	{"PK\x05\x06", "an empty zip archive"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls); save the sheet as CSV (UTF-8) and upload that"},
	{"\x1f\x8b", "compressed with gzip once more inside; unpack it once and upload what comes out"},
	{"\x28\xb5\x2f\xfd", "compressed with zstd once more inside; unpack it once and upload what comes out"},
	{"\xfd7zXZ\x00", "compressed with xz; unpack it and upload the file inside"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it and upload the file inside"},
	{"Rar!\x1a\x07", "a RAR archive; unpack it and upload the file inside"},
	{"Obj\x01", "Avro; save it as CSV or JSON and upload that"},
	{"SQLite format 3\x00", "an SQLite database; export the table as CSV and upload that"},
	{"%PDF-", "a PDF document; export the table as CSV and upload that"},
	{"\x89PNG\r\n\x1a\n", "a PNG picture; upload CSV or JSON"},
	{"\xff\xd8\xff", "a JPEG picture; upload CSV or JSON"},
	{"\xff\xfe\x00\x00", "UTF-32; save it as UTF-8 and upload that"},
	{"\x00\x00\xfe\xff", "UTF-32; save it as UTF-8 and upload that"},
}

// lettered are signatures that a header may begin with, too, as ORCID does: they count where what follows is no text.
var lettered = []struct{ first, reason string }{
	{parquetMagic, "Parquet, and the contract says that it is text; upload it under a data set that is Parquet, or save it as text"},
	{"BZh", "compressed with bzip2; unpack it and upload the file inside"},
	{"ORC", "ORC; save it as CSV or JSON and upload that"},
	{"ARROW1", "Arrow; save it as CSV or JSON and upload that"},
	{"GIF8", "a GIF picture; upload CSV or JSON"},
}

// markup are the beginnings of texts that are sent by mistake, in small letters.
var markup = []struct{ first, reason string }{
	{"<?xml", "XML; save it as CSV or JSON and upload that"},
	{"<!doctype", "an HTML page, perhaps an error message saved under the file's name; download it again"},
	{"<head", "an HTML page, perhaps an error message saved under the file's name; download it again"},
	{"<html", "an HTML page, perhaps an error message saved under the file's name; download it again"},
}

// parquetMagic is how a Parquet file begins.
const parquetMagic = "PAR1"

// recognise refuses what is plainly another kind of file.
func recognise(head []byte, format pipeline.Format) error {
	isParquet := bytes.HasPrefix(head, []byte(parquetMagic))
	switch {
	case format == pipeline.Parquet && !isParquet:
		return pipeline.Refuse("the contract says Parquet, and the file begins with %q; upload it under a data set of its own format",
			beginning(head))
	case format == pipeline.Parquet:
		return nil
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.first)) {
			return isNoText(head, s.reason)
		}
	}
	for _, s := range lettered {
		if bytes.HasPrefix(head, []byte(s.first)) && isBinary(head) {
			return isNoText(head, s.reason)
		}
	}
	return nil
}

func isNoText(head []byte, what string) error {
	if bytes.Contains(head, []byte("[Content_Types].xml")) && bytes.Contains(head, []byte("xl/")) {
		what = "an Excel workbook (.xlsx), not text; save the sheet as CSV (UTF-8) and upload that"
	}
	return pipeline.Refuse("the file is %s", what)
}

// isBinary tells bytes that no text begins with: control codes.
func isBinary(head []byte) bool {
	return bytes.ContainsFunc(head[:min(len(head), 64)], func(r rune) bool { return r < ' ' && !strings.ContainsRune(space, r) })
}

// recogniseMarkup refuses a text that is plainly no table.
func recogniseMarkup(text []byte) error {
	text = bytes.TrimLeft(text, space)
	text = bytes.ToLower(text[:min(len(text), 20)])
	for _, s := range markup {
		if bytes.HasPrefix(text, []byte(s.first)) {
			return pipeline.Refuse("the file is %s", s.reason)
		}
	}
	return nil
}
