package load

// SetSegmentRows makes segments small, so that a small object has several.
func (l *Loader) SetSegmentRows(n int) { l.segmentRows = n }
