package pgstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// Try runs do under a savepoint. If do fails because a key that it writes is taken, all that it wrote is undone, and taken
// is true.
func (p *Publication) Try(ctx context.Context, do func() error) (taken bool, err error) {
	outer := p.tx
	defer func() { p.tx = outer }()
	err = pgx.BeginFunc(ctx, outer.Tx, func(tx pgx.Tx) error {
		p.tx = ledgerTx{tx}
		return do()
	})
	if p.isTaken(err) {
		return true, nil
	}
	return false, err
}

// isTaken tells a key of the warehouse's primary key that is taken from every other violation.
func (p *Publication) isTaken(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == uniqueViolation &&
		pg.SchemaName == warehouse && pg.ConstraintName == primaryKey(p.object.Dataset)
}

// Insert writes rows to the warehouse, and counts them.
func (p *Publication) Insert(ctx context.Context, tuples []rows.Tuple) (int64, error) {
	return p.copy(ctx, warehouse, tuples)
}

// Supersede writes rows that lost their key, and counts them.
func (p *Publication) Supersede(ctx context.Context, tuples []rows.Tuple) (int64, error) {
	return p.copy(ctx, superseded, tuples)
}

func (p *Publication) copy(ctx context.Context, schema string, tuples []rows.Tuple) (int64, error) {
	if len(tuples) == 0 {
		return 0, nil
	}
	columns := []string{"_object_id", "_byte_offset"}
	for _, column := range p.contract.Stored() {
		columns = append(columns, column.Name)
	}
	tag, err := p.tx.Conn().PgConn().CopyFrom(ctx, newTupleReader(tuples), fmt.Sprintf(`COPY %s (%s) FROM STDIN (FORMAT binary)`,
		relation(schema, p.object.Dataset), strings.Join(quoteAll(columns), ", ")))
	if err != nil {
		return 0, fmt.Errorf("copying %d rows into %s.%s: %w", len(tuples), schema, p.object.Dataset, refusedValue(err))
	}
	return tag.RowsAffected(), nil
}

// refusedValue makes it a *pipeline.GiveUpError that Postgres does not take a value: no retry would change that. Class 22 is
// data exceptions, 23502 a NULL where there must be none, 08P01 a field that is too short for its type.
func refusedValue(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || (!strings.HasPrefix(pg.Code, "22") && pg.Code != "23502" && pg.Code != "08P01") {
		return err
	}
	return &pipeline.GiveUpError{Reason: fmt.Sprintf(
		"Postgres does not take a row: %s (%s, SQLSTATE %s); the row was not encoded as the table wants it", pg.Message, pg.Where, pg.Code)}
}

// copyHeader is the signature, no flags, and no header extension; copyTrailer the field count -1
// (https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format").
const (
	copyHeader  = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	copyTrailer = "\xff\xff"
)

// tupleReader gives tuples as a whole COPY file.
type tupleReader struct {
	rest   []byte // of what is being given
	tuples []rows.Tuple
	ended  bool
}

func newTupleReader(tuples []rows.Tuple) *tupleReader {
	return &tupleReader{rest: []byte(copyHeader), tuples: tuples}
}

func (r *tupleReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(r.rest) == 0 && !r.advance() {
			return n, io.EOF
		}
		copied := copy(p[n:], r.rest)
		n, r.rest = n+copied, r.rest[copied:]
	}
	return n, nil
}

func (r *tupleReader) advance() bool {
	switch {
	case len(r.tuples) > 0:
		r.rest, r.tuples = r.tuples[0].Bytes, r.tuples[1:]
	case !r.ended:
		r.rest, r.ended = []byte(copyTrailer), true
	default:
		return false
	}
	return true
}

// The types tid and tid[] (src/include/catalog/pg_type.dat).
const (
	tidElement = 27
	tidArray   = 1010
)

// arrayHeader begins a binary array of one dimension without NULLs (array_recv in src/backend/utils/adt/arrayfuncs.c), with room for
// elements of so many bytes.
func arrayHeader(element uint32, length, size int) []byte {
	const dimensions, hasNull, lowerBound = 1, 0, 1
	b := make([]byte, 0, 20+(4+size)*length)
	for _, n := range []uint32{dimensions, hasNull, element, uint32(length), lowerBound} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

// array spells the field at place i of each tuple as a binary array of the given element type: a field and an array's
// element are spelt alike, so nothing is encoded anew.
func array(tuples []rows.Tuple, i int, element uint32) []byte {
	b := arrayHeader(element, len(tuples), 12)
	for _, t := range tuples {
		field, _ := t.Field(i)
		b = binary.BigEndian.AppendUint32(b, uint32(len(field)))
		b = append(b, field...)
	}
	return b
}

// placeArray spells places as a binary array.
func placeArray(places []pipeline.RowPlace) []byte {
	b := arrayHeader(tidElement, len(places), len(pipeline.RowPlace{}))
	for _, place := range places {
		b = binary.BigEndian.AppendUint32(b, uint32(len(place)))
		b = append(b, place[:]...)
	}
	return b
}
