package stack

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Environment holds what a client needs to use the running stack: the functions, people's tools and this command line.
type Environment struct {
	Endpoint        string // AWS_ENDPOINT_URL
	Region          string // AWS_REGION, AWS_DEFAULT_REGION
	DatabaseURL     string // DATABASE_URL
	RawBucket       string // RAW_BUCKET
	WorkBucket      string // WORK_BUCKET
	ContractsBucket string // CONTRACTS_BUCKET
}

// The local cloud does not verify signatures, but the SDKs want something to sign with. Values that are written down here
// also keep a person's real credentials out of what is sent to the endpoint.
const (
	AccessKeyID     = "test"
	SecretAccessKey = "test"
)

// bucketPrefix is the default of the template's parameter BucketPrefix.
const bucketPrefix = "acequia"

// DefaultEnvironment names the buckets, and nothing else yet.
func DefaultEnvironment() Environment {
	return Environment{
		RawBucket: bucketPrefix + "-raw", WorkBucket: bucketPrefix + "-work", ContractsBucket: bucketPrefix + "-contracts",
	}
}

// variables gives the environment's variables in the order in which they are written.
func (e Environment) variables() [][2]string {
	return [][2]string{
		{"AWS_ENDPOINT_URL", e.Endpoint},
		{"AWS_REGION", e.Region},
		{"AWS_DEFAULT_REGION", e.Region}, // what the AWS CLI reads
		{"AWS_ACCESS_KEY_ID", AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", SecretAccessKey},
		{"DATABASE_URL", e.DatabaseURL},
		{"RAW_BUCKET", e.RawBucket},
		{"WORK_BUCKET", e.WorkBucket},
		{"CONTRACTS_BUCKET", e.ContractsBucket},
	}
}

// write replaces the file in one step. It holds the database's password, so only the caller may read it.
func (e Environment) write(path string) error {
	var b strings.Builder
	b.WriteString("# Written by make up. In a shell: . .local/env\n")
	for _, v := range e.variables() {
		fmt.Fprintf(&b, "export %s='%s'\n", v[0], strings.ReplaceAll(v[1], "'", `'\''`))
	}
	fresh := path + ".new"
	if err := os.WriteFile(fresh, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("writing the settings for shells: %w", err)
	}
	return os.Rename(fresh, path)
}

// ErrNotUp says that no stack was started in this checkout.
var ErrNotUp = errors.New("nothing runs here yet: make up")

// ReadEnvironment reads what up wrote. Without it the error is ErrNotUp.
func ReadEnvironment(path string) (Environment, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return Environment{}, ErrNotUp
	}
	if err != nil {
		return Environment{}, err
	}
	defer f.Close()
	values := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		if ok {
			values[name] = strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(value, "'"), "'"), `'\''`, "'")
		}
	}
	return Environment{
		Endpoint: values["AWS_ENDPOINT_URL"], Region: values["AWS_REGION"], DatabaseURL: values["DATABASE_URL"],
		RawBucket: values["RAW_BUCKET"], WorkBucket: values["WORK_BUCKET"], ContractsBucket: values["CONTRACTS_BUCKET"],
	}, lines.Err()
}
