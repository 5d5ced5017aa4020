package stack

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// fingerprint tells one state of the local cloud's code and settings from another: the executable, the template, and what
// the template's parameters are set to. A cloud that was started with another one is restarted, so that it is always the
// code at hand that runs. The functions do not count: the cloud itself starts a new process for a binary that was built anew.
func fingerprint(executable, template string, parameters map[string]string) (string, error) {
	h := sha256.New()
	for _, file := range []string{executable, template} {
		if err := hashFile(h, file); err != nil {
			return "", fmt.Errorf("looking for what changed: %w", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		fmt.Fprintf(h, "%q=%q\n", name, parameters[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

func hashFile(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	fmt.Fprintf(w, "%q\n", path)
	_, err = io.Copy(w, f)
	return err
}
