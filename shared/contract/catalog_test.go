package contract_test

import (
	"errors"
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

func entry(key, prefix string) contract.Entry {
	return contract.Entry{
		Ref:      pipeline.ContractRef{Key: key},
		Contract: &contract.Contract{Dataset: strings.TrimSuffix(key, contract.Extension), Source: contract.Source{Prefix: prefix}},
	}
}

func TestCatalogFindsTheContractOfAKey(t *testing.T) {
	t.Parallel()
	catalog := contract.Catalog{
		entry("sales.odcs.yaml", "sales/"),
		entry("sales_lima.odcs.yaml", "sales/lima/"),
		entry("twins_a.odcs.yaml", "twins/"),
		entry("twins_b.odcs.yaml", "twins/"),
		{Ref: pipeline.ContractRef{Key: "broken.odcs.yaml"}, Err: errors.New("invalid")},
	}
	for key, want := range map[string]string{
		"sales/2026/a.csv": "sales",
		"sales/lima/a.csv": "sales_lima",
		"broken/a.csv":     "broken",
		"salesa.csv":       "keys start with broken/, sales/, sales/lima/, twins/",
		"":                 "belongs to no data set",
		"twins/a.csv":      "both claim",
	} {
		e, err := catalog.Of(key)
		got := e.Dataset()
		if err != nil {
			got = err.Error()
			var refused *pipeline.RefusedError
			if !errors.As(err, &refused) {
				t.Errorf("%q: the error is a %T", key, err)
			}
		}
		if !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", key, got, want)
		}
	}
}
