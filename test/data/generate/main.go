// Command generate makes the sample files of test/data, or one file of any size, each with a manifest that says what is
// in it.
//
//	go run ./test/data/generate                                           # the samples, again
//	go run ./test/data/generate -dataset sales -size 200MB -out big.csv   # one file; big.csv.manifest.json beside it
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"acequia/test/data/sample"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	var spec sample.Spec
	flags := flag.NewFlagSet("generate", flag.ExitOnError)
	flags.StringVar(&spec.Dataset, "dataset", "", "sales, products or customers; without it the samples are made again")
	flags.Int64Var(&spec.Records, "records", 0, "how many records to write")
	flags.Func("size", "how big a file to write instead, like 200MB or 1GiB", func(s string) (err error) {
		spec.Size, err = parseSize(s)
		return err
	})
	flags.Uint64Var(&spec.Seed, "seed", 1, "the seed: the same one gives the same bytes")
	flags.Int64Var(&spec.First, "first", sample.FirstFree, "the number in the first key")
	flags.IntVar(&spec.Every, "every", 25, "one record in so many is dirty or odd")
	flags.BoolVar(&spec.OneLine, "one-line", false, "write JSON as one line")
	out := flags.String("out", "", "the file to write (with -dataset), or the directory of the samples (test/data)")
	manifest := flags.String("manifest", "", "where the manifest of the file goes (<out>.manifest.json)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if spec.Dataset == "" {
		return samples(*out, stdout)
	}
	if *out == "" {
		return fmt.Errorf("say with -out where the file of %s goes", spec.Dataset)
	}
	if *manifest == "" {
		*manifest = *out + ".manifest.json"
	}
	spec.Name = filepath.Base(*out)
	return one(*out, *manifest, spec, stdout)
}

func samples(dir string, stdout io.Writer) error {
	if dir == "" {
		dir = filepath.Join("test", "data")
	}
	m, err := sample.WriteAll(dir)
	if err != nil {
		return err
	}
	for _, f := range m.Files {
		describe(stdout, f)
	}
	return nil
}

func one(out, manifest string, spec sample.Spec, stdout io.Writer) error {
	file, err := sample.WriteFile(out, spec)
	if err != nil {
		return err
	}
	describe(stdout, file)
	return sample.NewManifest(file).WriteFile(manifest)
}

func describe(w io.Writer, f sample.File) {
	fmt.Fprintf(w, "%-22s %10d bytes %8d records = %d rows + %d duplicates + %d rejected\n",
		f.Name, f.Bytes, f.Records, f.Rows, f.Duplicates, f.Rejected)
}

// parseSize reads a number of bytes with an optional unit: kB, MB, GB, or KiB, MiB, GiB.
func parseSize(s string) (int64, error) {
	units := []struct {
		name  string
		bytes int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1}}
	for _, unit := range units {
		number, ok := strings.CutSuffix(s, unit.name)
		if !ok {
			continue
		}
		if n, err := strconv.ParseInt(number, 10, 64); err == nil && n > 0 {
			return n * unit.bytes, nil
		}
		break
	}
	return 0, fmt.Errorf("%q is not a size: write one like 200MB or 1GiB", s)
}
