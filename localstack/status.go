package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/localstack/desk"
	"acequia/localstack/postgres"
	"acequia/localstack/stack"
	"acequia/shared/pgstore"
)

// lastObjects is how many files status shows.
const lastObjects = 15

// runStatus shows what it can find out, whatever runs.
func runStatus(ctx context.Context, a *app, _ options) error {
	d := &desk.Desk{Term: a.out, Paths: a.paths, Now: time.Now}
	env, ours, err := environment(a.paths)
	if errors.Is(err, errDown) {
		a.out.Line("Nothing runs here yet: make up")
		return nil
	}
	if err != nil {
		return err
	}
	cloud, cloudRuns := a.cloudService(env, ours)
	database, databaseRuns, err := a.databaseService(ctx, env)
	if err != nil {
		return err
	}
	status := desk.Status{Services: []desk.Service{database, cloud}}
	if cloudRuns {
		if err := addCloud(ctx, env, &status); err != nil {
			return err
		}
	}
	if databaseRuns {
		store, err := pgstore.Open(ctx, env.DatabaseURL)
		if err != nil {
			return err
		}
		defer store.Close()
		status.Ledger = true
		if status.Objects, err = store.Objects(ctx, pgstore.Filter{Limit: lastObjects}); err != nil {
			return err
		}
		if status.Datasets, err = store.Counts(ctx); err != nil {
			return err
		}
		if status.Reconciled, err = store.Reconciliations(ctx); err != nil {
			return err
		}
	}
	d.ShowStatus(status)
	return nil
}

func (a *app) cloudService(env stack.Environment, ours bool) (desk.Service, bool) {
	if !ours {
		return desk.Service{Name: "cloud", Running: true, What: "yours, as AWS_ENDPOINT_URL says: " + env.Endpoint}, true
	}
	r, runs := stack.FindRunning(a.paths)
	if !runs {
		return desk.Service{Name: "local cloud", What: "make up starts it"}, false
	}
	what := fmt.Sprintf("%s, process %d, since %s", r.Endpoint, r.PID, r.Started.Local().Format("2 Jan 15:04"))
	return desk.Service{Name: "local cloud", Running: true, What: what}, true
}

func (a *app) databaseService(ctx context.Context, env stack.Environment) (desk.Service, bool, error) {
	service := desk.Service{Name: "Postgres"}
	store, err := pgstore.Open(ctx, env.DatabaseURL)
	if err != nil {
		return service, false, err
	}
	defer store.Close()
	service.Running = store.Ping(ctx) == nil
	state, err := postgres.Inspect(a.paths.Postgres())
	switch {
	case err != nil:
		return service, false, err
	case state.URL != env.DatabaseURL:
		service.What = "yours, as DATABASE_URL said"
	case service.Running:
		service.What = fmt.Sprintf("private, process %d, its data in %s", state.PID, a.paths.Relative(state.Home))
	default:
		service.What = "make up starts it"
	}
	return service, service.Running, nil
}

// addCloud adds what the local cloud says of its functions and queues.
func addCloud(ctx context.Context, env stack.Environment, status *desk.Status) error {
	cfg, err := env.AWSConfig(ctx)
	if err != nil {
		return err
	}
	if status.Queues, err = desk.Queues(ctx, sqs.NewFromConfig(cfg), desk.NamePrefix); err != nil {
		return err
	}
	status.Functions, err = processes(ctx, env)
	return err
}

// processes reads the local cloud's health, which says of each function how many of its processes work and wait. Another
// emulator has none.
func processes(ctx context.Context, env stack.Environment) ([]desk.Function, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, env.Endpoint+stack.HealthPath, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking the local cloud how it is: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, nil
	}
	var health struct {
		Functions []struct {
			Name    string `json:"name"`
			Running int    `json:"running"`
			Warm    int    `json:"warm"`
		} `json:"functions"`
	}
	if err := json.NewDecoder(response.Body).Decode(&health); err != nil {
		return nil, fmt.Errorf("reading how the local cloud is: %w", err)
	}
	var all []desk.Function
	for _, f := range health.Functions {
		all = append(all, desk.Function{Name: strings.TrimPrefix(f.Name, desk.NamePrefix), Busy: f.Running, Warm: f.Warm})
	}
	return all, nil
}
