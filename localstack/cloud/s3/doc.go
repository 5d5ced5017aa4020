// Package s3 takes S3's REST requests and gives S3's answers, from buckets that it keeps under one directory: the object
// store of the embedded local cloud, for one machine, for development and tests.
//
// It MUST keep exact keys (spaces, "a//b", "foo" beside "foo/bar"), exact version semantics (enabled, suspended, never
// enabled), S3's conditional requests, its checksums in headers and trailers, and its notifications. It refuses a call that it
// does not emulate with the error NotImplemented, which names the call. Signatures are not verified, and there is one owner.
//
// Where it is less than S3: access control lists and policies are not evaluated, a copy of any size is one request, and a key
// with a control character is listed exactly only with encoding-type=url, because XML 1.0 cannot hold it; what functions write
// has an ETag that is no MD5, as under KMS (see WithOpaqueETag). Where it is more: DeleteObjects is one transaction.
//
// What a 200 promises: object and notification survive kill -9 of the process. They do not survive a loss of power, because
// nothing is forced to disk: files and index are in the page cache of the operating system when the answer is sent.
//
// The state is an index (bbolt, one file) and one randomly named file per PUT or uploaded part. A request streams its body
// into a new file, and then one transaction of the index checks the request's condition, draws the sequence number, applies the
// bucket's versioning and writes the version and the notification's outbox row. A file that the index does not name, because
// the process ended before that transaction or before the file of a replaced version was unlinked, is deleted by Open.
package s3
