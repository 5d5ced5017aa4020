package postgres

import (
	"fmt"
	"strings"
)

// confName is the file, beside postgresql.conf and included by it, that is written at each start.
const confName = "acequia.conf"

// configuration gives the server's settings, one a line with its reason.
//
// Committed data survives the death of every process and, unless the server is disposable, of the machine: a load
// acknowledges its message after the commit, so a commit that is lost is a file that is lost. (synchronous_commit = off
// would lose the last commits with the server's own memory, so even a disposable server keeps it on.)
func configuration(port int, disposable bool) string {
	lines := []string{
		"# Written at each start; changes belong in postgresql.conf.",
		"listen_addresses = '127.0.0.1'",
		fmt.Sprintf("port = %d", port),
		"unix_socket_directories = '' # a socket's path is limited to 107 bytes, and checkouts lie deep",
		"max_connections = 200 # a function process each, and tests in parallel",
		"timezone = 'UTC' # as on RDS",
		"log_timezone = 'UTC'",
		"jit = off # loads are many short statements",
		"wal_level = minimal # nobody replicates from here, and a table filled in the transaction that made it skips the log",
		"max_wal_senders = 0",
		"max_wal_size = '2GB' # no checkpoint in the middle of a large load",
		"checkpoint_timeout = '15min'",
	}
	if disposable {
		lines = append(lines,
			"fsync = off # what it holds can be made again",
			"full_page_writes = off",
		)
	}
	return strings.Join(lines, "\n") + "\n"
}
