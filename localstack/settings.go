package main

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"time"

	"acequia/localstack/desk"
	"acequia/localstack/stack"
)

// configuration reads the settings that a person may choose from the environment.
func configuration(p stack.Paths) (stack.Config, error) {
	cfg := stack.Config{DatabaseURL: os.Getenv("DATABASE_URL"), Region: region(p), Port: stack.DefaultPort}
	if s := os.Getenv("ACEQUIA_PORT"); s != "" {
		port, err := strconv.Atoi(s)
		if err != nil || port < 1 || port > 65535 {
			return cfg, &desk.UsageError{Reason: fmt.Sprintf("ACEQUIA_PORT is %q, not a port", s)}
		}
		cfg.Port = port
	}
	var err error
	if cfg.ChunkSize, err = positive("CHUNK_SIZE", "number of bytes"); err != nil {
		return cfg, err
	}
	receives, err := positive("MAX_RECEIVE_COUNT", "number")
	if err != nil {
		return cfg, err
	}
	cfg.MaxReceives = int(receives)
	cfg.WalkLimit, err = duration("WALK_LIMIT", 0)
	return cfg, err
}

// region is chosen once: queues and functions that exist are of the region that they were made in.
func region(p stack.Paths) string {
	if env, err := stack.ReadEnvironment(p.Environment()); err == nil && env.Region != "" {
		return env.Region
	}
	return cmp.Or(os.Getenv("AWS_REGION"), "us-east-1")
}

// positive reads a number from the environment; 0 if it is not set.
func positive(name, what string) (int64, error) {
	s := os.Getenv(name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, &desk.UsageError{Reason: fmt.Sprintf("%s is %q, not a positive %s", name, s, what)}
	}
	return n, nil
}

// timeout is how long a file may take from its upload to its end.
func timeout() (time.Duration, error) { return duration("ACEQUIA_TIMEOUT", 30*time.Minute) }

// duration reads a time from the environment.
func duration(name string, fallback time.Duration) (time.Duration, error) {
	s := os.Getenv(name)
	if s == "" {
		return fallback, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, &desk.UsageError{Reason: fmt.Sprintf("%s is %q, not a time like 90s or 10m", name, s)}
	}
	return d, nil
}
