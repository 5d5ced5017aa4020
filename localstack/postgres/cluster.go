package postgres

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cluster is the data of one private server, with what is needed to run it.
type cluster struct {
	dir      string // Start's directory
	home     string // the account's own directory
	settings settings
	account  *account
	opt      Options
}

func (c *cluster) data() string    { return filepath.Join(c.home, "data") }
func (c *cluster) logPath() string { return filepath.Join(c.home, "server.log") }

// openCluster reads the settings of dir, and makes them, with a home for the data, where there are none.
func openCluster(dir string, opt Options) (*cluster, error) {
	s, err := readSettings(dir)
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, settings: s, opt: opt}
	if err := c.settle(); err != nil {
		return nil, err
	}
	if s.Password != "" {
		return c, nil
	}
	if _, linked := homeOf(dir); linked {
		opt.Say(fmt.Sprintf("Postgres does not run as root, and its account cannot reach %s: its data goes to %s.", dir, c.home))
	}
	c.settings.Password = newPassword()
	return c, c.settings.write(dir)
}

// settle decides whom the server runs as, and makes that account's directory.
func (c *cluster) settle() (err error) {
	c.home, _ = homeOf(c.dir)
	if c.account, err = chooseAccount(c.data()); err != nil {
		return err
	}
	if c.home, err = c.account.makeHome(c.dir); err != nil {
		return fmt.Errorf("making a place for the private Postgres's data: %w", err)
	}
	return nil
}

// existing gives the cluster of dir for looking at it and stopping it; nil if there is none.
func existing(dir string) (*cluster, error) {
	s, err := readSettings(dir)
	if err != nil || s.Password == "" {
		return nil, err
	}
	home, _ := homeOf(dir)
	return &cluster{dir: dir, home: home, settings: s}, nil
}

// major gives the version that wrote the data; 0 if there is none.
func (c *cluster) major() int {
	b, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return major
}

// launch starts the server and waits until it answers. If its port was taken meanwhile, it gets another. A server that
// died a moment ago may leave children behind that hold its memory for a moment longer: then it is tried again.
func (c *cluster) launch(ctx context.Context) error {
	bin, err := c.obtain(ctx)
	if err != nil {
		return err
	}
	if err := c.forgetStranger(ctx); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		if err := c.configure(); err != nil {
			return err
		}
		if err = c.launchOnce(ctx, bin); err == nil || ctx.Err() != nil || attempt == 5 {
			return err
		}
		time.Sleep(500 * time.Millisecond)
	}
}

// configure gives the server a port that is free, and writes its configuration.
func (c *cluster) configure() error {
	port, err := freePort(max(c.settings.Port, firstPort))
	if err != nil {
		return err
	}
	if port != c.settings.Port {
		c.settings.Port = port
		if err := c.settings.write(c.dir); err != nil {
			return err
		}
	}
	data, err := os.OpenRoot(c.data())
	if err != nil {
		return err
	}
	defer func() { _ = data.Close() }()
	if err := data.WriteFile(confName, []byte(configuration(port, c.opt.Disposable)), 0o600); err != nil {
		return fmt.Errorf("configuring the private Postgres: %w", err)
	}
	return c.account.give(data, confName)
}

func (c *cluster) launchOnce(ctx context.Context, bin binaries) error {
	home, err := os.OpenRoot(c.home)
	if err != nil {
		return err
	}
	defer func() { _ = home.Close() }()
	log, err := home.OpenFile("server.log", os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	before, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	cmd := c.account.command(filepath.Join(bin.dir, "postgres"), "-D", c.data())
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	exited := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		exited <- cmp.Or(err, errors.New("it ended at once"))
	}()
	if err := c.answers(ctx, exited); err != nil {
		said, _ := io.ReadAll(io.NewSectionReader(log, before, 1<<20))
		return fmt.Errorf("%w; its log, %s, ends with: %s", err, c.logPath(), lastLine(bytes.TrimSpace(said)))
	}
	return nil
}

// answers waits until the server answers, or has exited.
func (c *cluster) answers(ctx context.Context, exited <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		err := ping(ctx, c.settings.url("postgres"))
		select {
		case status := <-exited:
			return fmt.Errorf("the private Postgres did not start: %w", status)
		default:
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the private Postgres on port %d does not answer: %w", c.settings.Port, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
