package clean

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// pattern is a regular expression that texts must match. Most are plain, and need no machine: ^[A-Z]{2}-\d+$ is a row of pieces,
// each of which takes as many characters as it can.
type pattern struct {
	*regexp.Regexp
	plain  bool
	pieces []piece
	toEnd  bool // nothing may follow
}

// piece is a set of ASCII characters with how many of them stand in a row; most below 0 is any number.
type piece struct {
	set         [4]uint64
	least, most int
}

func (p *piece) has(c byte) bool { return p.set[c/64]&(1<<(c%64)) != 0 }

func newPattern(re *regexp.Regexp) *pattern {
	if re == nil {
		return nil
	}
	p := &pattern{Regexp: re}
	if tree, err := syntax.Parse(re.String(), syntax.Perl); err == nil {
		p.plain = p.parse(tree)
	}
	return p
}

// parse makes pieces of a tree, and gives false if that cannot be done.
func (p *pattern) parse(tree *syntax.Regexp) bool {
	parts := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpConcat {
		parts = tree.Sub
	}
	if len(parts) == 0 || parts[0].Op != syntax.OpBeginText {
		return false
	}
	parts = parts[1:]
	if last := len(parts) - 1; last >= 0 && parts[last].Op == syntax.OpEndText {
		p.toEnd = true
		parts = parts[:last]
	}
	for _, part := range parts {
		if !p.add(part, 1, 1) {
			return false
		}
	}
	return p.isClear()
}

// add adds a part that stands so many times in a row.
func (p *pattern) add(part *syntax.Regexp, least, most int) bool {
	switch part.Op {
	case syntax.OpLiteral:
		return p.addLiteral(part, least, most)
	case syntax.OpCharClass:
		return p.addClass(part.Rune, least, most)
	}
	if least != 1 || most != 1 {
		return false // what repeats is repeated
	}
	switch part.Op {
	case syntax.OpStar:
		return p.add(part.Sub[0], 0, -1)
	case syntax.OpPlus:
		return p.add(part.Sub[0], 1, -1)
	case syntax.OpQuest:
		return p.add(part.Sub[0], 0, 1)
	case syntax.OpRepeat:
		return p.add(part.Sub[0], part.Min, part.Max)
	default:
		return false
	}
}

func (p *pattern) addLiteral(part *syntax.Regexp, least, most int) bool {
	if part.Flags&syntax.FoldCase != 0 || len(part.Rune) > 1 && (least != 1 || most != 1) {
		return false
	}
	for _, r := range part.Rune {
		if !p.addClass([]rune{r, r}, least, most) {
			return false
		}
	}
	return true
}

// addClass adds a set of characters, given as ranges.
func (p *pattern) addClass(ranges []rune, least, most int) bool {
	one := piece{least: least, most: most}
	for pair := range slices.Chunk(ranges, 2) {
		first, last := pair[0], pair[1]
		if last >= utf8.RuneSelf {
			return false
		}
		for r := first; r <= last; r++ {
			one.set[r/64] |= 1 << (r % 64)
		}
	}
	p.pieces = append(p.pieces, one)
	return true
}

// isClear tells whether a piece that takes as much as it can never takes what the pieces behind it need: no character of one that
// may end at several places begins what may follow.
func (p *pattern) isClear() bool {
	for i := range p.pieces {
		if p.pieces[i].least == p.pieces[i].most {
			continue
		}
		for j := i + 1; j < len(p.pieces); j++ {
			if p.pieces[i].overlaps(&p.pieces[j]) {
				return false
			}
			if p.pieces[j].least > 0 {
				break
			}
		}
	}
	return true
}

func (p *piece) overlaps(q *piece) bool {
	for i := range p.set {
		if p.set[i]&q.set[i] != 0 {
			return true
		}
	}
	return false
}

// matches tells whether the expression is found in text.
func (p *pattern) matches(text []byte) bool {
	if !p.plain {
		return p.Match(text)
	}
	for i := range p.pieces {
		one := &p.pieces[i]
		n := 0
		for n < len(text) && n != one.most && one.has(text[n]) {
			n++
		}
		if n < one.least {
			return false
		}
		text = text[n:]
	}
	return len(text) == 0 || !p.toEnd
}
