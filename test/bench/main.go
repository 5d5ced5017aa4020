package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
)

// options are what a person may choose.
type options struct {
	rows   int64
	rounds int
	big    bool
	only   *regexp.Regexp
}

// wants tells whether a measurement, or a part of it, is asked for.
func (o options) wants(name string) bool {
	return o.only.MatchString(name) || name == "race" && strings.HasPrefix(o.only.String(), "race/")
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	opt, err := parse(os.Args[1:])
	if err != nil {
		os.Exit(2) // the flag package has said why
	}
	if err := run(ctx, os.Stdout, os.Stderr, opt); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (opt options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.Int64Var(&opt.rows, "rows", 1_000_000, "how many records a contender loads in one go")
	flags.IntVar(&opt.rounds, "rounds", 5, "how often each contender's turn comes")
	flags.BoolVar(&opt.big, "big", false, "grow to 20 million rows and a table of 50 million")
	only := flags.String("only", "", "run only the measurements (race, growth, again, latency) and the race's contenders (race/their name) that match this regular expression")
	if err = flags.Parse(args); err != nil {
		return opt, err
	}
	opt.only, err = regexp.Compile(*only)
	return opt, err
}

// run measures everything and prints it.
func run(ctx context.Context, out, progress io.Writer, opt options) (err error) {
	b, err := start(ctx, out, terminalProgress(progress))
	if b != nil {
		defer func() {
			if stopping := b.stop(); err == nil {
				err = stopping
			}
		}()
	}
	if err != nil {
		return err
	}
	if err := b.warmUp(ctx); err != nil {
		return err
	}
	for _, m := range measurements {
		if !opt.wants(m.name) {
			continue
		}
		if err := m.run(b, ctx, opt); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// terminalProgress shows what is being done in one line that is written over.
func terminalProgress(w io.Writer) func(string, ...any) {
	return func(format string, args ...any) { fmt.Fprintf(w, "bench: "+format+"\n", args...) }
}
