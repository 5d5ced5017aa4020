package desk

import (
	"fmt"
	"time"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// Service is a part of the stack, as status shows it.
type Service struct {
	Name, What string
	Running    bool
}

// Function is a function's processes.
type Function struct {
	Name       string
	Busy, Warm int
}

// Status is all that the command status shows.
type Status struct {
	Services  []Service
	Queues    []Queue
	Functions []Function
	// Ledger tells whether the ledger could be read, and Objects are the last of it.
	Ledger  bool
	Objects []pgstore.ObjectRow
	// Datasets sum it up.
	Datasets []pgstore.DatasetCounts
	// Reconciled are the last runs of reconcile.
	Reconciled []pipeline.Reconciliation
}

// ShowStatus shows what runs, how deep the queues are, and the last files.
func (d *Desk) ShowStatus(s Status) {
	d.Term.lines(servicesTable(s.Services).render(d.Term))
	if len(s.Functions) > 0 {
		d.Term.Heading("Functions")
		d.Term.lines(functionsTable(s.Functions).render(d.Term))
	}
	if len(s.Queues) > 0 {
		d.Term.Heading("Queues")
		d.Term.lines(queuesTable(s.Queues).render(d.Term))
		d.adviseOnDead(s.Queues)
	}
	if len(s.Reconciled) > 0 {
		d.Term.Heading("Reconciled")
		for _, line := range reconciledLines(s.Reconciled, d.Now()) {
			d.Term.Line("  %s", d.Term.paint(line.style, line.text))
		}
	}
	if len(s.Datasets) > 0 {
		d.Term.Heading("Data sets")
		d.Term.lines(datasetsTable(s.Datasets).render(d.Term))
	}
	d.Term.Heading("Last files")
	if !s.Ledger {
		d.Term.Line("  the ledger is in Postgres, which does not run")
		return
	}
	if len(s.Objects) == 0 {
		d.Term.Line("  none yet: make upload FILE=… DATASET=…, or make demo")
		return
	}
	d.Term.lines(objectsTable(s.Objects, d.Now()).render(d.Term))
}

func servicesTable(services []Service) *table {
	t := newTable("service", "state", "")
	for _, s := range services {
		state := cell{"stopped", yellow}
		if s.Running {
			state = cell{"running", green}
		}
		t.add(text(s.Name), state, cell{s.What, dim})
	}
	return t
}

func functionsTable(functions []Function) *table {
	t := newTable("function", ">busy", ">warm")
	for _, f := range functions {
		t.add(text(f.Name), positive(int64(f.Busy), cyan), positive(int64(f.Warm), plain))
	}
	return t
}

func queuesTable(queues []Queue) *table {
	t := newTable("queue", ">waiting", ">in flight", ">delayed", ">dead letters")
	for _, q := range queues {
		dead := cell{"-", dim}
		if q.HasDead {
			dead = positive(q.Dead, red)
		}
		if q.DeadOnly {
			t.add(text(q.Name), cell{"-", dim}, cell{"-", dim}, cell{"-", dim}, dead)
			continue
		}
		t.add(text(q.Name), positive(q.Waiting, cyan), positive(q.InFlight, cyan), positive(q.Delayed, plain), dead)
	}
	return t
}

// adviseOnDead names what shows why messages died.
func (d *Desk) adviseOnDead(queues []Queue) {
	var dead int64
	for _, q := range queues {
		dead += q.Dead
	}
	if dead > 0 {
		d.Term.Line("  %s: make redrive shows why, and sends back", d.Term.paint(red, plural(dead, "dead letter")))
	}
}

// positive shows a number that is worth a look only if it is not zero.
func positive(n int64, s style) cell {
	if n == 0 {
		return cell{"0", dim}
	}
	return cell{count(n), s}
}

// objectsTable shows the ledger's lines, and below a file what was wrong with it.
func objectsTable(objects []pgstore.ObjectRow, now time.Time) *table {
	t := newTable(">received", "key", "state", ">chunks", ">records", ">loaded", ">superseded", ">duplicates", ">rejected", ">cost")
	for _, o := range objects {
		t.add(cell{ago(o.ReceivedAt, now), dim}, text(o.Object.Key), statusCell(o.Status, ""), chunksCell(o),
			positive(o.Records, plain), positive(o.Counts.Loaded, plain), positive(o.Counts.Superseded, plain),
			positive(o.Counts.Duplicates, plain), positive(o.Counts.Rejected, yellow), costCell(o.Dollars))
		t.note(o.Error, red)
	}
	return t
}

func chunksCell(o pgstore.ObjectRow) cell {
	switch {
	case o.Status.Done():
		return positive(int64(o.Chunks), plain)
	case o.Chunks == 0:
		return text(fmt.Sprintf("%d/…", o.ChunksDone))
	default:
		return text(fmt.Sprintf("%d/%d", o.ChunksDone, o.Chunks))
	}
}

// ago says how long ago a moment was: the day, if it was not today or yesterday.
func ago(at, now time.Time) string {
	switch d := now.Sub(at); {
	case d < 2*time.Second:
		return "just now"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return at.Format(time.DateOnly)
	}
}
