// Package faults injects what goes wrong on AWS: a [Plan] goes in, and at each opportunity comes out whether something
// happens, and how.
//
// # Who is harmed
//
// Requests of functions, and deliveries: notifications, asynchronous invocations, and the messages that event source mappings
// receive. A request of a person or of a test is answered as ever. They are told apart by the access key of the signature: the
// sandbox gives each process one of its own, so a request also tells which process to kill.
//
// # What a seed repeats
//
// The n-th opportunity of a kind is decided by the seed, the kind and n, and by nothing else: not by time, and not by the
// opportunities of other kinds. With one thing going on at a time a seed therefore repeats a run. Where functions run at once,
// the scheduler decides which request is the n-th: then the seed repeats how many faults there are and in what rhythm they
// come, and not whom each of them meets.
//
// # What holds
//
// Nothing is lost but the notifications that the plan asks to lose. What is delayed is kept where it was stored, so it
// survives kill -9; the plan itself does not, and after a restart there are no faults. A fault never makes a message a dead
// letter by itself: a message's last receipt is left alone.
package faults
