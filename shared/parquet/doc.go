// Package parquet takes a Parquet file and gives its row groups, and of a range of rows its records: the values of the columns
// that were asked for, each as the text of what it is.
//
// # What is read
//
// The tail of the file is read first, 64 KiB at once; where the footer is longer, a second request reads all of it. Of a row
// group only the column chunks that were asked for are read: with one request for all of them where they lie within 8 MiB, and
// else each on its own, front to back, in sections of 256 KiB to 4 MiB (32 MiB shared out among the columns), so that a chunk
// of n bytes takes about n/section requests. Statistics, indexes and Bloom filters are not read: nothing depends on them.
//
// # What is held
//
// Of each column that was asked for: a section, a page, and the dictionary. All that together is bounded by Limits, however
// large the file is.
//
// # Whom it trusts
//
// Nobody. Every size, offset and count of the footer and of a page's header is held to the file's size, to what is left of what
// it is a part of, and to the limits, before memory is taken for it. So footer, pages and values are read here, and from
// parquet-go come only the numbers of types, codecs and encodings: that library takes memory for as many values as a file
// claims to have. A file of 122 bytes took a gigabyte, one changed byte in a footer four, past which no process recovers; and
// its codecs know no bound. The tests write with it.
package parquet
