package transform_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"acequia/shared/transform"
	"acequia/test/pgtest"
)

// Postgres takes the rows, and says what was written.
func TestPostgresReadsTheRows(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	records := []map[string]string{
		{
			"code": "a", "id": "0.0000", "note": "Año 🙂", "tiny": "-32768", "plain": "-2147483648", "big": "9223372036854775807",
			"amount": "-0.00001", "day": "0001-01-01", "at": "9999-12-31T23:59:59.999999+14:00", "clock": "1969-07-20T20:17:40",
			"ok": "false", "tags": `[1.50, "\ud83d\ude42"]`,
		},
		{"code": "a", "id": "9999999999999999.9999", "amount": "12345678901234567890.1200", "day": "9999-12-31", "at": "0001-01-01T00:00:00Z"},
		{"code": "", "id": "-10000.0000"},
	}
	want := []string{
		`(,-10000.0000,,,,,,,,,,)`,
		`(a,0.0000,"Año 🙂",-32768,-2147483648,9223372036854775807,-0.00001,0001-01-01,"9999-12-31 09:59:59.999999+00",` +
			`"1969-07-20 20:17:40",f,"[1.50, ""🙂""]")`,
		`(a,9999999999999999.9999,,,,,12345678901234567890.1200,9999-12-31,"0001-01-01 00:00:00+00",,,)`,
	}
	c := parse(t, "")
	made, sorted := transformer(t, c), transform.NewRows(len(c.Key), 0)
	for i, texts := range records {
		if failures := sorted.Add(made, object, record(int64(i), texts)); len(failures) > 0 {
			t.Fatal(failures)
		}
	}
	table := "CREATE TEMPORARY TABLE things (_object_id uuid, _byte_offset bigint"
	for _, column := range c.Stored() {
		table += ", " + column.Name + " " + column.Physical
	}
	if _, err := conn.Exec(ctx, "SET TIME ZONE 'UTC'; "+table+")"); err != nil {
		t.Fatal(err)
	}
	stream := append([]byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"), sorted.Sorted()...)
	stream = binary.BigEndian.AppendUint16(stream, ^uint16(0))
	if _, err := conn.PgConn().CopyFrom(ctx, bytes.NewReader(stream), "COPY things FROM STDIN (FORMAT binary)"); err != nil {
		t.Fatal(err)
	}
	// An empty code is written as "" in a row's text, NULL as nothing.
	rows, err := conn.Query(ctx, `SELECT (nullif(code, ''), id, note, tiny, plain, big, amount, day, at, clock, ok, tags)::text
		FROM things WHERE _object_id = $1 ORDER BY code COLLATE "C", id`, [16]byte(object))
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
