package faults

import (
	"io"
	"net/http"
)

// call is a request on its way to a service.
type call struct {
	w       http.ResponseWriter
	r       *http.Request
	service http.Handler
	// kill ends the process that makes the request; it returns when the process is gone.
	kill func()
}

// misfortune is what may befall a request.
type misfortune struct {
	kind Kind
	// fits tells which requests are opportunities; nil means all.
	fits func(*http.Request) bool
	// befall answers in place of the service.
	befall func(call, Fault)
}

// befalls holds what may befall the requests of a service, by its name. The first that happens is the only one.
var befalls = map[string][]misfortune{
	"s3": {
		{kind: KillBefore, befall: killBefore},
		{kind: S3SlowDown, befall: refuseS3(http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")},
		{kind: S3InternalError, befall: refuseS3(http.StatusInternalServerError, "InternalError",
			"We encountered an internal error. Please try again.")},
		{kind: S3Stalled, befall: stall},
		{kind: S3RequestCut, fits: hasBody, befall: cutRequest},
		{kind: S3AnswerCut, befall: cutAnswer},
		{kind: KillAfter, befall: killAfter},
	},
	"sqs": {
		{kind: KillBefore, befall: killBefore},
		{kind: SQSUnavailable, befall: refuseSQS(http.StatusServiceUnavailable, "ServiceUnavailable", "Receiver",
			"The request has failed due to a temporary failure of the server.")},
		{kind: SQSThrottled, befall: refuseSQS(http.StatusBadRequest, "RequestThrottled", "Sender",
			"The request was denied due to request throttling.")},
		{kind: SQSStalled, befall: stall},
		{kind: SQSAnswerCut, befall: cutAnswer},
		{kind: KillAfter, befall: killAfter},
	},
	"lambda": {
		{kind: KillBefore, befall: killBefore},
		{kind: KillAfter, befall: killAfter},
	},
}

// Serve answers a request of a function for the service of this name, as the service does or as the plan wants. kill ends the
// process that makes the request, with SIGKILL, and returns when it is gone. Like the service, Serve may panic with
// [http.ErrAbortHandler], which closes the connection.
func (i *Injector) Serve(w http.ResponseWriter, r *http.Request, name string, service http.Handler, kill func()) {
	for _, m := range befalls[name] {
		if m.fits != nil && !m.fits(r) {
			continue
		}
		if f, happens := i.Draw(m.kind); happens {
			m.befall(call{w, r, service, kill}, f)
			return
		}
	}
	service.ServeHTTP(w, r)
}

func hasBody(r *http.Request) bool { return r.ContentLength > 0 }

// carryOut lets the service do what the request asks, and tells nobody.
func (c call) carryOut() { c.service.ServeHTTP(&unheard{header: http.Header{}}, c.r) }

// hangUp closes the connection without an answer.
func hangUp() { panic(http.ErrAbortHandler) }

func killBefore(c call, _ Fault) {
	c.kill()
	hangUp()
}

func killAfter(c call, _ Fault) {
	c.carryOut()
	c.kill()
	hangUp()
}

func stall(c call, f Fault) {
	if f.Below(2) == 0 {
		c.carryOut()
	}
	_ = f.Wait(c.r.Context()) // who does not wait has gone
	hangUp()
}

func cutRequest(c call, f Fault) {
	c.r.Body = &cutBody{ReadCloser: c.r.Body, left: f.Below(c.r.ContentLength)}
	c.carryOut()
	hangUp()
}

// cutBody is a request's body that ends early, as it does when the client's connection breaks.
type cutBody struct {
	io.ReadCloser
	left int64
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func cutAnswer(c call, f Fault) {
	cut := &cutAnswerWriter{ResponseWriter: c.w, fault: f}
	c.service.ServeHTTP(cut, c.r)
	cut.flush()
	hangUp()
}
