package test

import (
	"flag"
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/GRAMMAR.md and the golden files anew")

// TestGrammarIsInTheDocs: docs/GRAMMAR.md is the documentation of package grammar, for those who read the docs before the code.
func TestGrammarIsInTheDocs(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "shared", "grammar", "doc.go"), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	want := "<!-- Made from shared/grammar/doc.go by `go test ./test -run Grammar -update`. -->\n\n" + markdown(file)
	path := filepath.Join("..", "docs", "GRAMMAR.md")
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/GRAMMAR.md is not what shared/grammar/doc.go says; go test ./test -run Grammar -update writes it anew:\n%s", diff)
	}
}

// markdown gives the documentation of the file's package.
func markdown(file *ast.File) string {
	pkg := &doc.Package{Name: file.Name.Name}
	printer := pkg.Printer()
	printer.HeadingLevel = 2
	printer.HeadingID = func(*comment.Heading) string { return "" }
	return "# The grammar of records\n\n" + string(printer.Markdown(pkg.Parser().Parse(file.Doc.Text())))
}
