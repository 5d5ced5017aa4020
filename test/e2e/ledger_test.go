package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/localstack/cloud"
	"acequia/localstack/stack"
	"acequia/shared/pgstore"
)

// patience is how long a file of a few megabytes may take on a machine that is busy with other things.
const patience = 90 * time.Second

// ended waits until an object version has come to its end.
func (w *world) ended(key, version string, patience time.Duration) (object pgstore.ObjectRow) {
	w.Helper()
	w.within(patience, key+" to end", func() bool {
		got, ok, err := w.ledger.ObjectByVersion(w.Context(), w.env.RawBucket, key, version)
		if err != nil {
			w.Fatal(err)
		}
		object = got
		return ok && got.Status.Done()
	})
	return object
}

// atRest waits until nobody has anything to do, and fails the test if a message died.
func (w *world) atRest() {
	w.Helper()
	var busy []string
	w.within(patience, "the queues and functions to be at rest", func() bool {
		busy = w.busy()
		return len(busy) == 0
	})
	for _, q := range w.health().Queues {
		if strings.HasSuffix(q.Name, "-dlq") && q.Visible+q.InFlight+q.Delayed > 0 {
			w.Errorf("%d messages in %s, want none", q.Visible+q.InFlight+q.Delayed, q.Name)
		}
	}
}

// busy names who has something to do.
func (w *world) busy() (names []string) {
	health := w.health()
	for _, q := range health.Queues {
		if !strings.HasSuffix(q.Name, "-dlq") && q.Visible+q.InFlight+q.Delayed > 0 {
			names = append(names, q.Name)
		}
	}
	for _, f := range health.Functions {
		if f.Running+f.Events > 0 {
			names = append(names, f.Name)
		}
	}
	return names
}

func (w *world) health() (health cloud.Health) {
	w.Helper()
	request, err := http.NewRequestWithContext(w.Context(), http.MethodGet, w.env.Endpoint+stack.HealthPath, nil)
	if err != nil {
		w.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&health); err != nil {
		w.Fatal(err)
	}
	return health
}

// lines runs a query that gives one column of text.
func (w *world) lines(query string, args ...any) []string {
	w.Helper()
	rows, err := w.db.Query(w.Context(), query, args...)
	if err != nil {
		w.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		w.Fatalf("%s: %v", query, err)
	}
	return lines
}

// everything gives all rows of the ledger and the warehouse, by table.
func (w *world) everything() map[string][]string {
	w.Helper()
	all := map[string][]string{}
	for _, table := range w.lines(`
		SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
		 WHERE schemaname IN ('acequia', 'warehouse', 'superseded') AND tablename <> 'goose_db_version'`) {
		all[table] = w.lines(fmt.Sprintf("SELECT to_jsonb(t)::text FROM %s t ORDER BY 1", table))
	}
	return all
}
