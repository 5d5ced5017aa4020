package parquet

import (
	"strings"

	"acequia/shared/pipeline"
)

// steps gives the names that a source leads through: those of a path such as $.address.city or $['odd.name'].x, or else the one
// name that it is.
func steps(source string) ([]string, error) {
	rest, isPath := strings.CutPrefix(source, "$")
	if !isPath || rest == "" || rest[0] != '.' && rest[0] != '[' {
		return []string{source}, nil
	}
	var names []string
	for rest != "" {
		var name string
		closed := true
		if quoted, ok := strings.CutPrefix(rest, "['"); ok {
			name, rest, closed = strings.Cut(quoted, "']")
		} else if plain, ok := strings.CutPrefix(rest, "."); ok {
			end := strings.IndexAny(plain+".", ".[")
			name, rest = plain[:end], plain[end:]
		} else {
			return nil, pipeline.Refuse("the path %q cannot be followed in a Parquet file at %q: of lists and maps nothing is read; "+
				"correct the contract", source, rest)
		}
		if !closed || name == "" {
			return nil, pipeline.Refuse("the path %q cannot be followed: a name, or what closes it, is missing; correct the contract", source)
		}
		names = append(names, name)
	}
	return names, nil
}
