package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"acequia/shared/compression"
	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// begin makes the plan of an object that has none, and walks it.
func (w *work) begin(ctx context.Context, c *contract.Contract) error {
	limits := compression.Limits{MaxRatio: c.Source.Limits.MaxRatio, MaxBytes: c.Source.Limits.MaxBytes}
	body, err := w.open(ctx, limits)
	if err != nil {
		return err
	}
	plan, err := w.makePlan(ctx, body, c)
	if err == nil {
		err = w.process(ctx, body, plan, Continuation{})
	}
	return w.closing(body, err)
}

// obey walks an object that has a plan, from where a walk before was left.
func (w *work) obey(ctx context.Context, plan pipeline.Plan, from Continuation) error {
	if plan.Layout.Format == pipeline.Parquet { // which is read here and there; its marks are rows, and no places in the object
		return w.process(ctx, nil, plan, from)
	}
	body, err := w.openAt(ctx, plan.Layout, from.Mark)
	if err != nil {
		return err
	}
	return w.closing(body, w.process(ctx, body, plan, from))
}

// process reports the object, walks it and reports what it found.
func (w *work) process(ctx context.Context, body *content, plan pipeline.Plan, from Continuation) error {
	w.object, w.contract = plan.Object, plan.Contract
	report, layout := w.report(pipeline.ObjectReceived), plan.Layout.Told()
	report.Layout = &layout
	if err := w.Report(ctx, report); err != nil {
		return err
	}
	return w.walk(ctx, body, plan, from)
}

// makePlan makes the plan of the attempt from the object's head. Of two that plan at once, one creates the plan, and the
// other obeys it.
func (w *work) makePlan(ctx context.Context, body *content, c *contract.Contract) (pipeline.Plan, error) {
	plan, err := w.newPlan(ctx, body, c)
	if err != nil {
		return plan, err
	}
	b, err := json.Marshal(plan)
	if err != nil {
		return plan, fmt.Errorf("encoding the plan of %s: %w", w.object.URI(), err)
	}
	created, err := w.Work.Create(ctx, pipeline.PlanKey(w.object.ID, w.attempt), b)
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
	b, found, err := w.Work.Find(ctx, pipeline.PlanKey(w.object.ID, w.attempt))
	if err != nil || !found {
		return plan, false, err
	}
	if err := json.Unmarshal(b, &plan); err != nil {
		return plan, false, fmt.Errorf("reading the plan of %s: %w", w.object.URI(), err)
	}
	return plan, true, grammar.Knows(plan)
}

func (w *work) newPlan(ctx context.Context, body *content, c *contract.Contract) (pipeline.Plan, error) {
	head, err := body.Peek(headBytes)
	complete := err == io.EOF //nolint:errorlint // What reading gives at the end is this very value.
	if err != nil && !complete {
		return pipeline.Plan{}, fmt.Errorf("reading the head of %s: %w", w.object.URI(), err)
	}
	layout, err := split.Probe(head, complete, c.Source, c.Sources())
	if layout.Compression = body.compression; layout.Compression != "" {
		layout.MaxRatio, layout.MaxBytes = c.Source.Limits.MaxRatio, c.Source.Limits.MaxBytes
	}
	switch {
	case err != nil:
	case layout.Format == pipeline.CSV:
		err = checkHeader(layout.Header, c)
	case layout.Format == pipeline.Parquet:
		layout, err = w.planRows(ctx, layout, c)
	}
	return pipeline.Plan{
		Grammar: grammar.Version, Object: w.object, Attempt: w.attempt, Contract: w.contract,
		ChunkSize: w.ChunkSize, Layout: layout,
	}, err
}
