package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	embedded "github.com/fergusstrange/embedded-postgres"
)

// installScript installs Debian's package. The package would start a cluster of its own on port 5432, which nobody asked
// for: a file in createcluster.d (postgresql-common 170, 2015) keeps it from that, and is removed again. The lists of
// packages are fetched only if the package is not known, or has moved, since that is the slow part.
const installScript = `
set -e
export DEBIAN_FRONTEND=noninteractive
drop=/etc/postgresql-common/createcluster.d
mkdir -p "$drop"
trap 'rm -f "$drop/acequia.conf"' EXIT
echo 'create_main_cluster = false' >"$drop/acequia.conf"
get() { apt-get install --quiet --yes --no-install-recommends postgresql; }
get || { apt-get update --quiet && get; }
`

// install installs a server with apt, as root or with a sudo that asks for no password.
func install(ctx context.Context, say func(string)) error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return errors.New("there is no apt-get")
	}
	shell := []string{"sh", "-c", installScript}
	if os.Geteuid() != 0 {
		if err := exec.CommandContext(ctx, "sudo", "-n", "true").Run(); err != nil {
			return errors.New("that takes root, or sudo without a password")
		}
		shell = append([]string{"sudo", "-n"}, shell...)
	}
	say("No Postgres server found: installing the package postgresql (no cluster of its own is created or started).")
	out, err := exec.CommandContext(ctx, shell[0], shell[1:]...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("apt-get: %w: %s", err, lastLine(out))
	}
	return nil
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// download puts the binaries that embedded-postgres fetches from Maven Central into dir. The library has no call for that
// alone: it starts a server, too, which is stopped again; for root it fails to, since that server would run as the caller,
// but only after the binaries are in place. So what counts is not its error but what lies in dir afterwards.
func download(ctx context.Context, dir string, say func(string)) error {
	say("No Postgres server found or installed: downloading one (about 30 MB) from Maven Central.")
	scratch, err := os.MkdirTemp("", "acequia-postgres-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	port, err := freePort(firstPort)
	if err != nil {
		return err
	}
	var out strings.Builder
	fresh := dir + ".new" // so that a download that was interrupted is not taken for a whole one
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	server := embedded.NewDatabase(embedded.DefaultConfig().Version(embedded.V17).Port(uint32(port)).
		BinariesPath(fresh).CachePath(scratch + "/cache").RuntimePath(scratch + "/run").DataPath(scratch + "/data").
		StartTimeout(time.Minute).Logger(&out))
	started := server.Start()
	if started == nil {
		started = server.Stop()
	}
	if _, ok := usable(ctx, filepath.Join(fresh, "bin")); !ok {
		return cmp.Or(started, errors.New("what was downloaded does not run here"))
	}
	return errors.Join(os.RemoveAll(dir), os.Rename(fresh, dir))
}
