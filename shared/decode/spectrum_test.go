package decode_test

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// TestSpectrum is a small collection, in the spirit of the public ones, of files that every reader of CSV must read in the one way.
func TestSpectrum(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file string
		want [][]string
	}{
		"simple":                     {"a,b,c\n1,2,3\n", [][]string{{"1", "2", "3"}}},
		"simple, without a line end": {"a,b,c\n1,2,3", [][]string{{"1", "2", "3"}}},
		"simple, CR LF":              {"a,b,c\r\n1,2,3\r\n", [][]string{{"1", "2", "3"}}},
		"a header only":              {"a,b,c\n", nil},
		"one column":                 {"a\n1\n2\n", [][]string{{"1"}, {"2"}}},
		"empty":                      {"a,b,c\n1,\"\",\"\"\n2,3,4\n", [][]string{{"1", "", ""}, {"2", "3", "4"}}},
		"empty, CR LF":               {"a,b,c\r\n1,,\"\"\r\n,,\r\n", [][]string{{"1", "", ""}, {"", "", ""}}},
		"a comma in quotes":          {"first,last,address\nAna,Quispe,\"Av. Sol 120, Cusco\"\n", [][]string{{"Ana", "Quispe", "Av. Sol 120, Cusco"}}},
		"doubled quotes":             {"a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", [][]string{{"1", `ha "ha" ha`}, {"3", "4"}}},
		"nothing but quotes":         {"a,b\n\"\"\"\",\"\"\"\"\"\"\n", [][]string{{`"`, `""`}}},
		"doubled quotes and commas":  {"a\n\"\"\",\"\"\"\n", [][]string{{`","`}}},
		"line ends":                  {"a,b,c\n\"Once upon \na time\",5,6\n7,8,9\n", [][]string{{"Once upon \na time", "5", "6"}, {"7", "8", "9"}}},
		"line ends and quotes":       {"a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n", [][]string{{"1", "ha \n\"ha\" \nha"}}},
		"line ends at both ends":     {"a,b\n\"\n1\n\",\"\n\"\n", [][]string{{"\n1\n", "\n"}}},
		"quoted names":               {"\"a\",\"b\"\n\"1\",\"2\"\n", [][]string{{"1", "2"}}},
		"JSON":                       {"key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [-71.97, -13.52]}\"\n", [][]string{{"1", `{"type": "Point", "coordinates": [-71.97, -13.52]}`}}},
		"spaces are text":            {"a,b\n 1 , 2\n", [][]string{{" 1 ", " 2"}}},
		"letters of other alphabets": {"a,b\nñandú,ʤ\n日本,🚰\n", [][]string{{"ñandú", "ʤ"}, {"日本", "🚰"}}},
		"a byte order mark":          {"\xef\xbb\xbfa,b\n1,2\n", [][]string{{"1", "2"}}},
		"blank lines":                {"a,b\n\n1,2\n\n\n3,4\n\n", [][]string{{"1", "2"}, {"3", "4"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layout, err := split.Probe([]byte(test.file), true, contract.Source{Format: pipeline.CSV}, nil)
			if err != nil {
				t.Fatal(err)
			}
			records, _ := checkChunks(t, test.file, layout, layout.Header)
			if diff := cmp.Diff(test.want, texts(t, records)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			theirs, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(test.file, "\xef\xbb\xbf"))).ReadAll()
			if diff := cmp.Diff(theirs[1:], append([][]string{}, test.want...)); diff != "" || err != nil {
				t.Errorf("%v (-encoding/csv +want):\n%s", err, diff)
			}
		})
	}
}

// texts gives the fields of sound records.
func texts(t tester, records []record) (all [][]string) {
	t.Helper()
	for _, r := range records {
		if r.Malformed != "" {
			t.Fatalf("%q: %s", r.Raw, r.Malformed)
		}
		fields := []string{}
		for _, f := range r.Fields {
			fields = append(fields, strings.TrimPrefix(f, "'"))
		}
		all = append(all, fields)
	}
	return all
}

// TestWhereEncodingCSVDiffers says where we read a file of two columns in another way than the standard library, and why.
func TestWhereEncodingCSVDiffers(t *testing.T) {
	t.Parallel()
	for why, test := range map[string]struct {
		body   string
		ours   []string // a record: its fields, or the rule that it breaks
		theirs []string // a record: its fields, or the error after which there is nothing
	}{
		"a value is kept as it is: CR LF between quotes is not LF": {
			"1,\"2\r\n3\"\n", []string{"1|2\r\n3"}, []string{"1|2\n3"},
		},
		"CR alone ends a line, as old spreadsheets write it": {
			"1,2\r3,4\r", []string{"1|2", "3|4"}, []string{"record on line 1: wrong number of fields"},
		},
		"a bare quote is text: five inches are no fault": {
			"1,5\"\n3,4\n", []string{"1|5\"", "3|4"}, []string{`parse error on line 1, column 4: bare " in non-quoted-field`},
		},
		"a space before a quote makes it a bare one": {
			"1, \"2\"\n3,4\n", []string{"1| \"2\"", "3|4"}, []string{`parse error on line 1, column 4: bare " in non-quoted-field`},
		},
		"text behind a closing quote costs one record, not the file": {
			"1,\"2\"x\n3,4\n", []string{"quote", "3|4"}, []string{`parse error on line 1, column 5: extraneous or missing " in quoted-field`},
		},
		"a quote that is never closed costs one record, not the rest of the file": {
			"1,\"2\n3,4\n", []string{"quote", "3|4"}, []string{`record on line 1; parse error on line 2, column 5: extraneous or missing " in quoted-field`},
		},
		"a wrong number of fields costs one record, not the file": {
			"1,2\n3\n4,5,6\n7,8\n", []string{"1|2", "columns", "columns", "7|8"}, []string{"1|2", "record on line 2: wrong number of fields"},
		},
		"NUL is in no text that Postgres stores": {
			"1,\x00\n3,4\n", []string{"encoding", "3|4"}, []string{"1|\x00", "3|4"},
		},
		"what is no UTF-8 is no text": {
			"1,\xf1\n3,4\n", []string{"encoding", "3|4"}, []string{"1|\xf1", "3|4"},
		},
		"memory is bounded: so is a field": {
			"1,1234567890123\n3,4\n", []string{"size", "3|4"}, []string{"1|1234567890123", "3|4"},
		},
		"a header again, in the midst of files that were put together, is no record": {
			"1,2\na,b\n3,4\n", []string{"1|2", "3|4"}, []string{"1|2", "a|b", "3|4"},
		},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			layout := pipeline.Layout{Format: pipeline.CSV, Delimiter: ',', MaxFieldBytes: 12}
			var ours []string
			records, _ := checkChunks(t, withHeader(&layout, test.body), layout, layout.Header)
			for _, r := range records {
				if rule, _, malformed := strings.Cut(r.Malformed, ":"); malformed {
					ours = append(ours, rule)
				} else {
					ours = append(ours, strings.Join(texts(t, []record{r})[0], "|"))
				}
			}
			if diff := cmp.Diff(test.ours, ours); diff != "" {
				t.Errorf("ours (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.theirs, encodingCSV(test.body)); diff != "" {
				t.Errorf("theirs (-want +got):\n%s", diff)
			}
		})
	}
}

// encodingCSV gives the records that the standard library reads, and the error that ends them.
func encodingCSV(body string) (records []string) {
	r := csv.NewReader(strings.NewReader(body))
	r.FieldsPerRecord = 2
	for {
		fields, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return records
		case err != nil:
			return append(records, err.Error())
		}
		records = append(records, strings.Join(fields, "|"))
	}
}
