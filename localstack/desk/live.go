package desk

import (
	"fmt"
	"strings"
	"time"
)

// live is a block of lines at the end of the output that is drawn over and over. Where lines cannot be drawn over, it is
// silent, and whoever uses it writes a line at what is worth one.
type live struct {
	term  *Terminal
	drawn int
}

// draw replaces the block. Lines that the terminal has no room for are left out, or the block could not be found again.
func (l *live) draw(lines []string) {
	if !l.term.live {
		return
	}
	width, height := l.term.size()
	if room := height - 1; len(lines) > room {
		lines = append(lines[:room-1:room-1], fmt.Sprintf("  … %d more", len(lines)-room+1))
	}
	var b strings.Builder
	l.back(&b)
	for _, line := range lines {
		b.WriteString(clipPainted(line, width) + "\x1b[K\n")
	}
	b.WriteString("\x1b[J") // what is left of a longer block
	fmt.Fprint(l.term.w, b.String())
	l.drawn = len(lines)
}

// clear takes the block away.
func (l *live) clear() {
	if l.drawn == 0 {
		return
	}
	var b strings.Builder
	l.back(&b)
	fmt.Fprint(l.term.w, b.String()+"\x1b[J")
	l.drawn = 0
}

// watched does some work and shows how much of it is done: in a line that is drawn over, or, where none can be, in one now and then.
func (d *Desk) watched(work func() error, progress func() (done, all int64)) error {
	block := &live{term: d.Term}
	defer block.clear()
	finished := make(chan error, 1)
	go func() { finished <- work() }()
	ticker := time.NewTicker(drawPeriod)
	defer ticker.Stop()
	for next := d.Now().Add(milestonePeriod); ; {
		select {
		case err := <-finished:
			return err
		case <-ticker.C:
		}
		done, all := progress()
		block.draw([]string{fmt.Sprintf("  %s  %s of %s", bar(d.Term, percent(done, all)), count(done), count(all))})
		if now := d.Now(); !d.Term.live && !now.Before(next) {
			d.Term.Line("  %s of %s, %d %%", count(done), count(all), percent(done, all))
			next = now.Add(milestonePeriod)
		}
	}
}

// back moves to the block's first line.
func (l *live) back(b *strings.Builder) {
	if l.drawn > 0 {
		fmt.Fprintf(b, "\x1b[%dA", l.drawn)
	}
}

// clipPainted shortens a line with escape sequences to so many cells: a line that wraps would take two.
func clipPainted(line string, width int) string {
	var b strings.Builder
	room, escape := width, false
	for _, r := range line {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		case room == 0:
			continue
		default:
			room--
		}
		b.WriteRune(r)
	}
	return b.String()
}
