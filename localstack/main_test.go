package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"

	"acequia/localstack/desk"
)

func TestExitStatusTellsHowItEnded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want int
		said string
	}{
		{nil, exitWell, ""},
		{flag.ErrHelp, exitWell, ""},
		{desk.ErrNotWell, exitNotWell, ""},
		{errors.Join(desk.ErrNotWell, nil), exitNotWell, ""},
		{errors.New("no Postgres"), exitNotWell, "No Postgres\n"},
		{&desk.UsageError{Reason: "which file?"}, exitUsage, "Which file?\nUsage: acequia-local upload FILE DATASET [KEY]\n"},
		{fmt.Errorf("sales/x: %w", desk.ErrTimeout), exitTimeout, "Sales/x: it takes longer than it may\n"},
	} {
		var out bytes.Buffer
		upload, _ := find("upload")
		if got := explain(desk.NewPlain(&out), upload, c.err); got != c.want || out.String() != c.said {
			t.Errorf("%v: status %d, said %q; want %d, %q", c.err, got, out.String(), c.want, c.said)
		}
	}
}

func TestEveryCommandHelps(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		for _, args := range [][]string{{"-h"}, {"--help"}} {
			var out bytes.Buffer
			err := c.call(t.Context(), desk.NewPlain(&out), args)
			if !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), c.usage()) || !strings.Contains(out.String(), c.short) {
				t.Errorf("%s %v: %v, said %q", c.name, args, err, out.String())
			}
		}
		var usage *desk.UsageError
		if err := c.call(t.Context(), desk.NewPlain(&bytes.Buffer{}), []string{"-nonsense"}); !errors.As(err, &usage) {
			t.Errorf("%s -nonsense: %v, want a usage error", c.name, err)
		}
		if err := c.call(t.Context(), desk.NewPlain(&bytes.Buffer{}), strings.Fields("a b c d e")); !errors.As(err, &usage) {
			t.Errorf("%s with five arguments: %v, want a usage error", c.name, err)
		}
	}
}

func TestTheCommandLineNeedsACommand(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]int{"": exitUsage, "nonsense": exitUsage, "help nonsense": exitUsage} {
		if got := run(t.Context(), strings.Fields(args)); got != want {
			t.Errorf("%q: status %d, want %d", args, got, want)
		}
	}
}
