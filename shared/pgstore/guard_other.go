//go:build !linux

package pgstore

import "time"

// setUserTimeout does nothing where the system has no such timeout: keepalive probes are all there is.
func setUserTimeout(uintptr, time.Duration) error { return nil }
