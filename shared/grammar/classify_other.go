//go:build purego || !amd64

package grammar

// classifyBlocks finds the characters in the blocks that a text begins with.
func classifyBlocks(blocks []block, text []byte, c *characters) { classifyWords(blocks, text, c) }

// put writes down the places of the bits in the sets, whose first is at at, and gives their number. It may write atOnce more.
func put(places []int32, sets []uint64, at int) (n int) { return putWords(places, sets, at) }
