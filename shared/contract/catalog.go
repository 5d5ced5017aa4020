package contract

import (
	"path"
	"slices"
	"strings"

	"acequia/shared/pipeline"
)

// Extension ends the name of every contract document.
const Extension = ".odcs.yaml"

// Entry is one document of the contracts bucket at its current version.
type Entry struct {
	Ref pipeline.ContractRef
	// Contract is nil where Err says why the document is no valid contract.
	Contract *Contract
	Err      error
}

// Dataset names the entry's data set; for an invalid document, the one that its file name promises.
func (e Entry) Dataset() string {
	if e.Contract != nil {
		return e.Contract.Dataset
	}
	return strings.TrimSuffix(path.Base(e.Ref.Key), Extension)
}

// Prefix is what the keys of the data set's objects start with; for an invalid document, its data set's name and a slash.
func (e Entry) Prefix() string {
	if e.Contract != nil {
		return e.Contract.Source.Prefix
	}
	return e.Dataset() + "/"
}

// Catalog holds the contracts that are in force.
type Catalog []Entry

// Of finds the contract for an object's key: of those whose prefix the key has, the one with the longest. That two
// contracts claim one prefix, or that none does, is a *pipeline.RefusedError that says so.
func (c Catalog) Of(key string) (Entry, error) {
	var best []Entry
	for _, e := range c {
		switch {
		case !strings.HasPrefix(key, e.Prefix()):
		case len(best) == 0 || len(e.Prefix()) > len(best[0].Prefix()):
			best = []Entry{e}
		case e.Prefix() == best[0].Prefix():
			best = append(best, e)
		}
	}
	switch len(best) {
	case 0:
		return Entry{}, pipeline.Refuse(
			"the key %q belongs to no data set: keys start with %s; upload it under one of these, or add a contract",
			key, c.prefixes())
	case 1:
		return best[0], nil
	default:
		return Entry{}, pipeline.Refuse(
			"the contracts %s and %s both claim the prefix %q; give each its own",
			best[0].Ref.Key, best[1].Ref.Key, best[0].Prefix())
	}
}

func (c Catalog) prefixes() string {
	if len(c) == 0 {
		return "nothing yet (there are no contracts)"
	}
	var all []string
	for _, e := range c {
		all = append(all, e.Prefix())
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}
