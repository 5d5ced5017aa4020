package reconcile

import (
	"iter"

	"acequia/shared/pipeline"
)

// difference is what the bucket and the ledger have not in common at a key.
type difference struct {
	key string
	// unknown are versions that the ledger does not know, newest first; gone are those that the bucket does not have.
	unknown []pipeline.Object
	gone    []pipeline.Known
	// unequal are versions of which the two say other things.
	unequal []unequal
}

// unequal is one version, as it is listed and as the ledger knows it.
type unequal struct {
	listed pipeline.Object
	known  pipeline.Known
}

// differences merges a listing with what the ledger knows, both in the order of their keys, and gives an entry for each key of the
// listing, and one for each row of the ledger whose key is not listed. An error ends it; what the listing would have had behind it is
// then told neither as unknown nor as gone.
func differences(pages iter.Seq2[[]pipeline.Object, error], known iter.Seq2[pipeline.Known, error]) iter.Seq2[difference, error] {
	return func(yield func(difference, error) bool) {
		m := merger{yield: yield, here: map[pipeline.ObjectID]pipeline.Object{}}
		next, stop := iter.Pull2(known)
		defer stop()
		m.next = next
		if m.advance() && m.listed(pages) && m.behind(nil) {
			return
		}
		if m.err != nil {
			yield(difference{}, m.err)
		}
	}
}

// merger is a merge under way. Its steps tell whether to go on; if not, it is for an error or because nobody listens any more.
type merger struct {
	yield func(difference, error) bool
	err   error
	// row is the ledger's next row, if there is more.
	next func() (pipeline.Known, error, bool)
	row  pipeline.Known
	more bool
	// versions are the listed ones of one key, and here those of them that the ledger is not known to have.
	versions []pipeline.Object
	here     map[pipeline.ObjectID]pipeline.Object
}

// advance reads the ledger's next row.
func (m *merger) advance() bool {
	m.row, m.err, m.more = m.next()
	return m.err == nil
}

// listed goes through the listing.
func (m *merger) listed(pages iter.Seq2[[]pipeline.Object, error]) bool {
	for page, err := range pages {
		if m.err = err; err != nil {
			return false
		}
		for _, o := range page {
			if len(m.versions) > 0 && m.versions[0].Key != o.Key && !m.key() {
				return false
			}
			m.versions = append(m.versions, o)
		}
	}
	return len(m.versions) == 0 || m.key()
}

// key tells of the key whose versions are all there.
func (m *merger) key() bool {
	d := difference{key: m.versions[0].Key}
	if !m.behind(&d.key) {
		return false
	}
	for _, v := range m.versions {
		m.here[v.ID] = v
	}
	for m.more && m.row.Key == d.key {
		switch listed, here := m.here[m.row.ID]; {
		case !here:
			d.gone = append(d.gone, m.row)
		case listed.Size != m.row.Size || listed.ETag != m.row.ETag:
			d.unequal = append(d.unequal, unequal{listed, m.row})
		}
		delete(m.here, m.row.ID)
		if !m.advance() {
			return false
		}
	}
	for _, v := range m.versions {
		if _, missing := m.here[v.ID]; missing {
			d.unknown = append(d.unknown, v)
		}
	}
	m.versions = m.versions[:0]
	clear(m.here)
	return m.yield(d, nil)
}

// behind tells of the ledger's rows before a key; nil is the end.
func (m *merger) behind(key *string) bool {
	for m.more && (key == nil || m.row.Key < *key) {
		if !m.yield(difference{key: m.row.Key, gone: []pipeline.Known{m.row}}, nil) || !m.advance() {
			return false
		}
	}
	return true
}
