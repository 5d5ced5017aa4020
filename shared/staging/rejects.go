package staging

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"acequia/shared/pipeline"
)

// AppendReject appends r as a line of JSON to dst.
func AppendReject(dst []byte, r pipeline.Reject) ([]byte, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return dst, fmt.Errorf("staging the reject at byte %d: %w", r.Offset, err)
	}
	return append(append(dst, line...), '\n'), nil
}

// Rejects reads staged rejects back, in the order in which they were appended; it ends after the first error.
func Rejects(r io.Reader) iter.Seq2[pipeline.Reject, error] {
	return func(yield func(pipeline.Reject, error) bool) {
		lines := json.NewDecoder(r)
		for {
			var reject pipeline.Reject
			err := lines.Decode(&reject)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				err = fmt.Errorf("reading staged rejects: %w", err)
			}
			if !yield(reject, err) || err != nil {
				return
			}
		}
	}
}
