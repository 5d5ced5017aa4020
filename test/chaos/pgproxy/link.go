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
		// Who writes to a connection that is gone hears of it when reading.
		_, _ = to.Write(m.raw)
		if kind != "" || from.Buffered() == 0 {
			_ = to.Flush()
		}
		if !l.after(kind, faults) {
			return
		}
	}
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
		if l.deaf.Load() {
			if m.kind == readyForQuery {
				l.proxy.count(AnswerLost)
				return
			}
			continue
		}
		_, _ = to.Write(m.raw)
		kind := l.proxy.current().atServer(random)
		if kind != "" || from.Buffered() == 0 {
			_ = to.Flush()
		}
		if kind == CutAnswer {
			l.proxy.count(kind)
			return
		}
	}
}
