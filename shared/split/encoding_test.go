package split_test

import (
	"strings"
	"testing"

	"acequia/shared/charset"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// encoded is a source whose contract says the encoding, or leaves it to the file.
func encoded(encoding string) contract.Source {
	if encoding == "auto" {
		return contract.Source{Format: pipeline.CSV, Detect: contract.Detect{Encoding: true}}
	}
	return contract.Source{Format: pipeline.CSV, Encoding: encoding}
}

const chinese = "第一季度,销售收入总额\n第二季度,一\n"

func TestEncodings(t *testing.T) {
	t.Parallel()
	const words = "id,nombre\n1,Iñaki Núñez\n2,Ángela Óbidos\n3,¿qué? ¡ahí!\n"
	for name, test := range map[string]struct {
		head           string
		says           string
		want, detected string
	}{
		"nothing said":                    {words, "", "", ""},
		"UTF-8, found":                    {words, "auto", "", "encoding"},
		"ASCII, found":                    {"id,nombre\n", "auto", "", "encoding"},
		"a mark of UTF-8":                 {"\ufeff" + words, "", "", ""},
		"it holds against the contract":   {"\ufeff" + words, "windows-1252", "", "encoding"},
		"a mark of UTF-16":                {in(t, charset.UTF16BE, "\ufeff"+words), "", "utf-16be", "encoding"},
		"as declared, with its mark":      {in(t, charset.UTF16LE, "\ufeff"+words), "utf-16le", "utf-16le", ""},
		"as declared, without":            {in(t, charset.UTF16LE, words), "utf-16le", "utf-16le", ""},
		"UTF-16, found without its mark":  {in(t, charset.UTF16BE, words), "auto", "utf-16be", "encoding"},
		"UTF-16 in Chinese, declared":     {in(t, charset.UTF16LE, chinese), "utf-16le", "utf-16le", ""},
		"Windows-1252, declared":          {in(t, charset.Windows1252, words), "windows-1252", "windows-1252", ""},
		"Windows-1252, found":             {in(t, charset.Windows1252, words+"4,“€”\n"), "auto", "windows-1252", "encoding"},
		"ISO-8859-1 reads the same":       {in(t, charset.Latin1, words), "auto", "windows-1252", "encoding"},
		"found far behind the header":     {strings.Repeat("id,nombre\n", 1e5) + "\xf1", "auto", "windows-1252", "encoding"},
		"a stray byte among UTF-8":        {words + words + "\xf1\n", "auto", "", "encoding"},
		"NULs in a small file":            {"id\n\x00,\x00\n", "", "", ""},
		"a stray NUL":                     {"id,nombre\n1,\x00\n", "auto", "", "encoding"},
		"what might be UTF-8 by chance":   {in(t, charset.Windows1252, words+words+"4,PEÑ°\n"), "auto", "windows-1252", "encoding"},
		"a few letters that might be too": {in(t, charset.Windows1252, "id,nombre\n4,PEÑ°\n"), "windows-1252", "windows-1252", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := split.Probe([]byte(test.head), true, encoded(test.says), nil)
			if err != nil || got.Encoding != test.want || strings.Join(got.Detected, " ") != test.detected {
				t.Errorf("it is %q, detected %q, %v; want %q, %q", got.Encoding, got.Detected, err, test.want, test.detected)
			}
		})
	}
}

func TestEncodingsThatAreRefused(t *testing.T) {
	t.Parallel()
	accents := "id,nombre\n" + strings.Repeat("1,Iñaki Núñez\n", 4)
	for name, test := range map[string]struct {
		head, says string
		want       []string
	}{
		"two encodings in one file":    {"id,nombre\n1,ñ\n2,\xf1\n", "auto", []string{"fit equally well", "byte 17 (0xf1)", "say in the contract"}},
		"UTF-16 in Chinese":            {in(t, charset.UTF16LE, chinese), "auto", []string{"are NUL", "UTF-16 in a script of its own"}},
		"neither of the usual ones":    {"id,a\x81o,nombre\n", "auto", []string{"byte 4 (0x81)", "neither UTF-8 nor"}},
		"UTF-8 and said to be another": {accents, "iso-8859-1", []string{"by its contract the file is in iso-8859-1", "are UTF-8", "encoding: utf-8"}},
		"said to be UTF-16":            {accents, "utf-16le", []string{"by its contract the file is in utf-16le", "no NUL byte", "encoding: auto"}},
		"the other UTF-16":             {in(t, charset.UTF16BE, accents), "utf-16le", []string{"in utf-16le", "as in utf-16be", "encoding: utf-16be"}},
		"UTF-16 that nothing says":     {in(t, charset.UTF16BE, accents), "", []string{"in utf-8", "as in utf-16be"}},
		"a header in Windows-1252":     {"id,a\xf1o\n", "", []string{"line 1", "name its encoding"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := split.Probe([]byte(test.head), true, encoded(test.says), nil)
			checkRefused(t, err, test.want)
		})
	}
}

// A character that the head's end cuts off says nothing about its encoding.
func TestAHeadThatEndsInsideACharacter(t *testing.T) {
	t.Parallel()
	head := "id,nombre\n1,ñ"
	for _, complete := range []bool{false, true} {
		got, err := split.Probe([]byte(head[:len(head)-1]), complete, encoded("auto"), nil)
		if want := map[bool]string{false: "", true: charset.Windows1252}[complete]; err != nil || got.Encoding != want {
			t.Errorf("complete: %v: %q, %v; want %q", complete, got.Encoding, err, want)
		}
	}
}
