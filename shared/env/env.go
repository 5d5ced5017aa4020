// Package env reads a function's settings from its environment; no other package does.
package env

import (
	"errors"
	"fmt"
	"os"
	"strconv"
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
	value := os.Getenv(name)
	if value == "" {
		return fallback
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n <= 0 {
		r.errs = append(r.errs, fmt.Errorf("the environment variable %s is %q, not a positive number of bytes", name, value))
	}
	return n
}

// Err joins what was wrong with the settings read so far; nil if nothing was.
func (r *Reader) Err() error { return errors.Join(r.errs...) }
