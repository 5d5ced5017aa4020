package pipeline

import (
	"fmt"
	"strings"
	"time"
)

// Rank is an object's precedence within its data set as text: of two objects that hold the same record key, the one
// whose rank is greater, compared byte by byte (COLLATE "C" in Postgres), wins. It has the form
//
//	<time> <key, escaped> <place> <own time> <own place> <version id>
//
// A time is LastModified in UTC, and a place that among the key's versions of the same second. The first three parts belong to
// the first version of a run of identical versions (sending the same bytes again is no news); the others are the version's own,
// and order the versions of such a run as S3 does. So of two versions of a key, the later always has the greater rank.
type Rank string

// NewRank ranks an object that repeats none. lastModified is S3's, which has seconds; place is 0 for the oldest version of its
// second.
func NewRank(lastModified time.Time, key string, place int, versionID string) Rank {
	own := moment(lastModified, place)
	at, in, _ := strings.Cut(own, " ")
	return Rank(fmt.Sprintf("%s %s %s %s %s", at, escapeOrdered(key), in, own, versionID))
}

// Again ranks a later version that holds the same bytes as the one, or the ones, up to that whose rank this is.
func (r Rank) Again(lastModified time.Time, place int, versionID string) Rank {
	return Rank(fmt.Sprintf("%s %s %s", r.Run(), moment(lastModified, place), versionID))
}

func moment(lastModified time.Time, place int) string {
	return fmt.Sprintf("%s %06d", lastModified.UTC().Format("2006-01-02T15:04:05Z"), place)
}

// Run is what of the rank is equal for all versions of a run of identical ones.
func (r Rank) Run() string {
	end, s := 0, string(r)
	for range 3 {
		next := strings.IndexByte(s[end:], ' ')
		if next < 0 {
			return s
		}
		end += next + 1
	}
	return s[:end-1]
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
