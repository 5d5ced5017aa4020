package lambdainvoke

import "acequia/shared/pipeline"

// Replay is the event with which ingest is asked for another attempt at an object, or for one that was begun and does not move.
type Replay struct {
	Replay pipeline.Replay `json:"replay"`
}
