package metering

import (
	"context"
	"strings"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"acequia/shared/pipeline"
)

// Requests is an option of config.LoadDefaultConfig: clients with it count their requests to S3 and SQS in the meter of the
// request's context, every try of a request being one.
func Requests(o *config.LoadOptions) error {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		// The last step before the request goes out, so that a try that is repeated comes by again.
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("AcequiaMetering", countRequest), middleware.After)
	})
	return nil
}

func countRequest(
	ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	var sent, got int64
	if request, ok := in.Request.(*smithyhttp.Request); ok {
		sent = max(request.ContentLength, 0)
	}
	if response, ok := out.RawResponse.(*smithyhttp.Response); ok {
		got = max(response.ContentLength, 0)
	}
	count(ctx, usageOf(awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx), sent, got))
	return out, metadata, err
}

// sqsUnit is the size up to which SQS counts a request as one (https://aws.amazon.com/sqs/pricing).
const sqsUnit = 64 << 10

// usageOf gives what a request is counted as.
func usageOf(service, operation string, sent, got int64) pipeline.Usage {
	switch {
	case service == "SQS":
		return pipeline.Usage{SQSRequests: max(1, (sent+sqsUnit-1)/sqsUnit)}
	case service != "S3", strings.HasPrefix(operation, "Delete"), strings.HasPrefix(operation, "Abort"):
		return pipeline.Usage{}
	case strings.HasPrefix(operation, "Get"):
		return pipeline.Usage{S3Gets: 1, BytesRead: got}
	case strings.HasPrefix(operation, "Head"): // whose length is that of a body that does not come
		return pipeline.Usage{S3Gets: 1}
	}
	return pipeline.Usage{S3Puts: 1, BytesWritten: sent}
}
