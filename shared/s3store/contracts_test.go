package s3store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/s3store"
	"acequia/test/cloudtest"
)

// document gives a contract of a data set.
func document(dataset, version string) string {
	return fmt.Sprintf(`
apiVersion: v3.1.0
kind: DataContract
id: acequia-%[1]s
version: %[2]s
status: active
schema:
  - name: %[1]s
    properties:
      - {name: code, physicalType: text}
    customProperties:
      - {property: format, value: csv}
`, dataset, version)
}

func newContracts(t *testing.T) (*cloudtest.S3, *s3store.Contracts) {
	t.Helper()
	s3 := cloudtest.NewS3(t)
	return s3, s3store.NewContracts(s3.Client, s3.Bucket(t, "contracts", true))
}

func current(t *testing.T, contracts *s3store.Contracts) contract.Catalog {
	t.Helper()
	catalog, err := contracts.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

func TestAVersionStaysWhileTheContractMovesOn(t *testing.T) {
	t.Parallel()
	s3, contracts := newContracts(t)
	first := pipeline.ContractRef{Bucket: "contracts", Key: "sales.odcs.yaml", VersionID: s3.Upload(t, "contracts", "sales.odcs.yaml", document("sales", "1.0.0"))}
	if catalog := current(t, contracts); len(catalog) != 1 || catalog[0].Ref != first || catalog[0].Contract.Version != "1.0.0" {
		t.Fatalf("catalog = %+v", catalog)
	}
	second := first
	second.VersionID = s3.Upload(t, "contracts", first.Key, document("sales", "2.0.0"))
	if catalog := current(t, contracts); len(catalog) != 1 || catalog[0].Ref != second || catalog[0].Contract.Version != "2.0.0" {
		t.Errorf("catalog = %+v", catalog)
	}
	for ref, want := range map[pipeline.ContractRef]string{first: "1.0.0", second: "2.0.0"} {
		for name, reader := range map[string]*s3store.Contracts{"a warm process": contracts, "a fresh one": s3store.NewContracts(s3.Client, "contracts")} {
			if c, err := reader.At(t.Context(), ref); err != nil || c.Version != want {
				t.Errorf("%s: at %s: %+v, %v; want %s", name, ref.VersionID, c, err, want)
			}
		}
	}
	s3.Delete(t, "contracts", first.Key, "")
	if catalog := current(t, contracts); len(catalog) != 0 {
		t.Errorf("after the delete: %+v", catalog)
	}
	if c, err := contracts.At(t.Context(), first); err != nil || c.Version != "1.0.0" {
		t.Errorf("after the delete: %+v, %v", c, err)
	}
}

// Who takes a change back by uploading the old text again makes a new version. It is the one in force: the old one may
// expire.
func TestTheSameTextAgainIsAVersionOfItsOwn(t *testing.T) {
	t.Parallel()
	s3, contracts := newContracts(t)
	for _, version := range []string{"1.0.0", "2.0.0", "1.0.0"} {
		want := s3.Upload(t, "contracts", "sales.odcs.yaml", document("sales", version))
		if catalog := current(t, contracts); len(catalog) != 1 || catalog[0].Ref.VersionID != want || catalog[0].Contract.Version != version {
			t.Errorf("catalog = %+v, want the version %s, %s", catalog, want, version)
		}
		s3.Later(time.Second)
	}
}

func TestAnInvalidContractCostsTheOthersNothing(t *testing.T) {
	t.Parallel()
	s3, contracts := newContracts(t)
	s3.Upload(t, "contracts", "customers.odcs.yaml", document("customers", "1.0.0"))
	bad := s3.Upload(t, "contracts", "products.odcs.yaml", "kind: Nonsense")
	s3.Upload(t, "contracts", "sales.odcs.yaml", document("sales", "1.0.0"))
	s3.Upload(t, "contracts", "README.md", "no contract")
	catalog := current(t, contracts)
	var names []string
	for _, e := range catalog {
		names = append(names, fmt.Sprintf("%s %v", e.Dataset(), e.Err == nil))
	}
	if diff := cmp.Diff([]string{"customers true", "products false", "sales true"}, names); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if e := catalog[1]; e.Contract != nil || e.Ref.VersionID != bad || !strings.Contains(e.Err.Error(), "s3://contracts/products.odcs.yaml") {
		t.Errorf("the invalid one: %+v", e)
	}
	_, err := contracts.At(t.Context(), catalog[1].Ref)
	wantRefused(t, err, "s3://contracts/products.odcs.yaml is not valid")
}

func TestAContractThatIsMissing(t *testing.T) {
	t.Parallel()
	s3, contracts := newContracts(t)
	_, err := contracts.At(t.Context(), pipeline.ContractRef{Bucket: "contracts", Key: "sales.odcs.yaml", VersionID: "v"})
	if err == nil || !strings.Contains(err.Error(), "s3://contracts/sales.odcs.yaml") {
		t.Errorf("error = %v", err)
	}
	if catalog := current(t, contracts); len(catalog) != 0 {
		t.Errorf("catalog = %+v", catalog)
	}
	if _, err := s3store.NewContracts(s3.Client, "nowhere").Current(t.Context()); err == nil || errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("without a bucket: %v", err)
	}
}

func TestADocumentIsReadOnce(t *testing.T) {
	t.Parallel()
	s3, contracts := newContracts(t)
	s3.Upload(t, "contracts", "sales.odcs.yaml", document("sales", "1.0.0"))
	s3.Upload(t, "contracts", "bad.odcs.yaml", "kind: Nonsense")
	reads := func() int {
		return len(s3.Sent("GET", "/contracts/sales.odcs.yaml")) + len(s3.Sent("GET", "/contracts/bad.odcs.yaml"))
	}
	for range 3 {
		for _, e := range current(t, contracts) {
			if _, err := contracts.At(t.Context(), e.Ref); (err == nil) != (e.Err == nil) {
				t.Errorf("%s: %v", e.Ref.Key, err)
			}
		}
	}
	if n := reads(); n != 2 {
		t.Errorf("two documents were read %d times", n)
	}
	s3.Upload(t, "contracts", "bad.odcs.yaml", document("bad", "1.0.0"))
	for range 2 {
		for _, e := range current(t, contracts) {
			if e.Err != nil {
				t.Errorf("once mended: %v", e.Err)
			}
		}
	}
	if n := reads(); n != 3 {
		t.Errorf("after one change, documents were read %d times", n)
	}
}
