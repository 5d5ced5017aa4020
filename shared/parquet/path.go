package parquet

import (
	"acequia/shared/contract/recordpath"
	"acequia/shared/pipeline"
)

// steps gives the names of the groups, and at last of the column, that a source leads through.
func steps(source string) ([]string, error) {
	path, err := recordpath.Parse(source)
	if err != nil {
		return nil, pipeline.Refuse("the path %q cannot be followed: %v; correct the contract", source, err)
	}
	names := make([]string, len(path))
	for i, step := range path {
		if step.IsIndex {
			return nil, pipeline.Refuse("the path %q cannot be followed in a Parquet file at %q: of lists and maps nothing is read; "+
				"correct the contract", source, step)
		}
		names[i] = step.Name
	}
	return names, nil
}
