package lambda

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"os"
	"runtime"
	"slices"
	"time"
)

// functionConfiguration has the fields of AWS's FunctionConfiguration that mean something here.
type functionConfiguration struct {
	FunctionName     string
	FunctionArn      string
	Description      string
	Runtime          string
	Handler          string
	Role             string
	CodeSize         int64
	CodeSha256       string
	LastModified     string
	MemorySize       int
	Timeout          int
	Version          string
	PackageType      string
	Architectures    []string
	State            string
	LastUpdateStatus string
	TracingConfig    map[string]string
	Environment      *variables        `json:",omitempty"`
	DeadLetterConfig *deadLetterConfig `json:",omitempty"`
}

type variables struct{ Variables map[string]string }

type deadLetterConfig struct{ TargetArn string }

func (s *Server) configuration(f *function) functionConfiguration {
	c := functionConfiguration{
		FunctionName: f.Name, FunctionArn: f.arn, Description: f.Description, Runtime: f.Runtime, Handler: f.Handler,
		Role:       "arn:aws:iam::" + s.options.AccountID + ":role/local",
		MemorySize: f.MemorySize, Timeout: int(f.Timeout / time.Second), Version: "$LATEST", PackageType: "Zip",
		Architectures: []string{architecture()}, State: "Active", LastUpdateStatus: "Successful",
		TracingConfig: map[string]string{"Mode": "PassThrough"},
	}
	var modified time.Time
	c.CodeSize, c.CodeSha256, modified = code(f.Binary)
	c.LastModified = modified.UTC().Format("2006-01-02T15:04:05.000-0700")
	if len(f.Environment) > 0 {
		c.Environment = &variables{f.Environment}
	}
	if f.DeadLetterARN != "" {
		c.DeadLetterConfig = &deadLetterConfig{f.DeadLetterARN}
	}
	return c
}

// code describes a binary; one that is not built has no size.
func code(binary string) (size int64, sum string, modified time.Time) {
	f, err := os.Open(binary)
	if err != nil {
		return 0, "", time.Unix(0, 0)
	}
	defer f.Close()
	hash := sha256.New()
	size, err = io.Copy(hash, f)
	if err != nil {
		return 0, "", time.Unix(0, 0)
	}
	if info, err := f.Stat(); err == nil {
		modified = info.ModTime()
	}
	return size, base64.StdEncoding.EncodeToString(hash.Sum(nil)), modified
}

// architecture is this machine's, which the functions are built for, in Lambda's words.
func architecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}

// serveListFunctions answers with all functions on one page.
func (s *Server) serveListFunctions(w http.ResponseWriter) error {
	list := []functionConfiguration{}
	for _, f := range s.sorted() {
		list = append(list, s.configuration(f))
	}
	writeJSON(w, http.StatusOK, map[string]any{"Functions": list})
	return nil
}

func (s *Server) sorted() []*function {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.functions), func(a, b *function) int { return cmp.Compare(a.Name, b.Name) })
}

func (s *Server) serveGetFunction(w http.ResponseWriter, name string) error {
	f, err := s.find(name)
	if err != nil {
		return err
	}
	body := map[string]any{
		"Configuration": s.configuration(f),
		"Code":          map[string]string{"RepositoryType": "Local", "Location": f.Binary},
	}
	if f.Reserved != nil {
		body["Concurrency"] = map[string]int{"ReservedConcurrentExecutions": *f.Reserved}
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func (s *Server) serveGetConfiguration(w http.ResponseWriter, name string) error {
	f, err := s.find(name)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.configuration(f))
	return nil
}
