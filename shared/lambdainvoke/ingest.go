package lambdainvoke

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"acequia/shared/pipeline"
)

// Ingest is the function ingest, as others ask it for work. Both calls return before anything is done, and asking again changes
// nothing.
type Ingest struct {
	notifications *Function[Notification]
	replays       *Function[Replay]
}

// NewIngest gives the function of that name.
func NewIngest(client *lambda.Client, name string) *Ingest {
	return &Ingest{New[Notification](client, name), New[Replay](client, name)}
}

// Announce tells of an object version as S3 does.
func (i *Ingest) Announce(ctx context.Context, o pipeline.Object) error {
	return i.notifications.Start(ctx, NewNotification(o))
}

// Replay asks for an attempt at an object but the first.
func (i *Ingest) Replay(ctx context.Context, r pipeline.Replay) error {
	return i.replays.Start(ctx, Replay{Replay: r})
}
