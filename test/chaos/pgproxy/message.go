package pgproxy

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// message is one message of the protocol as it travels: its type, except in a client's first, its length, its body.
type message struct {
	kind byte // 0 in a client's first message
	raw  []byte
}

// readyForQuery ends the server's answer: what was asked has been done, or has failed, for good.
const readyForQuery = 'Z'

// maxMessage bounds what is held of a message in memory.
const maxMessage = 1 << 30

var errLength = errors.New("a message of Postgres's protocol has an impossible length")

// readMessage reads one message. The first of a client has no type.
func readMessage(r *bufio.Reader, first bool) (message, error) {
	var m message
	head := 4
	if !first {
		head = 5
	}
	m.raw = make([]byte, head, 64)
	if _, err := io.ReadFull(r, m.raw); err != nil {
		return m, fmt.Errorf("reading a message's head: %w", err)
	}
	if !first {
		m.kind = m.raw[0]
	}
	length := int(binary.BigEndian.Uint32(m.raw[head-4:])) // counts itself
	if length < 4 || length > maxMessage {
		return m, errLength
	}
	m.raw = append(m.raw, make([]byte, length-4)...)
	if _, err := io.ReadFull(r, m.raw[head:]); err != nil {
		return m, fmt.Errorf("reading a message's body: %w", err)
	}
	return m, nil
}

// isCommit tells a COMMIT sent as a simple query, which is how transactions are ended.
func (m message) isCommit() bool {
	const query, text = 'Q', 5
	return m.kind == query && bytes.EqualFold(bytes.TrimRight(m.raw[text:], "\x00; "), []byte("commit"))
}
