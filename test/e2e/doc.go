// Package e2e holds the tests that see Acequia as its users do: files go in through the S3 API of a local cloud that the
// command line started, and what comes out is read from Postgres. Each test has a stack of its own, with its own state
// directory, port and database, made of the binaries that `make build` builds.
package e2e
