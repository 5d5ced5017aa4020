package s3

import (
	"bytes"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// walker walks a bucket's keys in order, and rolls those with a delimiter after the prefix up into common prefixes.
type walker struct {
	prefix, delimiter string
	// after is the name, a key or a common prefix, that the walk starts after.
	after string
	limit int
}

// objects calls emit with each object's newest version, or with the name of a common prefix and nil, until it has limit
// of them. more is true if there is another. A key whose newest version is a delete marker does not exist here.
func (w walker) objects(versions *bolt.Bucket, emit func(name string, v *version)) (more bool, err error) {
	cursor := versions.Cursor()
	position, value := cursor.Seek(w.start())
	for count := 0; position != nil && bytes.HasPrefix(position, escapeKey(w.prefix)); {
		v, err := decodeVersion(position, value)
		if err != nil {
			return false, err
		}
		next, name := afterAll(v.Key), v.Key
		if !v.DeleteMarker {
			if common := w.commonPrefix(v.Key); common != "" {
				v, name, next = nil, common, afterPrefix(common)
			}
			if count == w.limit {
				return w.limit > 0, nil
			}
			emit(name, v)
			count++
		}
		position, value = cursor.Seek(next)
	}
	return false, nil
}

// start is the position of the first key that can be in the walk.
func (w walker) start() []byte {
	if w.after == "" || w.after < w.prefix {
		return escapeKey(w.prefix)
	}
	if w.isCommonPrefix(w.after) {
		return afterPrefix(w.after)
	}
	return afterAll(w.after)
}

// commonPrefix gives what key is rolled up into; empty if it stands for itself.
func (w walker) commonPrefix(key string) string {
	if w.delimiter == "" {
		return ""
	}
	rest := key[len(w.prefix):]
	end := strings.Index(rest, w.delimiter)
	if end < 0 {
		return ""
	}
	return w.prefix + rest[:end+len(w.delimiter)]
}

// isCommonPrefix tells if a walk that ended at name had rolled name up.
func (w walker) isCommonPrefix(name string) bool {
	return strings.HasPrefix(name, w.prefix) && w.commonPrefix(name) == name
}
