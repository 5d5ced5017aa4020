package stack

import (
	"fmt"
	"net"
	"strconv"
	"time"
)

// DefaultPort is where clients of emulators of AWS look for one.
const DefaultPort = 4566

// listen listens on the loopback interface, on the first port from first on that nobody else listens on.
func listen(first int) (net.Listener, error) {
	for port := first; port < first+100; port++ {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if answers(address) {
			continue
		}
		if l, err := net.Listen("tcp", address); err == nil {
			return l, nil
		}
	}
	return nil, fmt.Errorf("no free port for the local cloud between %d and %d", first, first+99)
}

// answers tells whether somebody listens on the address. Some systems would let us listen beside one who listens on all
// interfaces, and take his connections away.
func answers(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}
