package desk

import (
	"strings"
	"unicode/utf8"
)

// cell is a text in a table, with its style.
type cell struct {
	text  string
	style style
}

func text(s string) cell { return cell{text: s} }

// table is rows under a header. Columns whose title begins with ">" are aligned to the right. Where the terminal is too
// narrow, the widest columns give way.
type table struct {
	titles []string
	rows   [][]cell
	// notes holds, by row, a sentence to be shown below it.
	notes map[int]cell
}

func newTable(titles ...string) *table { return &table{titles: titles} }

func (t *table) add(cells ...cell) { t.rows = append(t.rows, cells) }

// note shows a sentence below the last row, if there is one to show.
func (t *table) note(sentence string, s style) {
	if sentence == "" {
		return
	}
	if t.notes == nil {
		t.notes = map[int]cell{}
	}
	t.notes[len(t.rows)-1] = cell{sentence, s}
}

// render gives the table's lines, indented by two.
func (t *table) render(term *Terminal) []string {
	width, _ := term.size()
	widths := t.widths(width - 2)
	header := make([]cell, len(t.titles))
	for i, title := range t.titles {
		header[i] = cell{strings.TrimPrefix(title, ">"), dim}
	}
	lines := []string{t.line(term, header, widths)}
	for i, row := range t.rows {
		lines = append(lines, t.line(term, row, widths))
		if note, ok := t.notes[i]; ok {
			lines = append(lines, "      "+term.paint(note.style, note.text))
		}
	}
	return lines
}

func (t *table) line(term *Terminal, row []cell, widths []int) string {
	var b strings.Builder
	for i, c := range row {
		b.WriteString("  " + t.pad(term, c, i, widths[i]))
	}
	return strings.TrimRight(b.String(), " ")
}

func (t *table) widths(available int) []int {
	widths := make([]int, len(t.titles))
	total := 0
	for i, title := range t.titles {
		widths[i] = cells(strings.TrimPrefix(title, ">"))
		for _, row := range t.rows {
			if i < len(row) {
				widths[i] = max(widths[i], cells(row[i].text))
			}
		}
		total += widths[i] + 2
	}
	for ; total > available; total-- {
		widest := 0
		for i := range widths {
			if widths[i] >= widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= narrowest {
			break
		}
		widths[widest]--
	}
	return widths
}

// narrowest is how narrow a column may get.
const narrowest = 16

func (t *table) pad(term *Terminal, c cell, column, width int) string {
	s := clip(c.text, width)
	space := strings.Repeat(" ", width-cells(s))
	if strings.HasPrefix(t.titles[column], ">") {
		return space + term.paint(c.style, s)
	}
	return term.paint(c.style, s) + space
}

// cells gives how many cells of a terminal a text takes, all letters being one wide.
func cells(s string) int { return utf8.RuneCountInString(s) }

// clip shortens a text to so many cells, on one line.
func clip(s string, width int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if cells(s) <= width {
		return s
	}
	return string([]rune(s)[:max(width-1, 0)]) + "…"
}
