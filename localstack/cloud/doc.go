// Package cloud is the embedded local cloud: a SAM template in, the AWS that it describes on one port out.
//
// [Open] reads the template and makes what it says; the [Cloud] is an http.Handler that AWS's SDKs and CLI can talk to, and
// [Cloud.Start] sets the pollers and the rules going. Each service is a package of its own:
//
//	template  infra/sam/template.yaml → typed resources
//	s3        objects and their versions; notifications → lambda, sqs
//	sqs       queues
//	lambda    functions as processes; asynchronous invocations; queues → functions
//	events    rules → lambda
//	sts       who am I
//	faults    what goes wrong, on purpose: PUT /_acequia/faults
//
// A 200 for PUT, SendMessage or an asynchronous Invoke means that object, notification, message and event survive kill -9.
// It is for one machine, for development and tests: it does not check who calls, it does not encrypt, and it has no more
// room than a disk has. When not to use it: for anything whose data would be missed.
package cloud
