package sample_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/test/data/sample"
)

// The committed files are what the generator makes, byte for byte.
func TestCommittedSamplesAreCurrent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m, err := sample.WriteAll(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{sample.ManifestName}
	for _, f := range m.Files {
		names = append(names, f.Name)
	}
	for _, name := range names {
		if !bytes.Equal(read(t, filepath.Join(dir, name)), read(t, filepath.Join("..", name))) {
			t.Errorf("test/data/%s differs from what the generator makes: run `go run ./test/data/generate`", name)
		}
	}
}

// The table that people read says what the manifest does.
func TestReadmeIsCurrent(t *testing.T) {
	t.Parallel()
	m, err := sample.ReadManifest(filepath.Join("..", sample.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	readme := strings.ReplaceAll(string(read(t, filepath.Join("..", "README.md"))), ",", "")
	for _, f := range m.Files {
		row := fmt.Sprintf("| `%s` | %d | %d | %d | %d |", f.Name, f.Records, f.Rows, f.Duplicates, f.Rejected)
		if !strings.Contains(readme, row) {
			t.Errorf("test/data/README.md lacks the row %s", row)
		}
	}
}

func TestManifestIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	m, err := sample.ReadManifest(filepath.Join("..", sample.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if want := read(t, filepath.Join("..", sample.ManifestName)); !bytes.Equal(b, want) {
		t.Error("reading and writing the manifest changes it")
	}
}

// What a plain reader finds, once the rejects are cut out by their places, is what the account says.
func TestAccounts(t *testing.T) {
	t.Parallel()
	specs := append(
		sample.Specs(),
		sample.Spec{Name: "all dirt", Dataset: "sales", Seed: 7, Records: 3000, First: 1, Every: 1, CRLF: true, BOM: true},
		sample.Spec{Name: "by size", Dataset: "sales", Seed: 8, Size: 300_000, First: 1, Every: 3, NoFinalNewline: true},
		sample.Spec{Name: "all dirt", Dataset: "products", Seed: 7, Records: 3000, First: 1, Every: 1},
		sample.Spec{Name: "all dirt", Dataset: "customers", Seed: 7, Records: 3000, First: 1, Every: 1},
	)
	for _, spec := range specs {
		t.Run(spec.Dataset+"/"+spec.Name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			account, err := sample.Write(&b, spec)
			if err != nil {
				t.Fatal(err)
			}
			checkSums(t, account, int64(b.Len()))
			rest := cutRejects(t, account, b.Bytes())
			if spec.Dataset == "customers" {
				checkObjects(t, account, rest)
				return
			}
			checkLines(t, account, rest)
		})
	}
}

func checkSums(t *testing.T, f sample.File, size int64) {
	t.Helper()
	if f.Records != f.Rows+f.Duplicates+f.Rejected || f.Bytes != size {
		t.Errorf("the sums do not hold: %d records, %d rows, %d duplicates, %d rejected; %d bytes of %d",
			f.Records, f.Rows, f.Duplicates, f.Rejected, f.Bytes, size)
	}
	faults := map[string]int64{}
	for _, r := range f.Rejects {
		faults[r.Fault]++
	}
	if diff := cmp.Diff(f.Faults, faults); diff != "" {
		t.Errorf("faults (-counted +listed):\n%s", diff)
	}
}

// cutRejects checks that each reject lies where the account says, from one line end or indent to the next, and gives the
// file with nothing (CSV) or null (JSON) in its place.
func cutRejects(t *testing.T, f sample.File, b []byte) []byte {
	t.Helper()
	var rest []byte
	from, line := int64(0), int64(1)
	for _, r := range f.Rejects {
		line += int64(bytes.Count(b[from:r.Offset], []byte("\n")))
		if line != r.Line {
			t.Fatalf("a reject at byte %d lies on line %d, not %d", r.Offset, line, r.Line)
		}
		rest = append(rest, b[from:r.Offset]...)
		from = r.Offset + r.Length
		line += int64(bytes.Count(b[r.Offset:from], []byte("\n")))
		before, after := b[r.Offset-1], b[min(from, f.Bytes-1)]
		if f.Dataset == "customers" {
			rest = append(rest, "null"...)
			if before != ' ' || b[r.Offset] != '{' || b[from-1] != '}' {
				t.Fatalf("%+v does not fit an object", r)
			}
		} else if before != '\n' || (after != '\n' && after != '\r' && from != f.Bytes) {
			t.Fatalf("%+v does not fit a line", r)
		}
	}
	return append(rest, b[from:]...)
}

func checkObjects(t *testing.T, f sample.File, rest []byte) {
	t.Helper()
	var objects []*struct {
		Code string `json:"customer_code"`
	}
	if err := json.Unmarshal(rest, &objects); err != nil {
		t.Fatal(err)
	}
	if int64(len(objects)) != f.Records {
		t.Errorf("%d elements, want %d", len(objects), f.Records)
	}
	keys, good := map[string]bool{}, int64(0)
	for _, o := range objects {
		if o != nil {
			good++
			keys[o.Code] = true
		}
	}
	checkKeys(t, f, good, int64(len(keys)))
}

func checkLines(t *testing.T, f sample.File, rest []byte) {
	t.Helper()
	reader := csv.NewReader(bytes.NewReader(rest))
	reader.LazyQuotes = true // A quote within an unquoted field is legal here.
	records, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	records = records[1:]
	last := map[string][]string{}
	for _, record := range records {
		last[record[0]] = record
	}
	checkKeys(t, f, int64(len(records)), int64(len(last)))
	if f.Sales != nil {
		if diff := cmp.Diff(addUp(t, last), f.Sales.Days); diff != "" {
			t.Errorf("totals (-read +account):\n%s", diff)
		}
	}
}

func checkKeys(t *testing.T, f sample.File, good, keys int64) {
	t.Helper()
	if good != f.Rows+f.Duplicates || keys != f.Rows {
		t.Errorf("%d good records with %d keys; want %d and %d", good, keys, f.Rows+f.Duplicates, f.Rows)
	}
}

// addUp adds up sales from their text, with rational numbers.
func addUp(t *testing.T, records map[string][]string) []sample.Total {
	t.Helper()
	cents := func(s string) int64 {
		if s == "" {
			return 0
		}
		n, ok := new(big.Rat).SetString(strings.TrimSpace(s))
		if !ok {
			t.Fatalf("%q is no number", s)
		}
		if n.Mul(n, big.NewRat(100, 1)); !n.IsInt() {
			t.Fatalf("%q is no number of cents", s)
		}
		return n.Num().Int64()
	}
	m := sample.Manifest{}
	for _, r := range records {
		units := cents(r[4]) / 100
		gross, discount := units*cents(r[5]), cents(r[6])
		if discount > gross {
			t.Errorf("%q is sold for less than nothing", r)
		}
		tax := gross / 10
		if gross%10 >= 5 {
			tax++
		}
		m.Files = append(m.Files, sample.File{Sales: &sample.Sales{Days: []sample.Total{{
			Day: strings.TrimSpace(r[3]), Currency: r[8], Transactions: 1, Units: units,
			GrossCents: gross, DiscountCents: discount, TaxCents: tax, TotalCents: gross - discount + tax,
		}}}})
	}
	return m.Days()
}

func TestKeysOfSamplesDoNotMeet(t *testing.T) {
	t.Parallel()
	next := map[string]int64{}
	for _, s := range sample.Specs() {
		if s.First < next[s.Dataset] {
			t.Errorf("%s starts at %d, before the file in front of it ends", s.Name, s.First)
		}
		next[s.Dataset] = s.First + s.Records
		if next[s.Dataset] > sample.FirstFree {
			t.Errorf("%s ends after FirstFree", s.Name)
		}
	}
}

func TestWriteRefusesWhatItCannotMake(t *testing.T) {
	t.Parallel()
	for _, spec := range []sample.Spec{
		{Dataset: "sales", Every: 1},
		{Dataset: "sales", Records: 1},
		{Dataset: "invoices", Records: 1, Every: 1},
	} {
		if _, err := sample.Write(&bytes.Buffer{}, spec); err == nil {
			t.Errorf("%+v was made", spec)
		}
	}
}

// A file does not depend on how its writer takes the bytes, and a longer file starts with the shorter one.
func TestLongerFilesContinueShorterOnes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := sample.Spec{
			Dataset: rapid.SampledFrom([]string{"sales", "products", "customers"}).Draw(t, "dataset"),
			Seed:    rapid.Uint64().Draw(t, "seed"), Records: rapid.Int64Range(1, 60).Draw(t, "records"),
			First: 1, Every: rapid.IntRange(1, 9).Draw(t, "every"), NoFinalNewline: true,
		}
		var short, long strings.Builder
		if _, err := sample.Write(&short, spec); err != nil {
			t.Fatal(err)
		}
		spec.Records++
		if _, err := sample.Write(&long, spec); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(long.String(), strings.TrimSuffix(short.String(), "\n]\n")) {
			t.Fatal("the longer file differs before its last record")
		}
	})
}

