package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is whom the server runs as; nil is the caller.
type account struct {
	uid, gid uint32
}

// chooseAccount gives the account for a server whose data is, or will be, at data. The owner of existing data stays its
// owner. initdb and postgres refuse to run as root, so root needs somebody else for it.
func chooseAccount(data string) (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // The nil account is the caller.
	}
	if who, err := owner(data); err == nil && who.uid != 0 {
		return &who, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := osuser.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseInt(u.Uid, 10, 64)
		gid, errGID := strconv.ParseInt(u.Gid, 10, 64)
		return &account{uint32(uid), uint32(gid)}, errors.Join(errUID, errGID)
	}
	return nil, errors.New("a Postgres server does not run as root, and there is neither an account postgres nor one " +
		"nobody: create one, or run this as an ordinary user")
}

func owner(path string) (account, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return account{}, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return account{}, fmt.Errorf("%s: who owns it cannot be seen on this system", path)
	}
	return account{stat.Uid, stat.Gid}, nil
}

// command prepares a program to run as the account, in a place that everybody can enter, away from the caller's
// environment: PGPORT and its kin would change what the server does.
func (a *account) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...) //nolint:noctx // Ending it with the context would leave a half-made cluster.
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return cmd
}

// give makes the account the owner of a path below root.
func (a *account) give(root *os.Root, name string) error {
	if a == nil {
		return nil
	}
	return root.Lchown(name, int(a.uid), int(a.gid))
}

// makeHome makes the directory that is the account's own, at dir/cluster, or in /var/tmp with a link to it where the
// account cannot pass through dir.
func (a *account) makeHome(dir string) (string, error) {
	home, linked := homeOf(dir)
	if a == nil {
		return home, os.MkdirAll(home, 0o700)
	}
	if !linked && !a.reaches(dir) {
		sum := sha256.Sum256([]byte(dir))
		elsewhere := "/var/tmp/acequia-" + hex.EncodeToString(sum[:6])
		if err := os.Symlink(elsewhere, home); err != nil {
			return "", err
		}
		home = elsewhere
	}
	if err := os.Mkdir(home, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	// Anybody may write in /var/tmp: what lies there under our name may be a trap.
	who, err := owner(home)
	if err != nil {
		return "", err
	}
	if info, err := os.Lstat(home); err != nil || !info.IsDir() || who.uid != 0 && who.uid != a.uid {
		return "", errors.Join(err, fmt.Errorf("%s, where the private Postgres's data should go, belongs to somebody else: "+
			"remove it", home))
	}
	return home, os.Lchown(home, int(a.uid), int(a.gid))
}

// homeOf gives the place of the server's data, and whether dir only links to it.
func homeOf(dir string) (home string, linked bool) {
	home = filepath.Join(dir, "cluster")
	if target, err := os.Readlink(home); err == nil {
		return target, true
	}
	return home, false
}

// reaches tells whether the account may pass through dir and all directories above it.
func (a *account) reaches(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil {
			return false
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return false
		}
		pass := info.Mode().Perm() & 0o001
		switch {
		case stat.Uid == a.uid:
			pass = info.Mode().Perm() & 0o100
		case stat.Gid == a.gid:
			pass = info.Mode().Perm() & 0o010
		}
		if pass == 0 {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}
