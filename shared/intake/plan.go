package intake

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// headBytes is how much of an object is looked at to find its layout; a header must fit into it.
const headBytes = 1 << 20

// process finds the plan, reports the object, walks it and reports what it found.
func (w *work) process(ctx context.Context, find func(*bufio.Reader) (pipeline.Plan, error)) (err error) {
	body, err := w.Bucket.Open(ctx, w.object)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := body.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("closing %s: %w", w.object.URI(), closeErr)
		}
	}()
	r := bufio.NewReaderSize(body, headBytes)
	plan, err := find(r)
	if err != nil {
		return err
	}
	w.object, w.contract = plan.Object, plan.Contract
	if err := w.Report(ctx, w.report(pipeline.ObjectReceived)); err != nil {
		return err
	}
	return w.walk(ctx, r, plan)
}

// makePlan makes the plan of the first attempt from the object's head. Of two that plan at once, one creates the plan, and the
// other obeys it.
func (w *work) makePlan(ctx context.Context, r *bufio.Reader, c *contract.Contract) (pipeline.Plan, error) {
	plan, err := w.newPlan(r, c)
	if err != nil {
		return plan, err
	}
	b, err := json.Marshal(plan)
	if err != nil {
		return plan, fmt.Errorf("encoding the plan of %s: %w", w.object.URI(), err)
	}
	created, err := w.Work.Create(ctx, pipeline.PlanKey(w.object.ID, FirstAttempt), b)
	if err != nil || created {
		return plan, err
	}
	plan, found, err := w.existingPlan(ctx)
	if err == nil && !found {
		err = fmt.Errorf("the plan of %s is being made by another invocation", w.object.URI())
	}
	return plan, err
}

func (w *work) existingPlan(ctx context.Context) (plan pipeline.Plan, found bool, err error) {
	b, found, err := w.Work.Find(ctx, pipeline.PlanKey(w.object.ID, FirstAttempt))
	if err != nil || !found {
		return plan, false, err
	}
	if err := json.Unmarshal(b, &plan); err != nil {
		return plan, false, fmt.Errorf("reading the plan of %s: %w", w.object.URI(), err)
	}
	return plan, true, grammar.Knows(plan)
}

func (w *work) newPlan(r *bufio.Reader, c *contract.Contract) (pipeline.Plan, error) {
	head, err := r.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return pipeline.Plan{}, fmt.Errorf("reading the head of %s: %w", w.object.URI(), err)
	}
	complete := int64(len(head)) == w.object.Size
	layout, err := split.Probe(head, complete, c.Source, c.Sources())
	if err == nil && layout.Format == pipeline.CSV {
		err = checkHeader(layout.Header, c)
	}
	return pipeline.Plan{
		Grammar: grammar.Version, Object: w.object, Attempt: FirstAttempt, Contract: w.contract,
		ChunkSize: w.ChunkSize, Layout: layout,
	}, err
}

// walk sends each chunk as soon as it is cut, and at the end the counts against which the loader checks what it gets.
func (w *work) walk(ctx context.Context, r io.Reader, plan pipeline.Plan) error {
	end, err := split.Walk(r, plan.Layout, w.object.Size, plan.ChunkSize, split.Mark{}, func(p split.Piece) error {
		w.result.Chunks++
		return w.SendChunk(ctx, pipeline.Chunk{
			Object: plan.Object, Attempt: plan.Attempt, Number: p.Number, Start: p.Start, End: p.End, Line: p.Line,
		})
	})
	if err != nil {
		return err
	}
	w.result.Records = end.Records
	report := w.report(pipeline.ObjectPlanned)
	report.Chunks, report.Records = w.result.Chunks, w.result.Records
	return w.Report(ctx, report)
}
