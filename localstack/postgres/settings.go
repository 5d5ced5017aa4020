package postgres

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	// user is the superuser of a private server, database the one that Start's URL names.
	user     = "acequia"
	database = "acequia"
	// firstPort is where the search for a free port begins: beside Postgres's own 5432, below the range from which
	// systems draw the ports of outgoing connections, which would come and go there.
	firstPort = 15432
)

// settings are what must be known to start a directory's server again, kept in server.json. They hold the password, so
// only the caller may read them.
type settings struct {
	Port     int    `json:"port"`
	Password string `json:"password"`
}

func settingsPath(dir string) string { return filepath.Join(dir, "server.json") }

// readSettings gives the settings of dir; those of a directory without a server are empty.
func readSettings(dir string) (settings, error) {
	var s settings
	b, err := os.ReadFile(settingsPath(dir))
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("reading the private Postgres's settings: %w", err)
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("%s is damaged (make clean removes it, and the data): %w", settingsPath(dir), err)
	}
	return s, nil
}

// write replaces the settings of dir in one step, so that a crash leaves the old or the new ones.
func (s settings) write(dir string) error {
	b, err := json.MarshalIndent(s, "", "  ") //nolint:gosec // The password of a server on the loopback; the file is 0600.
	if err != nil {
		return err
	}
	fresh := settingsPath(dir) + ".new"
	if err := os.WriteFile(fresh, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("keeping the private Postgres's settings: %w", err)
	}
	return os.Rename(fresh, settingsPath(dir))
}

func (s settings) url(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, s.Password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// issued tells whether the URL is one that Start gave for this directory, maybe with a port of an earlier day.
func (s settings) issued(databaseURL string) bool {
	u, err := url.Parse(databaseURL)
	if err != nil || s.Password == "" {
		return false
	}
	password, _ := u.User.Password()
	return u.User.Username() == user && password == s.Password
}

func newPassword() string { return rand.Text() }

// freePort gives the first port from first on that nobody listens on.
func freePort(first int) (int, error) {
	for port := first; port < first+1000; port++ {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return 0, fmt.Errorf("no free port for Postgres between %d and %d", first, first+999)
}

// lock lets one process at a time start or stop the server of dir. The kernel releases it if the process dies.
func lock(dir string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the private Postgres's directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", f.Name(), err), f.Close())
	}
	return func() { f.Close() }, nil
}
