// Package sample makes retail files of sales, products and customers, as clean and as dirty as shops send them: a seed goes
// in, a file and an exact account of it come out. The account is kept while the file is written, by the code that decides
// what to write; nothing here parses a file, so it is a witness independent of the pipeline that it is compared with.
package sample
