package pipeline

import (
	"fmt"
	"strings"
	"time"
)

// Rank is an object's precedence within its data set as text: of two objects that hold the same record key, the one
// whose rank is greater, compared byte by byte (COLLATE "C" in Postgres), wins. It has the form
//
//	<last modified, UTC, seconds> <key, escaped> <place among the key's versions of that second> <version id>
//
// where the first three belong to the first version of a run of identical versions (sending the same bytes again is no
// news), and the version id, the object's own, only breaks the tie within such a run.
type Rank string

// NewRank ranks an object. lastModified, which S3 gives to the second, and place (0 for the oldest version of its second)
// are those of the first version of the run of identical versions that the object belongs to.
func NewRank(lastModified time.Time, key string, place int, versionID string) Rank {
	return Rank(fmt.Sprintf("%s %s %06d %s",
		lastModified.UTC().Format("2006-01-02T15:04:05Z"), escapeOrdered(key), place, versionID))
}

// Run is the rank without the version id: equal for all versions of a run of identical ones.
func (r Rank) Run() string {
	s := string(r)
	if i := strings.LastIndexByte(s, ' '); i >= 0 {
		return s[:i]
	}
	return s
}

// escapeOrdered rewrites a key so that it holds no byte up to the space, which separates the parts of a rank, and yet
// sorts as before: "!" stands for all bytes up to "!" itself, and a second letter tells them apart.
func escapeOrdered(key string) string {
	var b strings.Builder
	for i := range len(key) {
		if c := key[i]; c <= '!' {
			b.WriteByte('!')
			b.WriteByte('0' + c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
