// Package sqs is the SQS of the local cloud: requests of any AWS SDK or CLI go in, and messages come out, durably. It serves
// one machine, for development and tests.
//
// It speaks both protocols of the API: JSON (X-Amz-Target: AmazonSQS.…) and, for older clients, the query protocol (forms
// with Action=…, answered in XML). Signatures are not checked.
//
// # What holds
//
//   - A message whose SendMessage was answered with 200 survives kill -9 of the process; see package queue for why.
//   - A message is received by one receiver within its visibility timeout. AWS may duplicate, and so does the
//     local cloud where a plan of faults says so (package faults).
//   - A long poll is answered as soon as a message is visible: sent, returned, delayed no longer, or timed out.
//   - After a restart the messages that were in flight are visible at once.
//   - A message that was received maxReceiveCount times moves to the dead-letter queue instead of being received again.
//
// # What differs from AWS
//
//   - Standard queues only; CreateQueue of a name that ends in .fifo is refused. They are about first in, first out.
//   - DeleteQueue and PurgeQueue act at once, and may be repeated at once, rather than after 60 seconds.
//   - Counts of messages are exact.
//   - Policies, encryption and redrive permissions are kept and given back, and have no effect.
//   - There is no limit of 120,000 messages in flight.
//   - AddPermission and RemovePermission are refused by name.
//   - A message move task moves what was in the dead-letter queue when it started, less what is in flight then and stays so.
//     It goes on after a restart.
//   - Messages of a group with fewer messages in flight come first, always; see package queue.
package sqs
