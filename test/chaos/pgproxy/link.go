package pgproxy

import (
	"bufio"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// link is a client's connection with the server's that it goes on in.
type link struct {
	proxy          *Proxy
	client, server net.Conn
	number         uint64
	// deaf lets no answer through any more: when the server has said that it is done, the link is cut.
	deaf atomic.Bool
	// answering is held while an answer passes, and while a message does that meets a fault: what comes after the message comes
	// before its answer.
	answering sync.Mutex
}

// deafness bounds how long a link is deaf: a server that waits for more of the client never says that it is done.
const deafness = time.Second

func newLink(p *Proxy, client, server net.Conn, number uint64) *link {
	return &link{proxy: p, client: client, server: server, number: number}
}

// run carries messages in both directions until one of them ends.
func (l *link) run() {
	var both sync.WaitGroup
	both.Go(func() {
		defer l.cut()
		l.ask(l.random(0))
	})
	both.Go(func() {
		defer l.cut()
		l.answer(l.random(1))
	})
	both.Wait()
}

// random gives a direction of the link its own numbers: what one draws does not depend on how fast the other is.
func (l *link) random(direction uint64) *rand.Rand {
	return rand.New(rand.NewPCG(l.proxy.current().Seed, 2*l.number+direction))
}

func (l *link) cut() {
	l.client.Close()
	l.server.Close()
}

// ask carries the client's messages.
func (l *link) ask(random *rand.Rand) {
	from, to := bufio.NewReader(l.client), bufio.NewWriter(l.server)
	for first := true; ; first = false {
		m, err := readMessage(from, first)
		if err != nil {
			return
		}
		faults := l.proxy.current()
		kind := faults.atClient(random, m)
		if !l.before(kind, faults, random) {
			return
		}
		if !l.say(m, to, from.Buffered() == 0, kind, faults) {
			return
		}
	}
}

// say passes a message on with the fault that comes after it, and tells whether the link goes on.
func (l *link) say(m message, to *bufio.Writer, last bool, kind Kind, faults Faults) bool {
	if kind != "" {
		l.answering.Lock()
		defer l.answering.Unlock()
	}
	// Who writes to a connection that is gone hears of it when reading.
	_, _ = to.Write(m.raw)
	if kind != "" || last {
		_ = to.Flush()
	}
	goesOn := l.after(kind, faults)
	if !goesOn {
		l.cut()
	}
	return goesOn
}

// before does a fault that comes before the message, and tells whether the message goes on.
func (l *link) before(kind Kind, faults Faults, random *rand.Rand) bool {
	switch kind {
	case CutBefore, HalfOpen, Stalled:
	case KillBefore:
		if !faults.kill(l.client.RemoteAddr()) {
			return true
		}
	default:
		return true
	}
	l.proxy.count(kind)
	switch kind {
	case HalfOpen:
		l.client.Close()
		time.Sleep(faults.while(random))
	case Stalled:
		time.Sleep(faults.while(random))
		return true
	}
	return false
}

// after does a fault that comes after the message, and tells whether the link goes on.
func (l *link) after(kind Kind, faults Faults) bool {
	switch kind {
	case CutAfter:
	case KillAfter:
		if !faults.kill(l.client.RemoteAddr()) {
			return true
		}
	case AnswerLost:
		l.deaf.Store(true)
		time.AfterFunc(deafness, l.cut)
		return true
	default:
		return true
	}
	l.proxy.count(kind)
	return false
}

// answer carries the server's messages.
func (l *link) answer(random *rand.Rand) {
	from, to := bufio.NewReader(l.server), bufio.NewWriter(l.client)
	for {
		m, err := readMessage(from, false)
		if err != nil {
			return
		}
		if !l.pass(m, to, from.Buffered() == 0, random) {
			return
		}
	}
}

// pass lets an answer through, and tells whether the link goes on.
func (l *link) pass(m message, to *bufio.Writer, last bool, random *rand.Rand) bool {
	l.answering.Lock()
	defer l.answering.Unlock()
	if l.deaf.Load() {
		if m.kind != readyForQuery {
			return true
		}
		l.proxy.count(AnswerLost)
		return false
	}
	_, _ = to.Write(m.raw)
	kind := l.proxy.current().atServer(random)
	if kind != "" || last {
		_ = to.Flush()
	}
	if kind != CutAnswer {
		return true
	}
	l.proxy.count(kind)
	return false
}
