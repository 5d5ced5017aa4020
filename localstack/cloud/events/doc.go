// Package events is the local cloud's EventBridge: rules with a schedule in, invocations of functions out.
//
// [Server] fires rules by the clock and answers those calls of EventBridge's API that describe them. Rules are added by the
// local cloud, from the template.
//
// As on AWS: cron(…) is in UTC and has six fields; the scheduled event's form; a fired rule becomes an asynchronous
// invocation, which is stored and retried. Locally: a rule that was due while the local cloud did not run does not fire
// later, rate(…) counts from the start of the local cloud, there are no event patterns, and cron's L, W and # are refused.
package events
