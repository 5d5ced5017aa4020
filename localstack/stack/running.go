package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// Running says which local cloud runs. It is written by the cloud's own process when it is ready.
type Running struct {
	PID      int    `json:"pid"`
	Endpoint string `json:"endpoint"`
	// Fingerprint tells which code and settings it was started with.
	Fingerprint string    `json:"fingerprint"`
	Started     time.Time `json:"started"`
}

// FindRunning gives the local cloud of the checkout, and whether one runs. One that is still starting has no endpoint.
func FindRunning(p Paths) (Running, bool) {
	unlock, err := tryLock(p.lock("cloud"))
	if err == nil {
		unlock()
		return Running{}, false
	}
	if !errors.Is(err, errHeld) {
		return Running{}, false // there is no .local
	}
	var r Running
	b, err := os.ReadFile(p.running())
	if err != nil {
		return r, true
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return Running{}, true
	}
	return r, true
}

func (r Running) write(p Paths) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	fresh := p.running() + ".new"
	if err := os.WriteFile(fresh, b, 0o600); err != nil {
		return fmt.Errorf("saying that the local cloud runs: %w", err)
	}
	return os.Rename(fresh, p.running())
}
