package postgres

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// oldest is the oldest major version that is used: older ones get no fixes any more.
const oldest = 14

// binaries is a directory with the programs postgres and initdb of one major version.
type binaries struct {
	dir   string
	major int
}

// places are where servers are installed beside the PATH: Debian and Ubuntu, Fedora and its kin, Alpine, Homebrew on both
// kinds of Mac and on Linux, Postgres.app.
var places = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/libexec/postgresql*",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findBinaries gives the first usable installation: on the PATH, then in each of the places, newest first. Data that
// exists already runs only under its own major version; 0 is any.
func findBinaries(ctx context.Context, major int, places []string) (binaries, bool) {
	for _, dirs := range append([][]string{onPath()}, globs(places)...) {
		var found []binaries
		for _, dir := range dirs {
			if b, ok := usable(ctx, dir); ok && (major == 0 || b.major == major) {
				found = append(found, b)
			}
		}
		if len(found) > 0 {
			return slices.MaxFunc(found, func(a, b binaries) int { return cmp.Compare(a.major, b.major) }), true
		}
	}
	return binaries{}, false
}

// onPath gives the directories of the server's programs on the PATH. They are often links to where all of them lie.
func onPath() []string {
	var dirs []string
	for _, program := range []string{"postgres", "initdb", "pg_ctl"} {
		path, err := exec.LookPath(program)
		if err != nil {
			continue
		}
		if program, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(program))
		}
	}
	return slices.Compact(dirs)
}

func globs(patterns []string) [][]string {
	var all [][]string
	for _, pattern := range patterns {
		// A malformed pattern is the only error, and these are constants.
		if dirs, err := filepath.Glob(pattern); err == nil {
			all = append(all, dirs)
		}
	}
	return all
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// usable tells whether dir holds both programs, in a version that is not too old.
func usable(ctx context.Context, dir string) (binaries, bool) {
	if info, err := os.Stat(filepath.Join(dir, "initdb")); err != nil || info.Mode()&0o111 == 0 {
		return binaries{}, false
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return binaries{}, false
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return binaries{}, false
	}
	major, err := strconv.Atoi(string(match[1]))
	return binaries{dir, major}, err == nil && major >= oldest
}

// obtain finds binaries, or installs or downloads them, in this order.
func (c *cluster) obtain(ctx context.Context) (binaries, error) {
	downloaded := filepath.Join(c.home, "binaries")
	search := append(slices.Clone(places), filepath.Join(downloaded, "bin"))
	major := c.major()
	if b, ok := findBinaries(ctx, major, search); ok {
		return b, nil
	}
	if major != 0 {
		return binaries{}, fmt.Errorf("the data in %s is of Postgres %d, which is not installed any more: install it, or "+
			"start afresh with make clean", c.data(), major)
	}
	installError := install(ctx, c.opt.Say)
	if b, ok := findBinaries(ctx, 0, search); ok {
		return b, nil
	}
	downloadError := download(ctx, downloaded, c.opt.Say)
	if b, ok := findBinaries(ctx, 0, search); ok {
		return b, nil
	}
	return binaries{}, fmt.Errorf("there is no Postgres server (%d or newer) on this machine, and none could be installed (%w) "+
		"or downloaded (%w): install one (Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server; "+
		"macOS: brew install postgresql@17), or set DATABASE_URL to a server of yours", oldest, installError, downloadError)
}
