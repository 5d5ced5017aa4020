// Package desk is what a person sees: it takes the running stack (buckets, queues, functions, the ledger) and gives tables,
// progress and plain sentences.
package desk

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Terminal is where a person reads.
type Terminal struct {
	w io.Writer
	// colour tells whether escape sequences for colours are understood, live whether lines can be drawn over.
	colour, live bool
	// size gives the width and height in cells.
	size func() (width, height int)
}

// NewTerminal gives the terminal behind f. Colours are for terminals that have them, unless NO_COLOR is set
// (https://no-color.org); what is not a terminal gets plain lines.
func NewTerminal(f *os.File) *Terminal {
	live := term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
	return &Terminal{
		w: f, live: live, colour: live && os.Getenv("NO_COLOR") == "",
		size: func() (int, int) {
			width, height, err := term.GetSize(int(f.Fd()))
			if err != nil || width <= 0 || height <= 0 {
				return plainWidth, 24
			}
			return width, height
		},
	}
}

// plainWidth is how wide tables are in a file or a pipe.
const plainWidth = 120

// NewPlain gives plain lines without colours.
func NewPlain(w io.Writer) *Terminal {
	return &Terminal{w: w, size: func() (int, int) { return plainWidth, 24 }}
}

// Line writes a line.
func (t *Terminal) Line(format string, args ...any) {
	fmt.Fprintf(t.w, format+"\n", args...)
}

// Heading writes a heading, with an empty line before it.
func (t *Terminal) Heading(text string) {
	t.Line("\n%s", t.paint(bold, text))
}

// lines writes some.
func (t *Terminal) lines(lines []string) {
	if len(lines) > 0 {
		t.Line("%s", strings.Join(lines, "\n"))
	}
}

// style is a terminal's escape sequence for one (ECMA-48, "select graphic rendition").
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
)

func (t *Terminal) paint(s style, text string) string {
	if !t.colour || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}
