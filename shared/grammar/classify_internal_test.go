package grammar

import (
	"slices"
	"testing"
)

// plainly is classify a byte at a time: plain enough to be believed.
func plainly(text []byte, c *characters) []block {
	blocks := make([]block, (len(text)+blockBytes-1)/blockBytes)
	for i, b := range text {
		found, bit := &blocks[i/blockBytes], uint64(1)<<(i%blockBytes)
		for _, one := range []struct {
			c   byte
			set *uint64
		}{
			{c.delimiter, &found.delimiters},
			{c.quote, &found.quotes},
			{c.escape, &found.escapes},
			{c.lineFeed, &found.lineFeeds},
			{c.carriageReturn, &found.carriageReturns},
		} {
			if b == one.c {
				*one.set |= bit
			}
		}
	}
	return blocks
}

// FuzzClassify holds what this processor does, and what every processor can do, to what is plain, for texts of all lengths wherever
// they lie in memory.
func FuzzClassify(f *testing.F) {
	f.Add([]byte("1,\"2\"\r\n3,\\4\n"), byte(','), byte('"'), byte('\\'))
	f.Add([]byte("\x00\x01\x02\t;|\x7f\x80\x8a\x8d\xa2\xac\xff,,,,\"\"\"\"\n\n\r\r"), byte('\x01'), byte('\''), byte('\''))
	f.Add([]byte("\xac\xa2\x8a\x8d,\x2b\x2d\x0b\x0c\x0e"), byte(','), byte('\n'), byte('\n'))
	f.Fuzz(func(t *testing.T, text []byte, delimiter, quote, escape byte) {
		c := characters{delimiter&0x7f | 1, quote&0x7f | 1, escape&0x7f | 1, '\n', '\r'}
		if len(text) == 0 || len(text) > 100 {
			return
		}
		text = slices.Repeat(text, 6*blockBytes/len(text)+1)
		for start := range blockBytes {
			for _, size := range []int{start, blockBytes, 2*blockBytes - 1, 2*blockBytes + 1, 4*blockBytes + start} {
				checkClassify(t, text[start:start+size:start+size], &c)
			}
		}
	})
}

func checkClassify(t *testing.T, text []byte, c *characters) {
	t.Helper()
	var got, byWords [batchBytes / blockBytes]block
	want := plainly(text, c)
	if !slices.Equal(c.classify(got[:], text), want) {
		t.Fatalf("%q: %x, want %x", text, got[:len(want)], want)
	}
	whole := len(text) / blockBytes
	if classifyWords(byWords[:whole], text, c); !slices.Equal(byWords[:whole], want[:whole]) {
		t.Fatalf("%q by words: %x, want %x", text, byWords[:whole], want[:whole])
	}
	var sets []uint64
	var wanted []int32
	const at = 1000
	for i, b := range want {
		sets = append(sets, b.delimiters|b.lineFeeds)
		for place := range blockBytes {
			if sets[i]>>place&1 == 1 {
				wanted = append(wanted, int32(at+i*blockBytes+place))
			}
		}
	}
	for name, put := range map[string]func([]int32, []uint64, int) int{"put": put, "by words": putWords} {
		places := room(nil, len(text))
		places = append(places, -1)
		n := put(places[:len(places)-1], sets, at)
		if !slices.Equal(places[:n], wanted) || places[len(places)-1] != -1 {
			t.Fatalf("%q %s: %d, want %d", text, name, places, wanted)
		}
	}
}

// Every byte that is looked for stands alone at every place of a batch, where it is found, and nowhere else.
func TestClassifyFindsEachByteOfABatch(t *testing.T) {
	t.Parallel()
	c := characters{',', '"', '\\', '\n', '\r'}
	text := make([]byte, batchBytes)
	for at := range text {
		for _, one := range []byte(",\"\\\n\r\x00\x8a\xac") {
			text[at] = one
			var blocks [batchBytes / blockBytes]block
			c.classify(blocks[:], text)
			for i, b := range blocks {
				want := block{}
				if i == at/blockBytes {
					want = plainly([]byte{one}, &c)[0]
					for _, set := range []*uint64{&want.delimiters, &want.quotes, &want.escapes, &want.lineFeeds, &want.carriageReturns} {
						*set <<= at % blockBytes
					}
				}
				if b != want {
					t.Fatalf("%q at %d: block %d is %x, want %x", one, at, i, b, want)
				}
			}
		}
		text[at] = 'a'
	}
}
