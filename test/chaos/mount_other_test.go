//go:build !linux

package chaos

import "errors"

func mount(string, string) error { return errors.New("it is done on Linux only") }

func unmount(string) error { return nil }
