package contract_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"acequia/shared/contract"
)

const shippedDir = "../../infra/contracts"

// shipped reads a contract of infra/contracts.
func shipped(t *testing.T, dataset string) (*contract.Contract, []byte) {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join(shippedDir, dataset+contract.Extension))
	if err != nil {
		t.Fatal(err)
	}
	c, err := contract.Parse(doc)
	if err != nil {
		t.Fatalf("%s:\n%v", dataset, err)
	}
	return c, doc
}

// The shipped contracts are valid by the standard's own schema, so that the field's tools read them.
func TestShippedContractsKeepTheStandard(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.NewCompiler().Compile("testdata/odcs-json-schema-v3.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, dataset := range []string{"sales", "customers", "products"} {
		_, doc := shipped(t, dataset)
		if err := schema.Validate(asJSON(t, doc)); err != nil {
			t.Errorf("%s: %v", dataset, err)
		}
	}
	for name, broken := range map[string]string{"kind: DataContract": "kind: Contract", "required: true": "requird: true"} {
		_, doc := shipped(t, "sales")
		var invalid *jsonschema.ValidationError
		if err := schema.Validate(asJSON(t, []byte(strings.Replace(string(doc), name, broken, 1)))); !errors.As(err, &invalid) {
			t.Errorf("%s was found valid: %v", broken, err)
		}
	}
}

// asJSON gives a YAML document as jsonschema wants it.
func asJSON(t *testing.T, doc []byte) any {
	t.Helper()
	var tree any
	if err := yaml.Unmarshal(doc, &tree); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestShippedContractsPrefixesAndTables(t *testing.T) {
	t.Parallel()
	var catalog contract.Catalog
	for _, dataset := range []string{"sales", "customers", "products"} {
		c, _ := shipped(t, dataset)
		if c.Dataset != dataset || c.Table() != "warehouse."+dataset {
			t.Errorf("%s is about %s", dataset, c.Dataset)
		}
		catalog = append(catalog, contract.Entry{Contract: c})
	}
	for _, e := range catalog {
		if found, err := catalog.Of(e.Dataset() + "/2026/file"); err != nil || found.Contract != e.Contract {
			t.Errorf("%s: %v", e.Dataset(), err)
		}
		for _, r := range e.Contract.Relationships {
			other, err := catalog.Of(r.Dataset + "/x")
			if err != nil || other.Contract.Key[0] != r.References {
				t.Errorf("%s.%s refers to %s.%s, which is no key", e.Dataset(), r.Column, r.Dataset, r.References)
			}
		}
	}
}
