package stack

import (
	"net"
	"testing"
)

func TestATakenPortIsPassedBy(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:0", ":0"} {
		other, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		taken := other.Addr().(*net.TCPAddr).Port
		ours, err := listen(taken)
		if err != nil {
			t.Fatal(err)
		}
		defer ours.Close()
		if got := ours.Addr().(*net.TCPAddr); got.Port <= taken || !got.IP.IsLoopback() {
			t.Errorf("listening on %s, want the loopback, and a port above %d", got, taken)
		}
	}
}
