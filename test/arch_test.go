// Package test holds the checks of the whole tree. This one takes every import of the project's code and gives the arrows
// that must not exist: which package may know which is the architecture.
package test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// Every package of shared has its place in one of these lists; see TestEveryPackageHasItsPlace.
var (
	nouns  = in("shared/pipeline", "shared/contract", "shared/grammar", "shared/charset", "shared/compression", "shared/parquet", "shared/rows", "shared/staging", "shared/rejects", "shared/cost")
	stages = in(
		"shared/intake", "shared/split", "shared/decode", "shared/clean", "shared/transform", "shared/load", "shared/summary",
		"shared/reconcile",
	)
	adapters = in("shared/s3store", "shared/sqsqueue", "shared/lambdainvoke", "shared/pgstore")
	wiring   = in("shared/env", "shared/telemetry", "shared/metering")
)

var (
	sdk      = in("github.com/aws")
	events   = in("github.com/aws/aws-lambda-go/events")
	pgx      = in("github.com/jackc/pgx/v5")
	readsEnv = in("os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv")
	ours     = in("shared", "functions", "localstack", "test")
)

// A rule forbids the arrows from one set of packages to another.
type rule struct {
	reason   string
	from, to set
	// direct rules look at a package's own imports; the others also at what it reaches through the project's packages.
	direct bool
}

var rules = []rule{
	{
		reason: "the nouns of the pipeline know no technology: the standard library is all they need",
		from:   in("shared/pipeline"), to: not(standardLibrary),
	},
	{
		reason: "a stage is a function of what it is given, so it knows no adapter: it says in an interface what it needs",
		from:   either(nouns, stages), to: adapters,
	},
	{
		reason: "a stage runs in one process without AWS, against a golden file",
		from:   either(nouns, stages), to: sdk,
	},
	{
		reason: "a stage knows no database: SQL is pgstore's",
		from:   either(nouns, stages), to: pgx,
	},
	{
		reason: "a stage is told its settings by main: what it does never depends on where it runs",
		from:   either(nouns, stages), to: either(in("shared/env"), readsEnv),
	},
	{
		reason: "a noun is what stages pass to each other: it knows none of them",
		from:   nouns, to: stages,
	},
	{
		reason: "an adapter translates for one technology: policy is a stage's",
		from:   adapters, to: stages,
	},
	{
		reason: "an adapter knows one technology: S3 and SQS meet in main",
		from:   in("shared/s3store"), to: in("shared/sqsqueue", "shared/pgstore"),
	},
	{
		reason: "an adapter knows one technology: SQS and Postgres meet in main",
		from:   in("shared/sqsqueue"), to: in("shared/s3store", "shared/pgstore"),
	},
	{
		reason: "an adapter knows one technology: Postgres and S3 meet in main",
		from:   in("shared/pgstore"), to: in("shared/s3store", "shared/sqsqueue"),
	},
	{
		reason: "an adapter knows one technology: Lambda and the others meet in main",
		from:   in("shared/lambdainvoke"), to: in("shared/s3store", "shared/sqsqueue", "shared/pgstore"),
	},
	{
		reason: "shared is what the others stand on: it knows neither who calls it nor who tests it",
		from:   in("shared"), to: in("functions", "localstack", "test"),
	},
	{
		reason: "production does not know that it is emulated",
		from:   in("functions"), to: in("localstack"),
	},
	{
		reason: "production does not carry its tests",
		from:   in("functions"), to: in("test"),
	},
	{
		reason: "the shape of a Lambda event ends at its handler: behind it travel the pipeline's nouns",
		from:   not(in("functions")), to: events, direct: true,
	},
	{
		reason: "SQL has one home: pgstore. Test helpers and the local cloud's readiness check are the only others who connect",
		from:   not(in("shared/pgstore", "test/pgtest", "localstack/postgres")), to: pgx, direct: true,
	},
	{
		reason: "a setting is read in one place, which checks it and names it when it is missing: shared/env",
		from:   not(in("shared/env", "localstack", "test/pgtest")), to: readsEnv, direct: true,
	},
}

