// Package queue keeps durable standard queues: a Draft that is sent becomes a Message that is received, again and again
// until it is deleted, expires or has been received too often. It is SQS's core without its protocols.
//
// # What is where
//
// Memory holds the order: for each message who it is, when it becomes visible, when it expires and how often it was
// received, about 300 bytes. Each queue has heaps by the time of visibility (of each message group those that are visible, and
// those that are not yet), one of the groups by whose turn it is, and one by age, so no call looks at more messages than it
// moves. The disk holds the messages and the counts of
// their receipts, so memory can be rebuilt at start.
//
// # What survives
//
// A call returns after bbolt has committed, which is after its write(2) calls have returned. What was written lies in the
// kernel's page cache then, and the kernel keeps it when the process is killed, kill -9 included. bbolt writes the changed
// pages beside the old ones and the checksummed meta page, which points to them, last: a process that is killed in between
// leaves the old state whole, and nobody has been told otherwise. What fsync adds is protection from a crash of the machine,
// which a cloud for development does without; it would cost milliseconds a message.
//
// Timeouts of visibility are kept in memory only: after a restart every message that was in flight is visible at once, its
// count of receipts is as it was, and its last receipt handle still deletes it.
package queue
