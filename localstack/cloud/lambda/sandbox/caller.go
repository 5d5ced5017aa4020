package sandbox

import (
	"crypto/rand"
	"time"

	"acequia/localstack/cloud/faults"
)

// newAccessKey draws an access key for one process. It has the form of a role's temporary key, as functions have on AWS.
func newAccessKey() string { return "ASIA" + rand.Text()[:16] }

// Caller finds the process that signs its requests with an access key. kill ends it with SIGKILL, as if it had crashed, and
// returns when it is gone.
func (p *Pool) Caller(accessKey string) (kill func(), found bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for env := range p.living {
		if env.accessKey == accessKey {
			return env.crash, true
		}
	}
	return nil, false
}

func (e *environment) crash() {
	e.kill()
	<-e.exited
}

// harm lets a fault kill the process during an invocation that begins now. The caller says when it is over.
func (e *environment) harm() (over func()) {
	f, happens := e.options.Faults.Draw(faults.KillDuring)
	if !happens {
		return func() {}
	}
	timer := time.AfterFunc(f.Delay(), e.kill)
	return func() { timer.Stop() }
}
