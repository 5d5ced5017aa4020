// Package sandbox runs a function's binary as Lambda does: an invocation in, its result out.
//
// A [Pool] holds a function's execution environments. Each is a child process that speaks the Runtime API of
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html over a listener of its own, works on one invocation at a
// time, and is kept warm for the next.
//
// As on AWS: what the function sees (API, headers, environment variables), the limits on time, memory, payload and
// concurrency, the answers when it breaks one, and the log's START, END and REPORT lines. Locally: a process is neither
// frozen between invocations nor confined (it sees the machine's files and network), memory is sampled rather than
// enforced by the kernel, an initialization that fails is not tried a second time, and a binary that was built anew
// replaces the warm processes of the old one.
package sandbox
