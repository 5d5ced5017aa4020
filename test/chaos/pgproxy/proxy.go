// Package pgproxy stands between Postgres's clients and their server, takes what they say to each other message by message,
// and gives it on with faults: connections that break before a message, behind it, or when the server has carried it out and
// nobody hears; messages that are late; clients that are killed. Where is drawn from a seed.
//
// A proxy that cuts after so many bytes or milliseconds hits the few that matter, COMMIT above all, by luck only. This one
// knows where messages begin and end (https://www.postgresql.org/docs/15/protocol-message-formats.html), and no more of them.
package pgproxy

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"sync"
)

// Proxy listens on a port of the loopback interface. Its methods may be called concurrently.
type Proxy struct {
	listener net.Listener

	mu     sync.Mutex
	closed bool
	target string
	faults Faults
	links  map[*link]struct{}
	// opened numbers the links, so that each has random numbers of its own.
	opened uint64
	counts map[Kind]int
	ended  sync.WaitGroup
}

// New starts a proxy to the server at target (host:port), without faults.
func New(target string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for clients of Postgres: %w", err)
	}
	p := &Proxy{listener: listener, target: target, links: map[*link]struct{}{}, counts: map[Kind]int{}}
	p.ended.Go(p.accept)
	return p, nil
}

// Addr is where clients connect to.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// SetTarget names the server that further connections go to.
func (p *Proxy) SetTarget(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

// SetFaults sets the faults for all connections, those that are open too. The zero value ends them.
func (p *Proxy) SetFaults(f Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = f
}

// Counts tells how often each fault was done.
func (p *Proxy) Counts() map[Kind]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.counts)
}

// Close cuts all connections and takes no more.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	p.listener.Close()
	for l := range p.links {
		l.cut()
	}
	p.mu.Unlock()
	p.ended.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			p.ended.Go(func() { p.serve(client) })
		}
	}
}

// serve joins a client with the server until either leaves, or is cut.
func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return // the client sees a connection that breaks, as when the server is away
	}
	defer server.Close()
	l, ok := p.join(client, server)
	if !ok {
		return
	}
	l.run()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

func (p *Proxy) join(client, server net.Conn) (*link, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, false
	}
	p.opened++
	l := newLink(p, client, server, p.opened)
	p.links[l] = struct{}{}
	return l, true
}

// current gives the faults in force.
func (p *Proxy) current() Faults {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.faults
}

func (p *Proxy) count(k Kind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[k]++
}
