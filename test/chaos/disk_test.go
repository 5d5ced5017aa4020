package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"acequia/localstack/postgres"
)

// disk is a small file system that a seed's database lies on, so that it can be full.
type disk struct{ path string }

// diskSize leaves a new database some megabytes.
const diskSize = "24m"

// noDisk says why a disk cannot be full here; it is empty if it can. An ordinary user has nothing that only the database's
// files would run into: a quota is root's to give, and a limit on the size of files (RLIMIT_FSIZE) stops the server's log first,
// which ends the server.
func noDisk() string {
	if os.Geteuid() != 0 {
		return "only root may mount a small file system"
	}
	path, err := os.MkdirTemp("", "acequia-chaos-disk-")
	if err == nil {
		err = os.Remove(path)
	}
	if err == nil {
		err = errors.Join(disk{path}.mount(0), disk{path}.remove())
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// mount makes the disk, which the account uid owns.
func (d disk) mount(uid uint32) error {
	if err := os.Mkdir(d.path, 0o755); err != nil {
		return err
	}
	if err := mount(d.path, fmt.Sprintf("mode=0700,uid=%d,size=%s", uid, diskSize)); err != nil {
		return fmt.Errorf("mounting a small file system: %w", err)
	}
	return nil
}

// remove unmounts the disk, if it is mounted, and removes its place.
func (d disk) remove() error {
	if err := unmount(d.path); err != nil && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return os.Remove(d.path)
}

func (d disk) filler() string { return filepath.Join(d.path, "filler") }

// fill takes all that is left.
func (d disk) fill() error {
	f, err := os.Create(d.filler())
	if err != nil {
		return err
	}
	defer f.Close()
	for block := make([]byte, 4<<10); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	return nil
}

// free gives back what fill took.
func (d disk) free() error { return os.Remove(d.filler()) }

// account is whom the worker's server runs as.
func (c *cluster) account() (uint32, error) {
	state, err := postgres.Inspect(c.dir)
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(filepath.Join(state.Home, "data"))
	if err != nil {
		return 0, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, errors.New("who owns the server's data cannot be seen on this system")
	}
	return stat.Uid, nil
}

// createDatabase makes a seed's database, migrated and empty; on a disk of its own if it is to be full.
func (c *cluster) createDatabase(ctx context.Context, name string, d *disk) error {
	create := fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, template)
	if d == nil {
		return c.execute(ctx, create)
	}
	uid, err := c.account()
	if err == nil {
		err = d.mount(uid)
	}
	if err != nil {
		return err
	}
	return c.execute(ctx, fmt.Sprintf("CREATE TABLESPACE %s LOCATION '%s'", name, d.path), create+" TABLESPACE "+name)
}

func (c *cluster) dropDatabase(ctx context.Context, name string, d *disk) error {
	drop := fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name)
	if d == nil {
		return c.execute(ctx, drop)
	}
	return errors.Join(c.execute(ctx, drop, "DROP TABLESPACE IF EXISTS "+name), d.remove())
}
