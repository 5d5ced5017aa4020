// Command bench takes this machine and gives what loading costs on it: the same rows, into the same table of the same private
// Postgres, by psql's \copy, by SQL over a staging table, by pgloader, and by Acequia from the upload to the committed rows.
// The contenders take turns, round by round, so that what else the machine does meets all of them; what is printed is the
// median of each one's ratios to the \copy of its round. A figure is printed only if the rows in the table are the right ones.
//
// What it makes lies in the checkout's .local/bench, and goes when it ends.
package main
