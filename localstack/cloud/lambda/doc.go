// Package lambda is the local cloud's Lambda: functions and event source mappings in, invocations of real processes out.
//
// [Server] answers the part of Lambda's HTTP API that invokes and describes, so that any AWS client can call a function.
// Functions and mappings are added by the local cloud, from the template; the API does not create them. The processes are
// run by package sandbox, whose documentation says how near to AWS they are.
//
// # What follows AWS
//
//   - Invoke: RequestResponse, Event and DryRun; the size limits (6 MB and 1 MB); X-Amz-Function-Error; the log tail;
//     TooManyRequestsException when the reserved concurrency is used up. A caller that leaves does not stop an invocation.
//   - An asynchronous invocation is stored before it is answered, survives kill -9 of the local cloud, and may run more
//     than once. A function's error is retried as often as MaximumRetryAttempts says, twice by default; being throttled
//     is no attempt. After the last attempt, or past MaximumEventAgeInSeconds, the event goes to the on-failure destination
//     and to the dead-letter queue, in the forms that AWS documents.
//   - An event source mapping hands batches to the function, several at once up to its MaximumConcurrency; deletes what was
//     handled, and leaves what failed to its visibility timeout. ReportBatchItemFailures is judged by AWS's rules: null and
//     the empty list are a success; an unknown id, an empty one or a malformed answer fail the whole batch.
//
// # What is local
//
//   - At most [Options].MaxProcesses processes of a function run at once. What comes on top waits for one of them.
//   - Retries of asynchronous invocations wait [Options].RetryDelays: seconds, where AWS waits one minute and then two.
//   - Storing an event survives the end of the process, not that of the machine: the database is not synced to the disk.
//   - A mapping polls from the start with all the pollers that it may have. It takes no filters, and no other source than SQS.
//   - There is one version, $LATEST; there are no aliases, layers, permissions, loop detection or function URLs.
package lambda
