package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
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

// parts is how many files are uploaded at once where several are.
const parts = 4

// race measures the contenders against each other.
func (b *bench) race(ctx context.Context, opt options) error {
	contenders, err := b.contenders(ctx, opt)
	if err != nil {
		return err
	}
	first := contenders[0]
	contenders = slices.DeleteFunc(contenders[1:], func(c contender) bool { return !opt.wants("race/" + c.name) })
	results, err := b.play(ctx, opt.rounds, append([]contender{first}, contenders...))
	if err != nil {
		return err
	}
	b.printRace(results)
	return nil
}

// contenders makes the files and those who load them. \copy of the clean file is the first.
func (b *bench) contenders(ctx context.Context, opt options) ([]contender, error) {
	kinds := map[string]*kind{}
	for name, k := range map[string]kind{
		"one":       {spec: spec{}, parts: 1},
		"halves":    {spec: spec{}, parts: 2},
		"four":      {spec: spec{}, parts: parts},
		"dirty":     {spec: spec{dirty: true}, parts: 1},
		"fourdirty": {spec: spec{dirty: true}, parts: parts},
		"shuffled":  {spec: spec{shuffled: true}, parts: 1},
	} {
		k.spec.rows = opt.rows
		if err := b.makeKind(ctx, name, &k); err != nil {
			return nil, err
		}
		kinds[name] = &k
	}
	return b.lineUp(kinds), nil
}

// kind is files of one kind.
type kind struct {
	spec     spec
	parts    int
	files    []upload
	checksum string
}

func (b *bench) makeKind(ctx context.Context, name string, k *kind) (err error) {
	if k.files, err = b.makeFiles(name, k.spec, k.parts); err == nil {
		k.checksum, err = b.expected(ctx, k.files)
	}
	return err
}

func (b *bench) lineUp(kinds map[string]*kind) []contender {
	others := func(name string, k *kind, load func(context.Context) error) contender {
		return contender{name: name, records: k.spec.rows, load: load, wrong: b.rightly(table, k.checksum)}
	}
	ours := func(name string, target float64, k *kind) contender {
		return contender{
			name: name, records: k.spec.rows, prepare: b.byFile,
			load: b.pour(k.files), wrong: b.rightly("warehouse.sales", k.checksum), target: target,
		}
	}
	byChunk := func(c contender) contender {
		c.prepare = b.byChunk
		return c
	}
	one, halves := kinds["one"], kinds["halves"]
	all := []contender{
		others(`psql \copy of the clean rows`, one, b.copyIn(one.files[0].filled)),
		others(`two \copy at once, a half each`, halves, b.copyIn(halves.files[0].filled, halves.files[1].filled)),
		others("SQL staging", one, b.stage(one.files[0].path)),
		others("SQL staging, 3 % rejects and 3 % duplicates", kinds["dirty"], b.stage(kinds["dirty"].files[0].path)),
	}
	if _, err := exec.LookPath("pgloader"); err != nil {
		b.say("pgloader is not measured: it is not installed (apt-get install -y pgloader)")
	} else {
		all = append(all, others("pgloader of the clean rows", one, b.pgloader(one.files[0].filled)))
	}
	return append(all,
		ours("Acequia, one file", 0.75, one),
		ours("Acequia, one file, 3 % rejects and 3 % duplicates", 0, kinds["dirty"]),
		ours("Acequia, one file, keys in no order", 0, kinds["shuffled"]),
		ours(fmt.Sprintf("Acequia, %d files at once", parts), 1.0, kinds["four"]),
		ours(fmt.Sprintf("Acequia, %d files at once, 3 %% rejects and 3 %% duplicates", parts), 0.9, kinds["fourdirty"]),
		byChunk(ours("Acequia, one file, chunk by chunk", 1.2, one)),
		byChunk(ours(fmt.Sprintf("Acequia, %d files at once, chunk by chunk", parts), 1.2, kinds["four"])),
	)
}

// warmUp has the pipeline make its table, of which the others' is a twin, and its functions start.
func (b *bench) warmUp(ctx context.Context) error {
	files, err := b.makeFiles("warm", spec{rows: 20_000}, 1)
	if err != nil {
		return err
	}
	if err := b.pour(files)(ctx); err != nil {
		return err
	}
	return b.database.prepare(ctx)
}
