// Package pipeline holds the nouns that travel through Acequia: an Object becomes Chunks, a Chunk becomes Records, Records
// become Rows, and what breaks a rule becomes a Reject. It knows no technology: the standard library is all it imports.
package pipeline
