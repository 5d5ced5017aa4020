// Package telemetry is how the functions say what they do: logs as JSON lines, and metrics in CloudWatch's embedded
// metric format, which turns a log line into metrics without a call.
package telemetry

import (
	"context"
	"io"
	"log/slog"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// NewLogger gives a logger of JSON lines that name the function and, within an invocation, the request.
func NewLogger(w io.Writer) *slog.Logger {
	return slog.New(requestHandler{slog.NewJSONHandler(w, nil)}).With("function", lambdacontext.FunctionName)
}

// requestHandler adds the id of the invocation's request to each record, so that CloudWatch can gather its lines.
type requestHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h requestHandler) Handle(ctx context.Context, r slog.Record) error {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		r.AddAttrs(slog.String("request_id", lc.AwsRequestID))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h requestHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h requestHandler) WithGroup(name string) slog.Handler {
	return requestHandler{h.Handler.WithGroup(name)}
}
