package load

import "acequia/shared/pipeline"

// way is what the published versions of a key mean for one that is about to be published. Which of several with the same bytes is
// published is so a function of the versions, whatever came first: the earliest that can be.
type way struct {
	// repeats says that an earlier one holds the same bytes, so that there is nothing to publish.
	repeats bool
	// replacedBy is the next newer one, which has replaced this one before it came; nil if there is none.
	replacedBy *pipeline.ObjectID
	// repeated are later ones with the same bytes, which were published first and are the repetitions.
	repeated []pipeline.ObjectID
	// replaced are older ones, which this one or a newer one replaces.
	replaced []pipeline.ObjectID
	// rows are all whose rows must go before this one's come: some of these, and this one itself, of an earlier attempt.
	rows []pipeline.ObjectID
}

func wayOf(s pipeline.Standing, siblings []pipeline.Sibling) (found way) {
	for _, other := range siblings {
		switch {
		case other.SameBytes && !other.Later:
			found.repeats = true
			continue
		case other.SameBytes:
			found.repeated = append(found.repeated, other.Object)
		case other.Later:
			found.replacedBy = &other.Object
			continue
		default:
			found.replaced = append(found.replaced, other.Object)
		}
		if !other.Replaced {
			found.rows = append(found.rows, other.Object)
		}
	}
	if found.repeats {
		found = way{repeats: true}
	}
	if s.Again || found.repeats && s.HasRows() {
		found.rows = append(found.rows, s.Object.ID)
	}
	return found
}
