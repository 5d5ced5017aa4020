// Package chaos takes a seed and gives a verdict: whether the promises of docs/LOADING.md hold while everything that can go
// wrong does.
//
// A seed draws small files over several data sets (keys that other files hold too, duplicates, rejects, files that are refused,
// overwritten versions, the same bytes again; CSV, JSON and NDJSON; several chunks each) and the faults that rain while they are
// uploaded. They meet a real local cloud, the real binaries of the functions and a real Postgres, all the seed's own; see weather
// for what rains. Then the faults end, and everything must come to its end within a minute: table rows, superseded rows, rejects
// and the ledger's counts as a sequential oracle makes them out of the bucket's listing, which is the only thing that they may
// depend on; no message dead that is not when it is sent back once; one end for each object, told once, and the same in the work
// bucket. A reader polls throughout, and must never see a part of a file, nor counts that are not the tables'.
//
// The way through the package: scenario and dataset (what is drawn), weather (what rains), play (one seed from beginning to end),
// world, cluster, disk and cloud (what it runs in), rain and meddler (the faults that are not the local cloud's or the proxy's),
// reader, settle, verify and oracle (what it is held to), sabotage (whether it would notice).
package chaos
