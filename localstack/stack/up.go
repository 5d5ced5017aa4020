package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"acequia/localstack/postgres"
	"acequia/shared/s3store"
)

// Stack starts and stops what runs for a checkout.
type Stack struct {
	Paths Paths
	// Migrate brings the database's schema up to date.
	Migrate func(ctx context.Context, databaseURL string) error
	// Say is told, in a sentence for a person, what is being done.
	Say func(sentence string)
}

// Config are the settings that a person may choose.
type Config struct {
	// DatabaseURL names a server of the person's own; empty asks for a private one.
	DatabaseURL string
	Region      string
	// Port is where the search for the local cloud's port begins.
	Port int
	// ChunkSize is the least number of bytes of a chunk; 0 is the template's default.
	ChunkSize int64
	// MaxReceives is how often a message is received and fails before it dies; 0 is the template's default.
	MaxReceives int
	// WalkLimit is how long one invocation of ingest may walk a file; 0 is the template's default.
	WalkLimit time.Duration
}

// Up makes everything run, and gives what a client needs to use it. What runs already with the code and the settings at
// hand is left alone.
func (s *Stack) Up(ctx context.Context, cfg Config) (Environment, error) {
	if err := s.Paths.makeState(); err != nil {
		return Environment{}, err
	}
	if err := s.built(); err != nil {
		return Environment{}, err
	}
	unlock, err := waitLock(ctx, s.Paths.lock("up"))
	if err != nil {
		return Environment{}, err
	}
	defer unlock()
	databaseURL, err := s.upPostgres(ctx, cfg.DatabaseURL)
	if err != nil {
		return Environment{}, err
	}
	running, err := s.upCloud(ctx, cfg, databaseURL)
	if err != nil {
		return Environment{}, err
	}
	env := DefaultEnvironment()
	env.Endpoint, env.Region, env.DatabaseURL = running.Endpoint, cfg.Region, databaseURL
	if err := s.upContracts(ctx, env); err != nil {
		return Environment{}, err
	}
	return env, env.write(s.Paths.Environment())
}

// built tells, before anything is started, that the functions are missing.
func (s *Stack) built() error {
	binaries, err := filepath.Glob(filepath.Join(s.Paths.Functions(), "*", "bootstrap"))
	if err == nil && len(binaries) == 0 {
		return fmt.Errorf("there are no functions in %s yet: make build", s.Paths.Relative(s.Paths.Functions()))
	}
	return err
}

func (s *Stack) upPostgres(ctx context.Context, databaseURL string) (string, error) {
	server, err := postgres.Start(ctx, s.Paths.Postgres(), postgres.Options{DatabaseURL: databaseURL, Say: s.Say})
	if err != nil {
		return "", err
	}
	switch {
	case !server.Private:
		s.Say("Postgres: yours, as DATABASE_URL says; it is only connected to.")
	case server.Started:
		s.Say("Postgres: started, private, its data in " + s.Paths.Relative(server.Home) + ".")
	default:
		s.Say("Postgres: runs already.")
	}
	if err := s.Migrate(ctx, server.URL); err != nil {
		return "", fmt.Errorf("bringing the database's schema up to date: %w", err)
	}
	return server.URL, nil
}

// upCloud gives a running local cloud of the code and settings at hand.
func (s *Stack) upCloud(ctx context.Context, cfg Config, databaseURL string) (Running, error) {
	executable, err := os.Executable()
	if err != nil {
		return Running{}, err
	}
	print, err := fingerprint(executable, s.Paths.Template(), Parameters(cfg, databaseURL))
	if err != nil {
		return Running{}, err
	}
	running, runs := FindRunning(s.Paths)
	if runs && running.Fingerprint == print && Healthy(ctx, running.Endpoint) {
		s.Say("Local cloud: runs already on " + running.Endpoint + ".")
		return running, nil
	}
	verb := "started"
	if runs {
		verb = "restarted, since its code or its settings changed,"
		if _, err := s.downCloud(ctx); err != nil {
			return Running{}, err
		}
	}
	if running, err = s.spawn(ctx, executable, print, cfg, databaseURL); err != nil {
		return Running{}, err
	}
	taken := ""
	if port := strconv.Itoa(cfg.Port); !strings.HasSuffix(running.Endpoint, ":"+port) {
		taken = " (port " + port + " is taken)"
	}
	s.Say(fmt.Sprintf("Local cloud: %s on %s%s.", verb, running.Endpoint, taken))
	return running, nil
}

// Parameters sets the template's parameters.
func Parameters(cfg Config, databaseURL string) map[string]string {
	all := map[string]string{"DatabaseUrl": databaseURL, "BucketPrefix": bucketPrefix}
	if cfg.ChunkSize > 0 {
		all["ChunkSize"] = strconv.FormatInt(cfg.ChunkSize, 10)
	}
	if cfg.MaxReceives > 0 {
		all["MaxReceiveCount"] = strconv.Itoa(cfg.MaxReceives)
	}
	if cfg.WalkLimit > 0 {
		all["WalkLimit"] = cfg.WalkLimit.String()
	}
	return all
}

func (s *Stack) upContracts(ctx context.Context, env Environment) error {
	aws, err := env.AWSConfig(ctx)
	if err != nil {
		return err
	}
	put, err := putContracts(ctx, s3store.ClientOf(aws), env.ContractsBucket, s.Paths.Contracts())
	if len(put) > 0 {
		s.Say("Contracts: " + strings.Join(put, ", ") + " put into s3://" + env.ContractsBucket + ".")
	}
	return err
}
