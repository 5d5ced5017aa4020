package s3

import "net/http"

// A handler answers one kind of call, or gives the error to answer with.
type handler func(*Server, http.ResponseWriter, *request) error

// operation is a kind of call, by the name that the AWS documentation gives it.
type operation struct {
	name   string
	method string
	// parameter is the query parameter that tells this call from others of its method, header likewise; empty is any.
	parameter, header string
	// handle is nil for a call that is not emulated.
	handle handler
}

// The calls about the service, a bucket and an object. The first that fits counts, so those without a parameter are last.
var (
	serviceCalls = []operation{
		{name: "ListBuckets", method: http.MethodGet, handle: (*Server).listBuckets},
	}
	bucketCalls = append([]operation{
		{name: "GetBucketLocation", method: http.MethodGet, parameter: "location", handle: (*Server).getBucketLocation},
		{name: "GetBucketVersioning", method: http.MethodGet, parameter: "versioning", handle: (*Server).getBucketVersioning},
		{name: "PutBucketVersioning", method: http.MethodPut, parameter: "versioning", handle: (*Server).putBucketVersioning},
		{name: "GetBucketNotificationConfiguration", method: http.MethodGet, parameter: "notification", handle: (*Server).getNotifications},
		{name: "PutBucketNotificationConfiguration", method: http.MethodPut, parameter: "notification", handle: (*Server).putNotifications},
		{name: "ListObjectVersions", method: http.MethodGet, parameter: "versions", handle: (*Server).listObjectVersions},
		{name: "ListMultipartUploads", method: http.MethodGet, parameter: "uploads", handle: (*Server).listMultipartUploads},
		{name: "DeleteObjects", method: http.MethodPost, parameter: "delete", handle: (*Server).deleteObjects},
	}, append(bucketCallsNotEmulated(), []operation{
		{name: "ListObjectsV2", method: http.MethodGet, parameter: "list-type", handle: (*Server).listObjectsV2},
		{name: "ListObjects", method: http.MethodGet, handle: (*Server).listObjects},
		{name: "CreateBucket", method: http.MethodPut, handle: (*Server).createBucket},
		{name: "HeadBucket", method: http.MethodHead, handle: (*Server).headBucket},
		{name: "DeleteBucket", method: http.MethodDelete, handle: (*Server).deleteBucket},
		{name: "PostObject", method: http.MethodPost},
	}...)...)
	objectCalls = []operation{
		{name: "GetObjectTagging", method: http.MethodGet, parameter: "tagging", handle: (*Server).getObjectTagging},
		{name: "PutObjectTagging", method: http.MethodPut, parameter: "tagging", handle: (*Server).putObjectTagging},
		{name: "DeleteObjectTagging", method: http.MethodDelete, parameter: "tagging", handle: (*Server).deleteObjectTagging},
		{name: "GetObjectAttributes", method: http.MethodGet, parameter: "attributes", handle: (*Server).getObjectAttributes},
		{name: "CreateMultipartUpload", method: http.MethodPost, parameter: "uploads", handle: (*Server).createMultipartUpload},
		{name: "UploadPartCopy", method: http.MethodPut, parameter: "uploadId", header: copySource, handle: (*Server).uploadPartCopy},
		{name: "UploadPart", method: http.MethodPut, parameter: "uploadId", handle: (*Server).uploadPart},
		{name: "ListParts", method: http.MethodGet, parameter: "uploadId", handle: (*Server).listParts},
		{name: "CompleteMultipartUpload", method: http.MethodPost, parameter: "uploadId", handle: (*Server).completeMultipartUpload},
		{name: "AbortMultipartUpload", method: http.MethodDelete, parameter: "uploadId", handle: (*Server).abortMultipartUpload},
		{name: "GetObjectAcl", method: http.MethodGet, parameter: "acl"},
		{name: "PutObjectAcl", method: http.MethodPut, parameter: "acl"},
		{name: "GetObjectLegalHold", method: http.MethodGet, parameter: "legal-hold"},
		{name: "PutObjectLegalHold", method: http.MethodPut, parameter: "legal-hold"},
		{name: "GetObjectRetention", method: http.MethodGet, parameter: "retention"},
		{name: "PutObjectRetention", method: http.MethodPut, parameter: "retention"},
		{name: "GetObjectTorrent", method: http.MethodGet, parameter: "torrent"},
		{name: "RestoreObject", method: http.MethodPost, parameter: "restore"},
		{name: "SelectObjectContent", method: http.MethodPost, parameter: "select"},
		{name: "UpdateObjectEncryption", method: http.MethodPut, parameter: "encryption"},
		{name: "RenameObject", method: http.MethodPut, parameter: "renameObject"},
		{name: "GetObject", method: http.MethodGet, handle: (*Server).getObject},
		{name: "HeadObject", method: http.MethodHead, handle: (*Server).headObject},
		{name: "CopyObject", method: http.MethodPut, header: copySource, handle: (*Server).copyObject},
		{name: "PutObject", method: http.MethodPut, handle: (*Server).putObject},
		{name: "DeleteObject", method: http.MethodDelete, handle: (*Server).deleteObject},
	}
)

// bucketCallsNotEmulated are the settings of a bucket that this server has no use for.
func bucketCallsNotEmulated() []operation {
	settings := []struct{ parameter, noun string }{
		{"abac", "BucketAbac"},
		{"accelerate", "BucketAccelerateConfiguration"},
		{"acl", "BucketAcl"},
		{"analytics", "BucketAnalyticsConfiguration"},
		{"cors", "BucketCors"},
		{"encryption", "BucketEncryption"},
		{"intelligent-tiering", "BucketIntelligentTieringConfiguration"},
		{"inventory", "BucketInventoryConfiguration"},
		{"lifecycle", "BucketLifecycleConfiguration"},
		{"logging", "BucketLogging"},
		{"metadataConfiguration", "BucketMetadataConfiguration"},
		{"metadataTable", "BucketMetadataTableConfiguration"},
		{"metrics", "BucketMetricsConfiguration"},
		{"object-lock", "ObjectLockConfiguration"},
		{"ownershipControls", "BucketOwnershipControls"},
		{"policy", "BucketPolicy"},
		{"policyStatus", "BucketPolicyStatus"},
		{"publicAccessBlock", "PublicAccessBlock"},
		{"replication", "BucketReplication"},
		{"requestPayment", "BucketRequestPayment"},
		{"tagging", "BucketTagging"},
		{"website", "BucketWebsite"},
	}
	verbs := map[string]string{http.MethodGet: "Get", http.MethodPut: "Put", http.MethodDelete: "Delete"}
	var calls []operation
	for _, setting := range settings {
		for method, verb := range verbs {
			calls = append(calls, operation{name: verb + setting.noun, method: method, parameter: setting.parameter})
		}
	}
	return calls
}

// headersNotEmulated ask for what this server would silently not do.
var headersNotEmulated = []string{
	"x-amz-server-side-encryption-customer-algorithm",
	"x-amz-bucket-object-lock-enabled",
	"x-amz-object-lock-mode",
	"x-amz-object-lock-legal-hold",
	"x-amz-write-offset-bytes",
}

func operationOf(r *request) (operation, error) {
	calls := objectCalls
	switch {
	case r.bucket == "":
		calls = serviceCalls
	case r.key == "":
		calls = bucketCalls
	}
	for _, op := range calls {
		if op.method == r.Method && (op.parameter == "" || r.query.Has(op.parameter)) && (op.header == "" || r.Header.Get(op.header) != "") {
			return op, nil
		}
	}
	return operation{}, &apiError{
		Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowed",
		Message: "The specified method is not allowed against this resource.",
	}
}
