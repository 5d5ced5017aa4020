// Package reconcile takes what lies in the buckets and what the ledger says of it, and gives what is missing: versions that no event
// told of, objects that do not move, what is left over. It repairs what can be repaired by telling ingest again, which changes
// nothing where nothing was missing, and leaves an event where a person has to look.
//
// # What a run looks at
//
// S3 lists by key and not by time, so that what came last is anywhere. A frequent run therefore looks at three places, each bounded:
//
//   - the ends: for each data set, what comes after the highest key that was compared (its watermark). Most names hold a date or a
//     number that grows, so most lost events are found here, within one period;
//   - the turn: the next pages of the whole bucket, from the key where the run before left off, and round again. It finds the rest:
//     keys in the middle, keys of no data set, deletions;
//   - the ledger: repairs that did not help, and objects under way that did not move.
//
// A full run makes the whole turn at once, from wherever it stands, and looks after the work bucket: missing outcome markers, leftovers.
// If its time is up, the turn stays where it came to, and the next run goes on there: no bucket is too large for it.
//
// Bucket and ledger are both read in the order of their keys and merged, page by page: memory is that of two pages and the versions of
// one key, and there is no query for a single object but where one has to be repaired.
//
// # What it costs
//
// S3 asks 0.005 $ for 1,000 LIST requests (us-east-1, November 2026) of up to 1,000 versions each; DELETE is free. With three data sets
// a frequent run takes at most 3 × endPages + turnPages + 1 for the contracts = 12 of them, and 5 if nothing is new and the bucket
// is small; every five minutes, that is 0.22 $ to 0.52 $ a month, however many objects there are (with nothing new and a large bucket,
// 9, or 0.39 $). The turn goes once around a million
// versions in 17 hours. A full run of a million versions takes 1,000 requests for the bucket and 1,000 for the outcomes: 0.01 $ a
// day. Four dead-letter queues cost 4 SQS requests a run: 0.01 $ a month.
package reconcile