func ExampleWrite() {
	var b strings.Builder
	account, err := sample.Write(&b, sample.Spec{Dataset: "sales", Seed: 1, Records: 1000, First: 1, Every: 25})
	if err != nil {
		panic(err)
	}
	fmt.Println(account.Records == account.Rows+account.Duplicates+account.Rejected)
	// Output: true
}

func BenchmarkWriteSales(b *testing.B) {
	for b.Loop() {
		account, err := sample.Write(&bytes.Buffer{}, sample.Spec{Dataset: "sales", Size: 10e6, First: 1, Every: 25})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(account.Bytes)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A file of one line holds the records of the one that is written for people.
func TestOneLine(t *testing.T) {
	t.Parallel()
	spec := sample.Spec{Name: "c.json", Dataset: "customers", Seed: 3, Records: 500, First: sample.FirstFree, Every: 5}
	var pretty, line bytes.Buffer
	want, err := sample.Write(&pretty, spec)
	if err != nil {
		t.Fatal(err)
	}
	spec.OneLine = true
	got, err := sample.Write(&line, spec)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(line.Bytes(), []byte("\n")) {
		t.Error("there is a line end")
	}
	if got.Records != want.Records || got.Rows != want.Rows || got.Rejected != want.Rejected {
		t.Errorf("%d records, %d rows, %d rejected; want %d, %d, %d", got.Records, got.Rows, got.Rejected, want.Records, want.Rows, want.Rejected)
	}
	for _, r := range got.Rejects {
		if object := line.Bytes()[r.Offset : r.Offset+r.Length]; object[0] != '{' || object[len(object)-1] != '}' || r.Line != 1 {
			t.Errorf("the reject %+v is %s", r, object)
		}
	}
}
