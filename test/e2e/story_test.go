package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"acequia/localstack/stack"
	"acequia/shared/pgstore"
)

// TestStories plays the stories in testdata with the real AWS CLI. Those that need it are skipped where there is none.
func TestStories(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallChunks)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, w.settings...)
			for name, value := range map[string]string{
				"AWS_ENDPOINT_URL": w.env.Endpoint, "AWS_REGION": w.env.Region, "AWS_DEFAULT_REGION": w.env.Region,
				"AWS_ACCESS_KEY_ID": stack.AccessKeyID, "AWS_SECRET_ACCESS_KEY": stack.SecretAccessKey,
				"AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "",
				"CHECKOUT": w.paths.Root,
				"PATH":     filepath.Dir(w.binary) + string(filepath.ListSeparator) + env.Getenv("PATH"),
			} {
				env.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"aws": awsCLI, "mkfile": mkfile, "stdout2env": stdout2env, "ended": w.endedInStory,
		},
	})
}

// awsCLI runs the AWS CLI with the endpoint spelled out: many a CLI that people have does not take it from the environment.
func awsCLI(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec("aws", append([]string{"--endpoint-url", ts.Getenv("AWS_ENDPOINT_URL")}, args...)...)
	if failed := err != nil; failed != neg {
		ts.Fatalf("aws %s: err = %v, want failure = %t", strings.Join(args, " "), err, neg)
	}
}

// mkfile makes a file of so many megabytes: mkfile NAME MB.
func mkfile(ts *testscript.TestScript, _ bool, args []string) {
	mb, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Repeat([]byte("sixteen bytes.\r\n"), mb<<16), 0o600))
}

// stdout2env puts what the last command said into a variable: stdout2env NAME.
func stdout2env(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// endedInStory waits until the newest object of a key has come to that end: ended KEY STATUS.
func (w *world) endedInStory(ts *testscript.TestScript, _ bool, args []string) {
	key, status := args[0], args[1]
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		objects, err := w.ledger.Objects(w.Context(), pgstore.Filter{Key: key, Limit: 1})
		ts.Check(err)
		if len(objects) == 0 || !objects[0].Status.Done() {
			continue
		}
		if got := string(objects[0].Status); got != status {
			ts.Fatalf("%s is %s: %s", key, got, objects[0].Error)
		}
		return
	}
	ts.Fatalf("%s has not ended within %s", key, patience)
}
