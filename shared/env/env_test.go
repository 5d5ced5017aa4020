package env_test

import (
	"strings"
	"testing"

	"acequia/shared/env"
)

func TestReaderNamesAllThatIsWrong(t *testing.T) {
	t.Setenv("ACEQUIA_TEST_SET", "value")
	t.Setenv("ACEQUIA_TEST_SIZE", "8388608")
	t.Setenv("ACEQUIA_TEST_BAD_SIZE", "8 MiB")
	var r env.Reader
	if got := r.Required("ACEQUIA_TEST_SET"); got != "value" {
		t.Errorf("Required = %q", got)
	}
	if got := r.Bytes("ACEQUIA_TEST_SIZE", 1); got != 8<<20 {
		t.Errorf("Bytes = %d", got)
	}
	if got := r.Bytes("ACEQUIA_TEST_UNSET", 42); got != 42 {
		t.Errorf("Bytes of an unset variable = %d, want the fallback", got)
	}
	if err := r.Err(); err != nil {
		t.Errorf("Err = %v before anything is wrong", err)
	}
	r.Required("ACEQUIA_TEST_UNSET")
	r.Bytes("ACEQUIA_TEST_BAD_SIZE", 1)
	err := r.Err()
	for _, want := range []string{"ACEQUIA_TEST_UNSET", "ACEQUIA_TEST_BAD_SIZE", "8 MiB"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Err = %v, does not mention %s", err, want)
		}
	}
}
