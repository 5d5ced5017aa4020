package split_test

import (
	"bytes"
	"errors"
	"testing"

	"acequia/shared/charset"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// FuzzProbe sees to it that whatever a file holds and a contract says, a layout comes out by which the file can be walked, or a
// refusal.
func FuzzProbe(f *testing.F) {
	for _, head := range []string{
		"sep=;\r\na;b\r\n1;2\r\n", "a,b;c\n1,2;3\n", "# comment\n\na\t'b'\n", "\xff\xfea\x00,\x00b\x00\n\x00", "\"a\nb\",c\n", "a|b|\n1|2|\n",
		"\ufeff#TYPE x\r\n\"a\",\"b\"\r\n", "T\xedtulo\n\na;b\n1,5;2\n", "\"a\\\"\",b\r1,2\r", "[{}]", "ORCID,b\n", "a,b\n\x00", "b\n\"1\n2\"\n",
	} {
		for _, says := range []byte{0, 0x0f, 0xf0, 0xff} {
			f.Add([]byte(head), true, says, says)
			f.Add([]byte(head), false, ^says, says)
		}
	}
	f.Fuzz(func(t *testing.T, head []byte, complete bool, says, detect byte) {
		source := fuzzedSource(says, detect)
		layout, err := split.Probe(head, complete, source, []string{"a", "b"})
		if err != nil {
			if !errors.As(err, new(*pipeline.RefusedError)) {
				t.Fatal(err)
			}
			return
		}
		if layout.BodyStart < 0 || layout.BodyStart > int64(len(head)) || layout.BodyLine < 1 {
			t.Fatalf("the body starts at byte %d, line %d", layout.BodyStart, layout.BodyLine)
		}
		var end int64
		_, err = split.Walk(bytes.NewReader(head), layout, int64(len(head)), 1, split.Mark{}, func(p split.Piece) error {
			end = p.End
			return nil
		})
		if err != nil && !errors.As(err, new(*pipeline.RefusedError)) || err == nil && end != int64(len(head)) {
			t.Fatalf("%+v: walked to %d, %v", layout, end, err)
		}
	})
}

// fuzzedSource is what a contract may say of CSV.
func fuzzedSource(says, detect byte) contract.Source {
	bit := func(b byte, n int) bool { return b>>n&1 == 1 }
	names := append(charset.Names(), "")
	source := contract.Source{
		Format: pipeline.CSV, Encoding: names[int(says>>5)%len(names)],
		Dialect: contract.Dialect{
			NoHeader: bit(says, 0), SkipLines: int(says >> 1 & 1), TrailingDelimiter: bit(says, 2), PadShort: bit(says, 3),
		},
		Detect: contract.Detect{Delimiter: bit(detect, 0), Quote: bit(detect, 1), Header: bit(detect, 2), Encoding: bit(detect, 3)},
		Limits: contract.Limits{MaxFieldBytes: 100 * int(says>>4&1), MaxRecordBytes: 200 * int(says>>4&1)},
	}
	if bit(detect, 4) {
		source.Dialect.Comment = "#;"[detect>>5&1]
	}
	if bit(detect, 6) {
		source.Dialect.Escape = "\\'"[detect>>7]
	}
	return source
}