func TestArrowsThatMustNeverExist(t *testing.T) {
	t.Parallel()
	tree, err := loadImports(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := tree["shared/pipeline"]; !ok {
		t.Fatal("shared/pipeline was not found: is this still the tree's root?")
	}
	for _, v := range violations(tree, rules) {
		t.Error(v)
	}
}

// A package that no list names would escape the rules.
func TestEveryPackageHasItsPlace(t *testing.T) {
	t.Parallel()
	tree, err := loadImports(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	placed := either(nouns, stages, adapters, wiring)
	for pkg := range tree {
		if in("shared")(pkg) && !placed(pkg) {
			t.Errorf("%s has no place: say in test/arch_test.go if it is a noun, a stage, an adapter or wiring", pkg)
		}
	}
}

func TestEachRuleCanFail(t *testing.T) {
	t.Parallel()
	routes := []string{ // one for each rule, in their order
		"shared/pipeline > github.com/google/go-cmp/cmp",
		"shared/load > shared/pgstore",
		"shared/contract > github.com/aws/aws-sdk-go-v2/service/s3",
		"shared/load > github.com/jackc/pgx/v5/pgconn",
		"shared/clean > shared/env",
		"shared/contract > shared/clean",
		"shared/pgstore/ledger > shared/load",
		"shared/s3store > shared/sqsqueue",
		"shared/sqsqueue > shared/s3store",
		"shared/pgstore > shared/s3store",
		"shared/lambdainvoke > shared/sqsqueue",
		"shared/telemetry > functions/internal/sqsbatch",
		"functions/ingest > localstack/cloud/s3",
		"functions/load > test/pgtest",
		"shared/telemetry > github.com/aws/aws-lambda-go/events",
		"localstack/cloud > github.com/jackc/pgx/v5",
		"functions/ingest > os.Getenv",
	}
	if len(routes) != len(rules) {
		t.Fatalf("%d routes for %d rules", len(routes), len(rules))
	}
	for i, route := range routes {
		from, to, _ := strings.Cut(route, " > ")
		if got := violations(imports{from: {to: "x.go:1"}}, rules[i:i+1]); len(got) != 1 {
			t.Errorf("%s: got %q, want that %s", route, got, rules[i].reason)
		}
	}
}

func TestIndirectArrowsAreFound(t *testing.T) {
	t.Parallel()
	tree := imports{
		"shared/clean":     {"shared/telemetry": "clean.go:3"},
		"shared/telemetry": {"shared/telemetry/x": "t.go:4", "os": "t.go:5"},
		// Packages that import each other do not compile, but the walk must end all the same.
		"shared/telemetry/x": {"shared/telemetry": "x.go:1", "github.com/aws/smithy-go": "x.go:2"},
	}
	got := violations(tree, rules)
	if len(got) != 1 || !strings.Contains(got[0], "shared/clean > shared/telemetry > shared/telemetry/x > github.com/aws/smithy-go") {
		t.Errorf("got %q", got)
	}
}

func TestAllowedArrows(t *testing.T) {
	t.Parallel()
	tree := imports{
		"functions/load":            {"shared/load": "", "shared/pgstore": "", "github.com/aws/aws-lambda-go/events": ""},
		"shared/load":               {"shared/pipeline": "", "context": ""},
		"shared/pgstore":            {"shared/pipeline": "", "shared/rows": "", "github.com/jackc/pgx/v5": ""},
		"shared/pipeline":           {"encoding/json": ""},
		"shared/env":                {"os.Getenv": ""},
		"localstack/postgres":       {"github.com/jackc/pgx/v5": "", "os.Environ": ""},
		"localstack/cloud/lambda":   {"shared/env": "", "os.Environ": ""},
		"test/pgtest":               {"shared/pgstore": "", "github.com/jackc/pgx/v5": "", "os.Getenv": ""},
		"shared/pgstorekeeper/not":  {},
		"shared/grammar":            {"shared/pipeline": ""},
		"shared/pgstore/migrations": {"shared/pgstore": ""},
	}
	if got := violations(tree, rules); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

func TestLoadImports(t *testing.T) {
	t.Parallel()
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	tree, err := loadImports(fstest.MapFS{
		"shared/a/a.go":          file("package a\nimport (\n\"acequia/shared/b\"\nsystem \"os\"\n)\nvar _ = system.LookupEnv\n"),
		"shared/a/a_test.go":     file("package a\nimport \"acequia/test/pgtest\"\n"),
		"shared/a/testdata/x.go": file("package x\nimport \"github.com/aws/x\"\n"),
		".local/x/x.go":          file("package x\nimport \"github.com/aws/x\"\n"),
		"shared/b/b.go":          file("package b\nvar os struct{ Getenv int }\nvar _ = os.Getenv\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"shared/a": {"os", "os.LookupEnv", "shared/b"}, "shared/b": nil}
	if len(tree) != len(want) {
		t.Errorf("packages: got %v", tree)
	}
	for pkg, arrows := range want {
		if got := slices.Sorted(maps.Keys(tree[pkg])); !slices.Equal(got, arrows) {
			t.Errorf("%s: got %q, want %q", pkg, got, arrows)
		}
	}
}

// A set says which packages belong to it. The project's own go by their path in the tree.
type set func(pkg string) bool

func in(paths ...string) set {
	return func(pkg string) bool {
		return slices.ContainsFunc(paths, func(p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") })
	}
}

func not(s set) set { return func(pkg string) bool { return !s(pkg) } }

func either(sets ...set) set {
	return func(pkg string) bool { return slices.ContainsFunc(sets, func(s set) bool { return s(pkg) }) }
}

// standardLibrary knows its packages by their first element, which has no dot (see `go help importpath`).
func standardLibrary(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return !ours(pkg) && (!strings.Contains(first, ".") || readsEnv(pkg))
}

// imports holds, by package, what it imports and where. A use of an environment variable counts as an import of
// os.Getenv or its kin.
type imports map[string]map[string]string

// violations lists the arrows that the rules forbid, each with its route, its place and its reason.
func violations(tree imports, rules []rule) []string {
	var found []string
	for _, r := range rules {
		for _, pkg := range slices.Sorted(maps.Keys(tree)) {
			if r.from(pkg) {
				found = append(found, forbidden(tree, r, pkg, nil)...)
			}
		}
	}
	return found
}

// forbidden follows the arrows from the last package of route, which starts at a package that the rule is about. A
// package that is itself under the rule is left to its own turn.
func forbidden(tree imports, r rule, pkg string, route []string) []string {
	var found []string
	route = append(slices.Clone(route), pkg)
	for _, to := range slices.Sorted(maps.Keys(tree[pkg])) {
		switch {
		case r.to(to):
			where := tree[route[0]][append(route, to)[1]]
			found = append(found, fmt.Sprintf("%s: %s\n\t%s", where, strings.Join(append(route, to), " > "), r.reason))
		case !r.direct && !r.from(to) && !slices.Contains(route, to):
			found = append(found, forbidden(tree, r, to, route)...)
		}
	}
	return found
}

// loadImports reads the imports of all Go files below root but tests.
func loadImports(root fs.FS) (imports, error) {
	tree := imports{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := entry.Name(); entry.IsDir() {
			if name != "." && (base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		return addFile(tree, root, name)
	})
	return tree, err
}

func addFile(tree imports, root fs.FS, name string) error {
	src, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, src, 0)
	if err != nil {
		return err
	}
	arrows := tree[path.Dir(name)]
	if arrows == nil {
		arrows = map[string]string{}
		tree[path.Dir(name)] = arrows
	}
	osName := ""
	for _, spec := range file.Imports {
		pkg, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if pkg == "os" {
			osName = "os"
			if spec.Name != nil {
				osName = spec.Name.Name
			}
		}
		arrows[strings.TrimPrefix(pkg, "acequia/")] = files.Position(spec.Pos()).String()
	}
	addEnvironmentReads(arrows, files, file, osName)
	return nil
}

// addEnvironmentReads adds an arrow for each use of os.Getenv and its kin, by whatever name the file imports os.
func addEnvironmentReads(arrows map[string]string, files *token.FileSet, file *ast.File, osName string) {
	if osName == "" {
		return
	}
	for n := range ast.Preorder(file) {
		if use, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := use.X.(*ast.Ident); ok && x.Name == osName && readsEnv("os."+use.Sel.Name) {
				arrows["os."+use.Sel.Name] = files.Position(use.Pos()).String()
			}
		}
	}
}
