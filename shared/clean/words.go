package clean

// words is a set of texts, by their lengths: most of what is asked for is told from them by its length, or by its first byte.
type words [][]string

func newWords(texts []string) words {
	var w words
	for _, text := range texts {
		for len(w) <= len(text) {
			w = append(w, nil)
		}
		w[len(text)] = append(w[len(text)], text)
	}
	return w
}

// addFirst marks the bytes that the words begin with.
func (w words) addFirst(first *[256]bool) {
	for _, same := range w {
		for _, word := range same {
			if word != "" {
				first[word[0]] = true
			}
		}
	}
}

func (w words) has(text []byte) bool {
	if len(text) >= len(w) {
		return false
	}
	for _, word := range w[len(text)] {
		if len(word) == 0 || word[0] == text[0] && word == string(text) {
			return true
		}
	}
	return false
}
