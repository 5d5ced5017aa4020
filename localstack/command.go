package main

import (
	"context"
	"flag"
	"io"
	"os"
	"strings"

	"acequia/localstack/desk"
	"acequia/localstack/stack"
)

// command is one thing that a person can ask for.
type command struct {
	name string
	// args are the arguments as the usage line shows them, at most as many as there may be words.
	args string
	// short is a line, long what more there is to say.
	short, long string
	// flags declares the command's flags; nil if it has none.
	flags func(*flag.FlagSet, *options)
	run   func(ctx context.Context, a *app, o options) error
}

// options are a command's flags and arguments.
type options struct {
	args        []string
	follow      bool
	all         bool
	port        int
	dryRun      bool
	inFlight    int
	grace       string
	fingerprint string
}

// arg gives the argument at a place, or nothing.
func (o options) arg(i int) string {
	if i < len(o.args) {
		return o.args[i]
	}
	return ""
}

func (c command) usage() string { return strings.TrimSpace(c.name + " " + c.args) }

func (c command) help(out *desk.Terminal) {
	out.Line("Usage: acequia-local %s\n\n%s", c.usage(), c.short)
	if c.long != "" {
		out.Line("\n%s", strings.TrimSpace(c.long))
	}
}

// call parses the arguments, which may come before and after flags, and runs the command.
func (c command) call(ctx context.Context, out *desk.Terminal, args []string) error {
	var o options
	set := flag.NewFlagSet(c.name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() { c.help(out) }
	if c.flags != nil {
		c.flags(set, &o)
	}
	for rest := args; ; {
		if err := set.Parse(rest); err == flag.ErrHelp { //nolint:errorlint // It is never wrapped.
			return err
		} else if err != nil {
			return &desk.UsageError{Reason: err.Error()}
		}
		if set.NArg() == 0 {
			break
		}
		o.args = append(o.args, set.Arg(0))
		rest = set.Args()[1:]
	}
	if most := len(strings.Fields(c.args)); len(o.args) > most {
		return &desk.UsageError{Reason: "too many arguments: " + strings.Join(o.args, " ")}
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	paths, err := stack.FindRoot(dir)
	if err != nil {
		return err
	}
	return c.run(ctx, &app{out: out, paths: paths}, o)
}

func find(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}

// commands lists them all in the order in which a newcomer meets them.
func commands() []command {
	return []command{
		{
			name: "demo", run: runDemo,
			short: "start everything, send the sample files through the whole pipeline, show what came of them",
			long: `
Run it twice: the second time the same files end as unchanged, and nothing is loaded twice. Chunks are small here (64 KB),
so that several functions can be seen working at once; afterwards they are 8 MB again, as in make up.`,
		},
		{
			name: "up", run: runUp,
			short: "start Postgres and the local cloud in the background; returns when all is ready",
			long: `
What runs already is left alone, unless its code or settings changed. Writes .local/env, which a shell can source.

Environment:
  DATABASE_URL   a Postgres of your own, which is only connected to; otherwise a private one is started
  ACEQUIA_PORT   where the search for a free port begins (4566)
  AWS_REGION     the region, the first time (us-east-1)
  CHUNK_SIZE     the least number of bytes of a chunk (8388608)
  MAX_RECEIVE_COUNT
                 how often a message is received and fails before it goes to its dead-letter queue (20)
  WALK_LIMIT     how long one invocation of ingest walks a file before it hands over, such as 10s (until its deadline is near)`,
		},
		{
			name: "down", run: runDown,
			short: "stop what was started; what was loaded stays",
		},
		{
			name: "clean", run: runClean,
			short: "stop everything and remove its state, after saying what",
		},
		{
			name: "upload", args: "FILE DATASET [KEY]", run: runUpload,
			short: "upload a file into a data set, wait, and report how it ended",
			long: `
Exit status: 0 published or unchanged, 1 refused or failed, 2 wrong usage, 3 not at its end within ACEQUIA_TIMEOUT (30m).
KEY is where in the bucket it goes; by default the data set's prefix and the file's name.`,
		},
		{
			name: "rejects", args: "OBJECT [FILE]", run: runRejects,
			short: "write the rejected records of an object to a file, each with its reason, to be corrected and uploaded",
			long: `
OBJECT is a key (sales/january.csv: its last version), s3://bucket/key, or an object id. FILE is january.rejects.csv, in the
current directory, unless you name another; - is standard output. A file that is there already is not written over.

Each record is written with the exact bytes that it has in the object, in the object's own layout, uncompressed:
  CSV      header and all, with the column _reject_reason before the others. Records with an open quote, which might swallow
           those behind them, stand last. A file without a header has no place for reasons, and gets none.
  JSON     an array, or objects one after another, as the object is; _reject_reason is each one's first member. What is no
           object has no place for it. In NDJSON and its like, what is no valid JSON stands last.
  Parquet  as NDJSON, and only what the ledger keeps for reading: it has no bytes that could be cut out
Reasons that have no place are written to FILE.reasons.txt.

Correct the records, and upload the file as it is: the reasons are ignored. Exit status: 0 also if there are no rejects, 1 if
they cannot be had (any more, or yet), 2 wrong usage.`,
		},
		{
			name: "replay", args: "OBJECT", run: runReplay,
			short: "process an object again under the contract that is in force now, wait, and report how it ended",
			long: `
OBJECT is a key (sales/january.csv: its last version), s3://bucket/key, or an object id. It must be at its end: published,
refused, failed, or unchanged, when the version is replayed whose bytes it repeats. Its rows stay until the new ones take their
place, all at once; if the replay is refused or fails, all stays as it was, with the reason in the ledger.

Exit status: 0 published, 1 the replay was refused or has failed, 2 wrong usage or an object that cannot be replayed, 3 not at
its end within ACEQUIA_TIMEOUT (30m).`,
		},
		{
			name: "forget", args: "OBJECT", run: runForget,
			short: "remove an object and the older versions of its key for good: rows, rejects, and what is staged",
			long: `
OBJECT is a key (sales/january.csv: its last version), s3://bucket/key, or an object id. Nothing brings back what is forgotten,
not an event that comes again, nor a replay, nor an older version that arrives late. Rows of other files that had lost their key
to it come back. An entry in the ledger and in acequia.events stays. The files stay in the bucket: delete them there. A later
upload of the key is loaded as any other.

Exit status: 0 forgotten, also if it was before, 2 wrong usage or an unknown object, 3 not gone within ACEQUIA_TIMEOUT (30m).`,
		},
		{
			name: "status", run: runStatus,
			short: "what runs, the depths of the queues, the last files and their state",
		},
		{
			name: "reconcile", run: runReconcile,
			flags: func(set *flag.FlagSet, o *options) {
				set.StringVar(&o.grace, "grace", "", "how old what is missing must be")
			},
			short: "find what was lost on its way, repair it, and show what was found and done",
			long: `
Compares the whole bucket with the ledger, as the function reconcile does once a day by itself. What is younger than 15 minutes, or
has rested for less than 2 hours, may still be on its way and is left alone; -grace 30s says otherwise, for both.`,
		},
		{
			name: "backfill", args: "PREFIX [SINCE]", run: runBackfill,
			flags: func(set *flag.FlagSet, o *options) {
				set.BoolVar(&o.dryRun, "dry-run", false, "only count")
				set.IntVar(&o.inFlight, "in-flight", defaultInFlight, "how many files may be on their way at once")
			},
			short: "send what was uploaded before Acequia came, and all else the ledger does not know, through the pipeline",
			long: `
PREFIX is what the keys start with, SINCE a day (2026-01-31, in UTC) or a time: what was uploaded before it stays out. -dry-run only
counts; -in-flight N lets N files be on their way at once (20). Ctrl-C stops it, and the same command goes on where it was. Exit
status: 0 all at a good end, 1 stopped, or a file was refused or failed.`,
		},
		{
			name: "logs", args: "[FUNCTION] [-f]", run: runLogs,
			flags: func(set *flag.FlagSet, o *options) { set.BoolVar(&o.follow, "f", false, "follow") },
			short: "the last lines of the functions' logs, or of one function's; -f goes on",
		},
		{
			name: "audit", run: runAudit,
			short: "hold the ledger to the tables and to the bucket; show what does not add up",
			long: `
What came within the last minute may be on its way, and is left out of the comparison with the bucket. The tables are held to the
ledger in one snapshot, so that files may be loaded meanwhile; each of them is read whole.

Exit status: 0 all adds up, 1 something does not.`,
		},
		{
			name: "redrive", args: "[QUEUE] [-all]", run: runRedrive,
			flags: func(set *flag.FlagSet, o *options) { set.BoolVar(&o.all, "all", false, "send all of them back") },
			short: "show what lies in the dead-letter queues, and why; send back what is in QUEUE, or in all of them",
			long: `
Without QUEUE or -all, it only shows. What is sent back goes to the queue that it died in, or to ingest, and the objects that
it is about are followed to their ends.

Exit status: 0 all of them are published or unchanged, or nothing was sent back, 1 one was refused, failed or died again,
2 wrong usage, 3 one was not at its end in time.

Environment:
  ACEQUIA_TIMEOUT  how long to wait, such as 10m (30m)`,
		},
		{
			name: "local-invoke", args: "FUNCTION EVENT", run: runLocalInvoke,
			short: "invoke a function with a sample event, or one from a file; show log, response, time and memory",
			long: `
EVENT is the name of a sample in events/FUNCTION/, or a file. {{object_id}} and its kin in it stand for the newest
sales/sales_small.csv, which is uploaded if nobody has. Exit status 1 if the function failed.`,
		},
		{
			name: "validate", args: "[basic|complete|production]", run: runValidate,
			short: "are the services up? complete: small files end to end; production: large files",
		},
		{
			name: "postgres", args: "[stop]", run: runPostgres,
			short: "start a private Postgres for tests and print its URL; stop ends it",
			long:  `Its data is apart from that of up. If TEST_DATABASE_URL is set, that is printed, and nothing is started.`,
		},
		{
			name: "serve", run: runServe,
			flags: func(set *flag.FlagSet, o *options) {
				set.IntVar(&o.port, "port", stack.DefaultPort, "where the search for a free port begins")
				set.StringVar(&o.fingerprint, "fingerprint", "", "what up calls this code and its settings")
			},
			short: "run the local cloud in the foreground; up does it in the background",
			long:  `Takes DATABASE_URL, AWS_REGION, CHUNK_SIZE, MAX_RECEIVE_COUNT and WALK_LIMIT from the environment.`,
		},
	}
}
