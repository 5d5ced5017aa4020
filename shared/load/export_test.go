package load

import (
	"time"

	"acequia/shared/pipeline"
)

// SetSegmentRows makes segments small, so that a small object has several.
func (l *Loader) SetSegmentRows(n int) { l.segmentRows = n }

// SetBeat says how often a transaction shows that it is alive.
func (l *Loader) SetBeat(d time.Duration) { l.beat = d }

// Hopeless gives the end that an error means for its object, and whether it means one.
func Hopeless(err error) (pipeline.Ending, bool) { return hopeless(err) }
