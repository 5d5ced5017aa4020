package split

import (
	"bytes"
	"fmt"
)

// signatures are the first bytes of files that are sent as CSV or JSON by mistake.
var signatures = []struct {
	first  string
	reason string
}{
	{"PK\x03\x04", "the file is a zip archive or an Excel workbook (.xlsx), not text; save it as CSV (UTF-8) and upload that"},
	{"\xd0\xcf\x11\xe0", "the file is an old Excel workbook (.xls), not text; save it as CSV (UTF-8) and upload that"},
	{"\x1f\x8b", "the file is compressed with gzip; unpack it and upload the file inside"},
	{"\x28\xb5\x2f\xfd", "the file is compressed with zstd; unpack it and upload the file inside"},
	{"BZh", "the file is compressed with bzip2; unpack it and upload the file inside"},
	{"PAR1", "the file is Parquet, not text; save it as CSV and upload that"},
	{"%PDF-", "the file is a PDF, not text; export the table as CSV and upload that"},
	{"\x89PNG", "the file is a PNG picture, not text"},
	{"\xff\xd8\xff", "the file is a JPEG picture, not text"},
	{"\xff\xfe", "the file is UTF-16, not UTF-8; save it as CSV (UTF-8) and upload that"},
	{"\xfe\xff", "the file is UTF-16, not UTF-8; save it as CSV (UTF-8) and upload that"},
}

// sniffed is how many bytes are looked at for what no text holds.
const sniffed = 4096

// unreadable says why a file that starts with head cannot be text, or nothing if it can.
func unreadable(head []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.first)) {
			return s.reason
		}
	}
	if at := bytes.IndexByte(head[:min(len(head), sniffed)], 0); at >= 0 {
		return fmt.Sprintf("the file is binary, not text: byte %d is NUL", at)
	}
	return ""
}
