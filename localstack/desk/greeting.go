package desk

import "acequia/localstack/stack"

// Greet says what is about to happen.
func Greet(term *Terminal) {
	term.Line("%s", term.paint(bold, "¡Bienvenido a la acequia!"))
	term.Line("Files go into a bucket here, and come out as rows in Postgres: each record once, or kept with its reason.\n")
}

// ShowItems lists parts of the state that is about to be removed.
func ShowItems(term *Terminal, paths stack.Paths, items []stack.Item) {
	t := newTable("what", ">size", "where")
	for _, item := range items {
		t.add(text(item.What), text(size(item.Bytes)), cell{paths.Relative(item.Path), dim})
	}
	term.lines(t.render(term))
}
