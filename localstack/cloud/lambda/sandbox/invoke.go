package sandbox

import (
	"fmt"
	"time"
)

// initLimit is how long a process may take to ask for its first invocation; AWS gives it 10 s, and then a second try that
// lasts as long as the function's timeout.
const initLimit = 10 * time.Second

// run gives the process an invocation and waits until it is ready for another one, or has ended.
func (e *environment) run(in Invocation) Result {
	work := e.api.assign(in)
	w := &watch{env: e, work: work}
	var initDuration time.Duration
	var broke *outcome
	if !e.initialized {
		_, broke = until(w.limit(initLimit+e.function.Timeout), e.api.idle)
		initDuration, e.initialized = e.options.Now().Sub(e.started), true
	}
	e.log.say(startLine(in.RequestID))
	w.sample()
	began := e.options.Now()
	if broke == nil {
		defer e.harm()()
		broke = e.serve(w, began.Add(e.function.Timeout))
	}
	end := *broke
	if end.note != "" {
		e.log.say(end.note)
	}
	w.peak = max(w.peak, peakBytes(e.cmd.Process.Pid))
	r := report{
		requestID: in.RequestID, duration: e.options.Now().Sub(began), init: initDuration,
		memorySize: e.function.MemorySize, memoryUsed: w.peak, failed: end.failed,
	}
	tail := e.log.finish(endLine(in.RequestID), r.String())
	return Result{Payload: end.payload, Failed: end.failed != "", LogTail: tail, report: r}
}

// serve hands the invocation over, takes its outcome, and waits until the process asks for the next: until then, the
// invocation uses its time and its memory, and the process may still write to its log.
func (e *environment) serve(w *watch, deadline time.Time) *outcome {
	w.limit(e.function.Timeout)
	w.work.deadline = deadline
	select {
	case e.api.next <- w.work:
	case <-e.exited: // while it was idle
		return w.exited()
	case <-w.timer.C: // it does not ask any more
		return w.timedOut()
	}
	end, broke := until(w, w.work.outcome)
	if broke != nil {
		return broke
	}
	// An outcome that was reported stands, even if the process ends now, as after a panic.
	_, _ = until(w, e.api.idle)
	return &end
}

// watch sees to it that an invocation keeps its limits.
type watch struct {
	env   *environment
	work  *assignment
	timer *time.Timer
	peak  int64 // bytes, of those seen so far
}

// limit allows the time d from now on.
func (w *watch) limit(d time.Duration) *watch {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.timer = time.NewTimer(d)
	return w
}

// samplePeriod is how often a running process's memory is looked at.
const samplePeriod = 100 * time.Millisecond

// until waits for a value from ch. If the process ends first, or is killed for breaking a limit, that is the outcome.
func until[T any](w *watch, ch <-chan T) (value T, broke *outcome) {
	ticker := time.NewTicker(samplePeriod)
	defer ticker.Stop()
	for {
		select {
		case value = <-ch:
			return value, nil
		case <-w.env.exited:
			select {
			case value = <-ch: // it said what was waited for, and then ended
				return value, nil
			default:
				return value, w.exited()
			}
		case <-w.timer.C:
			return value, w.timedOut()
		case <-ticker.C:
			if limit := int64(w.env.function.MemorySize) << 20; w.sample() > limit {
				return value, w.outOfMemory()
			}
		}
	}
}

// sample looks at the process's memory, and gives what it uses now.
func (w *watch) sample() int64 {
	now := residentBytes(w.env.cmd.Process.Pid)
	w.peak = max(w.peak, now)
	return now
}

// exited is the outcome of a process that ended by itself; a runtime that could not start has said why.
func (w *watch) exited() *outcome {
	select {
	case told := <-w.work.outcome:
		return &told
	default:
		end := failedOutcome(w.work.RequestID, errorExit, w.env.exitMessage())
		return &end
	}
}

func (w *watch) timedOut() *outcome {
	w.end()
	message := fmt.Sprintf("Task timed out after %.2f seconds", w.env.function.Timeout.Seconds())
	end := failedOutcome(w.work.RequestID, errorTimeout, message)
	end.note = fmt.Sprintf("%s %s %s", w.env.options.Now().UTC().Format("2006-01-02T15:04:05.000Z"), w.work.RequestID, message)
	return &end
}

func (w *watch) outOfMemory() *outcome {
	w.end()
	end := failedOutcome(w.work.RequestID, errorMemory, w.env.exitMessage())
	return &end
}

func (w *watch) end() {
	w.env.kill()
	<-w.env.exited
}
