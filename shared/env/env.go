// Package env reads a function's settings from its environment; no other package does.
package env

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Reader reads settings and gathers what is wrong with them, so that a function that cannot start names every missing
// setting at once.
type Reader struct {
	errs []error
}

// Required gives the variable's value; if it is unset or empty, Err reports it.
func (r *Reader) Required(name string) string {
	value := os.Getenv(name)
	if value == "" {
		r.errs = append(r.errs, fmt.Errorf("the environment variable %s is not set", name))
	}
	return value
}

// Bytes gives the variable as a positive number of bytes, or fallback if it is unset.
func (r *Reader) Bytes(name string, fallback int64) int64 {
	return r.positive(name, fallback, "number of bytes")
}

// Count gives the variable as a positive whole number, or fallback if it is unset.
func (r *Reader) Count(name string, fallback int) int {
	return int(r.positive(name, int64(fallback), "number"))
}

func (r *Reader) positive(name string, fallback int64, what string) int64 {
	value := os.Getenv(name)
	if value == "" {
		return fallback
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n <= 0 {
		r.errs = append(r.errs, fmt.Errorf("the environment variable %s is %q, not a positive %s", name, value, what))
	}
	return n
}

// Memory gives how many bytes of memory the function has, which Lambda says in MB; 0 if it does not.
func (r *Reader) Memory() int64 {
	return r.Bytes("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 0) << 20
}

// Duration gives the variable as a time such as 90s or 10m, or fallback if it is unset or empty.
func (r *Reader) Duration(name string, fallback time.Duration) time.Duration {
	value := os.Getenv(name)
	if value == "" {
		return fallback
	}
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		r.errs = append(r.errs, fmt.Errorf("the environment variable %s is %q, not a time like 90s or 10m", name, value))
	}
	return d
}

// Err joins what was wrong with the settings read so far; nil if nothing was.
func (r *Reader) Err() error { return errors.Join(r.errs...) }
