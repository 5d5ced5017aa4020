package main

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"strings"

	"acequia/localstack/postgres"
)

// database is the private server that all contenders load into, each of them into the one database.
type database struct {
	url string
	// pid is the server's first process.
	pid int
}

func startDatabase(ctx context.Context, dir string, say func(string)) (*database, error) {
	server, err := postgres.Start(ctx, dir, postgres.Options{Say: say})
	if err != nil {
		return nil, err
	}
	state, err := postgres.Inspect(dir)
	return &database{url: server.URL, pid: state.PID}, err
}

// psql gives psql on the database. The password is in its environment, where others do not see it.
func (d *database) psql(ctx context.Context, args ...string) (*exec.Cmd, error) {
	u, err := url.Parse(d.url)
	if err != nil {
		return nil, err
	}
	password, _ := u.User.Password()
	cmd := exec.CommandContext(ctx, "psql", append([]string{"-X", "-q", "-v", "ON_ERROR_STOP=1"}, args...)...)
	cmd.Env = append(cmd.Environ(),
		"PGHOST="+u.Hostname(), "PGPORT="+u.Port(), "PGUSER="+u.User.Username(), "PGPASSWORD="+password,
		"PGDATABASE="+strings.TrimPrefix(u.Path, "/"))
	return cmd, nil
}

// ask runs statements and gives what the last of them says, its columns separated by "|".
func (d *database) ask(ctx context.Context, sql string) (string, error) {
	cmd, err := d.psql(ctx, "-A", "-t", "-c", sql)
	if err != nil {
		return "", err
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", firstLine(sql), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

const (
	warehouse = "warehouse.sales"
	// table is where the contenders but Acequia load to: a twin of Acequia's.
	table = "bench.sales"
)

// prepare makes the contenders' table like the pipeline's.
func (d *database) prepare(ctx context.Context) error {
	_, err := d.ask(ctx, `
		SET client_min_messages = warning;
		DROP SCHEMA IF EXISTS bench CASCADE;
		CREATE SCHEMA bench;
		CREATE TABLE `+table+` (LIKE `+warehouse+` INCLUDING ALL)`)
	return err
}

// empty empties both tables and the ledger, and has the checkpoint now that would else come in the middle of somebody's load.
func (d *database) empty(ctx context.Context) error {
	_, err := d.ask(ctx, `
		SET client_min_messages = warning;
		TRUNCATE `+table+`, warehouse.sales, superseded.sales, acequia.objects, acequia.chunks, acequia.rejects, acequia.changes;
		DROP TABLE IF EXISTS bench.rejects`)
	if err == nil {
		_, err = d.ask(ctx, `CHECKPOINT`)
	}
	return err
}

// checksum gives the number of rows in a table and a sum over the columns of the contract, whatever the rows' order.
func (d *database) checksum(ctx context.Context, table string) (string, error) {
	return d.ask(ctx, `
		SELECT count(*), coalesce(sum(hashtext(row(transaction_id, customer_code, product_code, sale_date, quantity, unit_price,
		       discount, payment_method, currency, sales_channel, region, gross, tax, total, order_size)::text)::bigint), 0)
		  FROM `+table)
}
