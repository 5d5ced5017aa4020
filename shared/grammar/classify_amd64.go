//go:build !purego

package grammar

// classifyBlocks finds the characters in the blocks that a text begins with.
func classifyBlocks(blocks []block, text []byte, c *characters) {
	if hasAVX2 {
		classifyAVX2(blocks, text, c)
	} else {
		classifyWords(blocks, text, c)
	}
}

// put writes down the places of the bits in the sets, whose first is at at, and gives their number. It may write atOnce more.
func put(places []int32, sets []uint64, at int) (n int) {
	if hasAVX2 {
		return putBMI(places, sets, at)
	}
	return putWords(places, sets, at)
}

//go:noescape
func putBMI(places []int32, sets []uint64, at int) (n int)

// classifyAVX2 is classifyWords, 64 bytes at a time.
//
//go:noescape
func classifyAVX2(blocks []block, text []byte, c *characters)

// hasAVX2 says that the processor has AVX2, and that the system keeps its registers.
var hasAVX2 = detectAVX2()

func detectAVX2() bool
