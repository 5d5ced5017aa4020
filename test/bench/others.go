package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"acequia/shared/contract/currency"
)

// copyIn has psql copy the files' rows into the table, one connection each, all at once.
func (b *bench) copyIn(ctx context.Context, files []upload) error {
	var running []*exec.Cmd
	var errs []error
	for _, f := range files {
		cmd, err := b.database.psql(ctx, "-c", `\copy `+table+` FROM '`+f.filled+`' (FORMAT csv)`)
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			errs = append(errs, err)
			break
		}
		running = append(running, cmd)
	}
	for _, cmd := range running {
		errs = append(errs, cmd.Wait())
	}
	return errors.Join(errs...)
}

// staging.sql does in SQL what the contract of sales says.
//
//go:embed staging.sql
var stagingSQL string

// stage copies a file into a staging table as text, and cleans it there.
func (b *bench) stage(ctx context.Context, files []upload) error {
	cmd, err := b.database.psql(ctx, "-1", "-f", "-")
	if err != nil {
		return err
	}
	script := strings.NewReplacer("{file}", files[0].path, "{currencies}", "'"+strings.Join(currencyCodes(), "','")+"'").Replace(stagingSQL)
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("staging.sql: %w: %s", err, out)
	}
	return nil
}

// pgloaderLoad is a load file as pgloader's reference has it: several rows a batch, and as many workers as there are processors.
const pgloaderLoad = `LOAD CSV FROM '{file}'
 HAVING FIELDS ({fields})
 INTO {url}
 TARGET TABLE {table}
 WITH fields terminated by ',', fields optionally enclosed by '"', workers = 2, concurrency = 1,
      batch rows = 25000, prefetch rows = 100000
  SET work_mem to '64MB';
`

// pgloaderFields are the columns of the filled file; an empty field is NULL.
var pgloaderFields = strings.Join([]string{
	"transaction_id", "customer_code [null if blanks]", "product_code [null if blanks]", "sale_date", "quantity", "unit_price", "discount",
	"payment_method", "currency", "sales_channel", "region", "gross", "tax", "total", "order_size", "_object_id", "_byte_offset", "_loaded_at",
}, ", ")

// pgloader loads a file's rows.
func (b *bench) pgloader(ctx context.Context, files []upload) error {
	load := strings.NewReplacer(
		"{file}", files[0].filled, "{fields}", pgloaderFields, "{url}", b.database.url, "{table}", table).Replace(pgloaderLoad)
	script := filepath.Join(b.dir, "pgloader.load")
	if err := os.WriteFile(script, []byte(load), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "pgloader", "--quiet", "--on-error-stop", "--root-dir", filepath.Join(b.dir, "pgloader"), script)
	out, err := cmd.CombinedOutput()
	if err == nil && bytes.Contains(out, []byte("FATAL")) {
		err = errors.New("it failed")
	}
	if err != nil {
		return fmt.Errorf("pgloader: %w: %s", err, out)
	}
	return nil
}

// currencyCodes are the codes that the contract takes.
func currencyCodes() (codes []string) {
	for n := range 26 * 26 * 26 {
		code := []byte{byte('A' + n/26/26), byte('A' + n/26%26), byte('A' + n%26)}
		if currency.Known(code) {
			codes = append(codes, string(code))
		}
	}
	return codes
}
