package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// prepare makes the data if there is none. A half-made one, from an initdb that was interrupted, is made anew.
func (c *cluster) prepare(ctx context.Context) error {
	if c.major() != 0 {
		return nil
	}
	bin, err := c.obtain(ctx)
	if err != nil {
		return err
	}
	if err := c.settle(); err != nil { // an installation may have brought the account postgres
		return err
	}
	home, err := os.OpenRoot(c.home)
	if err != nil {
		return err
	}
	defer func() { _ = home.Close() }()
	if err := errors.Join(home.RemoveAll("data.new"), home.RemoveAll("data")); err != nil {
		return err
	}
	if err := c.initdb(home, bin); err != nil {
		return err
	}
	conf, err := home.OpenFile("data.new/postgresql.conf", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = io.WriteString(conf, "\ninclude_if_exists = '"+confName+"'\n")
	if err := errors.Join(err, conf.Close()); err != nil {
		return fmt.Errorf("configuring the private Postgres: %w", err)
	}
	return home.Rename("data.new", "data")
}

// initdb makes the data in data.new. Text sorts by its bytes, as the keys of records do; letters are those of Unicode
// where the system knows them.
func (c *cluster) initdb(home *os.Root, bin binaries) error {
	const passwordFile = "password"
	if err := home.WriteFile(passwordFile, []byte(c.settings.Password+"\n"), 0o600); err != nil {
		return err
	}
	defer func() { _ = home.Remove(passwordFile) }()
	if err := c.account.give(home, passwordFile); err != nil {
		return err
	}
	args := []string{
		"--pgdata", filepath.Join(c.home, "data.new"), "--username", user,
		"--pwfile", filepath.Join(c.home, passwordFile), "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
	}
	if c.opt.Disposable {
		args = append(args, "--no-sync")
	}
	var out []byte
	var err error
	for _, letters := range []string{"C.UTF-8", "C"} {
		out, err = c.account.command(filepath.Join(bin.dir, "initdb"), append(args, "--lc-ctype", letters)...).CombinedOutput()
		if err == nil {
			return nil
		}
		if err := home.RemoveAll("data.new"); err != nil {
			return err
		}
	}
	return fmt.Errorf("initdb in %s: %w: %s", bin.dir, err, lastLine(out))
}
