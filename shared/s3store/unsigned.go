package s3store

import (
	"context"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// leavePayloadsUnsigned adds to a call what keeps its payload out of the signature where there is no TLS: the SDK would hash it
// with SHA-256 for that, beside the CRC that it sends with every payload. Where there is TLS the SDK does not either.
func leavePayloadsUnsigned(stack *middleware.Stack) error {
	unsign := middleware.FinalizeMiddlewareFunc("LeavePayloadsUnsigned", func(
		ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
	) (middleware.FinalizeOutput, middleware.Metadata, error) {
		if r, ok := in.Request.(*smithyhttp.Request); ok && !r.IsHTTPS() {
			ctx = v4.SetPayloadHash(ctx, "UNSIGNED-PAYLOAD")
		}
		return next.HandleFinalize(ctx, in)
	})
	// The endpoint says whether there is TLS; what hashes comes later.
	return stack.Finalize.Insert(unsign, "ResolveEndpointV2", middleware.After)
}
