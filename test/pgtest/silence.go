package pgtest

import (
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// Link is a network between a store and its database that can fall silent: what is sent then arrives nowhere, and neither side is told.
type Link struct {
	// URL names the database at the other end.
	URL string

	listener net.Listener
	silent   atomic.Bool
	copying  sync.WaitGroup
	mu       sync.Mutex
	conns    []net.Conn
}

// NewLink gives a link to the database of that URL, until it is closed, or the test has ended.
func NewLink(t testing.TB, databaseURL string) *Link {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	l := &Link{}
	if l.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	server := u.Host
	u.Host = l.listener.Addr().String()
	l.URL = u.String()
	l.copying.Go(func() { l.serve(t, server) })
	return l
}

// Silence lets nothing pass any more. Connections stay, and new ones are taken, as if somebody were there.
func (l *Link) Silence() { l.silent.Store(true) }

// Close ends the connections, so that nobody waits for them.
func (l *Link) Close() {
	l.listener.Close()
	l.mu.Lock()
	for _, conn := range l.conns {
		conn.Close()
	}
	l.mu.Unlock()
	l.copying.Wait()
}

func (l *Link) serve(t testing.TB, server string) {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.keep(near)
		if l.silent.Load() {
			continue
		}
		far, err := net.Dial("tcp", server)
		if err != nil {
			t.Errorf("connecting to the database: %v", err)
			continue
		}
		l.keep(far)
		l.copying.Go(func() { l.forward(far, near) })
		l.copying.Go(func() { l.forward(near, far) })
	}
}

func (l *Link) keep(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, conn)
}

// forward passes on what comes, until the link is silent or one of the two is gone.
func (l *Link) forward(to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if l.silent.Load() {
			return
		}
		if _, writeErr := to.Write(buffer[:n]); err != nil || writeErr != nil {
			to.Close()
			return
		}
	}
}
