// Command acequia-local is the command line behind the Make targets: it takes a command and gives a person a running stack
// (a private Postgres and the local cloud, made from the code in this checkout) or an answer about it.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"acequia/localstack/desk"
	"acequia/localstack/stack"
	"acequia/shared/pgstore"
)

// What a script can tell from the exit status.
const (
	exitWell    = 0
	exitNotWell = 1 // it was done and did not end well (refused, failed), or could not be done
	exitUsage   = 2
	exitTimeout = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run does what the arguments say and gives the exit status.
func run(ctx context.Context, args []string) int {
	out, errors := desk.NewTerminal(os.Stdout), desk.NewTerminal(os.Stderr)
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		return help(out, errors, args)
	}
	c, ok := find(args[0])
	if !ok {
		errors.Line("There is no command %q. acequia-local help lists them.", args[0])
		return exitUsage
	}
	err := c.call(ctx, out, args[1:])
	return explain(errors, c, err)
}

// explain says what went wrong, and gives the exit status.
func explain(out *desk.Terminal, c command, err error) int {
	var usage *desk.UsageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitWell
	case errors.Is(err, desk.ErrNotWell): // the person has read why
		return exitNotWell
	case errors.As(err, &usage):
		out.Line("%s", sentence(usage.Reason))
		out.Line("Usage: acequia-local %s", c.usage())
		return exitUsage
	case errors.Is(err, desk.ErrTimeout):
		out.Line("%s", sentence(err.Error()))
		return exitTimeout
	default:
		out.Line("%s", sentence(err.Error()))
		return exitNotWell
	}
}

// sentence makes an error's text one. It leaves an object's name that begins it as it is.
func sentence(s string) string {
	if s == "" || strings.HasPrefix(s, "s3://") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// app is what commands work with.
type app struct {
	out   *desk.Terminal
	paths stack.Paths
}

// stack gives what starts and stops the stack, and says what it does.
func (a *app) stack() *stack.Stack {
	return &stack.Stack{Paths: a.paths, Migrate: pgstore.Migrate, Say: func(s string) { a.out.Line("%s", s) }}
}

// quietly gives an app that says nothing.
func (a *app) quietly() *app { return &app{out: desk.NewPlain(io.Discard), paths: a.paths} }

// up makes everything run. chunkSize is for who did not choose one.
func (a *app) up(ctx context.Context, chunkSize int64) error {
	cfg, err := configuration(a.paths)
	if err != nil {
		return err
	}
	if chunkSize > 0 && cfg.ChunkSize == 0 {
		cfg.ChunkSize = chunkSize
	}
	_, err = a.stack().Up(ctx, cfg)
	return err
}

func help(out, errors *desk.Terminal, args []string) int {
	if len(args) > 1 {
		c, ok := find(args[1])
		if !ok {
			errors.Line("There is no command %q. acequia-local help lists them.", args[1])
			return exitUsage
		}
		c.help(out)
		return exitWell
	}
	out.Line("acequia-local runs Acequia on this machine. The Make targets call it; make help lists those.\n")
	for _, c := range commands() {
		out.Line("  %-40s%s", c.usage(), c.short)
	}
	out.Line("\nacequia-local help COMMAND says more.")
	if len(args) == 0 {
		return exitUsage
	}
	return exitWell
}
