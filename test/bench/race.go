package main

import (
	"context"
	"os/exec"
)

// measurements are what bench does, in this order.
var measurements = []struct {
	name string
	run  func(*bench, context.Context, options) error
}{
	{"race", (*bench).race},
	{"growth", (*bench).growth},
	{"again", (*bench).again},
	{"latency", (*bench).latency},
}

// race measures the contenders against each other.
func (b *bench) race(ctx context.Context, opt options) error {
	contenders := b.contenders(opt.rows)
	wanted := contenders[:1] // to which all others are held
	for _, c := range contenders[1:] {
		if opt.wants("race/" + c.name) {
			wanted = append(wanted, c)
		}
	}
	results, err := b.play(ctx, opt.rounds, wanted)
	if err == nil {
		b.printRace(results)
	}
	return err
}

// contenders are all who load so many records. \copy of the clean rows is the first.
func (b *bench) contenders(rows int64) []contender {
	one, halves := &kind{name: "one", spec: spec{rows: rows}, parts: 1}, &kind{name: "halves", spec: spec{rows: rows}, parts: 2}
	four := &kind{name: "four", spec: spec{rows: rows}, parts: parts}
	dirty := &kind{name: "dirty", spec: spec{rows: rows, dirty: true}, parts: 1}
	fourDirty := &kind{name: "four_dirty", spec: spec{rows: rows, dirty: true}, parts: parts}
	shuffled := &kind{name: "shuffled", spec: spec{rows: rows, shuffled: true}, parts: 1}
	all := []contender{
		{name: `psql \copy of the clean rows`, kind: one, table: table, load: b.copyIn},
		{name: `two \copy at once, a half each`, kind: halves, table: table, load: b.copyIn},
		{name: `psql \copy, keys in no order`, kind: shuffled, table: table, load: b.copyIn},
		{name: "SQL staging", kind: one, table: table, load: b.stage},
	}
	if _, err := exec.LookPath("pgloader"); err != nil {
		b.say("pgloader is not measured: it is not installed (apt-get install -y pgloader)")
	} else {
		// A tenth of the rows is enough of it: it is started in a second, and loads at one speed.
		tenth := &kind{name: "tenth", spec: spec{rows: rows / 10}, parts: 1}
		all = append(all, contender{name: "pgloader of a tenth of them", kind: tenth, table: table, load: b.pgloader})
	}
	ours := func(name string, target float64, k *kind, publish func(context.Context) error) contender {
		return contender{name: "Acequia, " + name, kind: k, table: warehouse, prepare: publish, load: b.pour, target: target}
	}
	return append(all,
		ours("one file", 0.75, one, b.byFile),
		ours("one file, "+flawed, 0, dirty, b.byFile),
		ours("one file, keys in no order", 0, shuffled, b.byFile),
		ours("4 files at once", 1.0, four, b.byFile),
		ours("4 files at once, "+flawed, 0.9, fourDirty, b.byFile),
		ours("one file, chunk by chunk", 1.2, one, b.byChunk),
		ours("4 files at once, chunk by chunk", 1.2, four, b.byChunk),
	)
}

const (
	// parts is how many files are uploaded at once where several are.
	parts = 4
	// flawed says what is wrong with dirty files.
	flawed = "3 % rejects and 3 % duplicates"
)

// warmUp has the pipeline make its table, of which the others' is a twin, and its functions start.
func (b *bench) warmUp(ctx context.Context) error {
	files, err := b.makeFiles("warm", spec{rows: 20_000}, 1)
	if err != nil {
		return err
	}
	if err := b.pour(ctx, files); err != nil {
		return err
	}
	return b.database.prepare(ctx)
}
