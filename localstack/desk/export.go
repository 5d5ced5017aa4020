package desk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/rejects"
)

// export is one object's rejects on their way into a file.
type export struct {
	desk   *Desk
	object pgstore.ObjectRow
	layout pipeline.Layout
	file   string

	// records counts all that were gone through; of them, those that stand apart, that have no reason, that have no bytes.
	records              atomic.Int64
	apart, untold, empty int64
}

// write writes the file and, if there are records that have no place for their reason, another one with these.
func (e *export) write(ctx context.Context, stdout io.Writer) error {
	if e.file == StandardOutput {
		return e.watched(func() error { return e.fill(ctx, stdout, io.Discard) })
	}
	out, err := newDraft(e.file)
	if err != nil {
		return err
	}
	defer out.drop()
	reasons, err := newDraft(e.reasonsFile())
	if err != nil {
		return err
	}
	defer reasons.drop()
	if err := e.watched(func() error { return e.fill(ctx, out, reasons) }); err != nil {
		return err
	}
	if e.untold+e.empty > 0 {
		if err := reasons.keep(); err != nil {
			return err
		}
	}
	return out.keep()
}

func (e *export) reasonsFile() string { return e.file + ".reasons.txt" }

// fill writes all records to out, and to reasons what has no place there.
func (e *export) fill(ctx context.Context, out, reasons io.Writer) error {
	last, err := os.CreateTemp("", "acequia-rejects-")
	if err != nil {
		return err
	}
	defer os.Remove(last.Name())
	defer last.Close()
	bufferedOut, bufferedLast, bufferedReasons := bufio.NewWriter(out), bufio.NewWriter(last), bufio.NewWriter(reasons)
	if err := e.add(ctx, bufferedOut, bufferedLast, bufferedReasons); err != nil {
		return err
	}
	if err := errors.Join(bufferedLast.Flush(), bufferedReasons.Flush()); err != nil {
		return err
	}
	if _, err := last.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(bufferedOut, last); err != nil {
		return err
	}
	return bufferedOut.Flush()
}

func (e *export) add(ctx context.Context, out, last, reasons io.Writer) error {
	c := cutter{vault: e.desk.Vault, object: e.object.Object, layout: e.layout}
	head, err := c.head(ctx)
	if err != nil {
		return err
	}
	file, err := rejects.New(out, last, e.layout, head)
	if err != nil {
		return err
	}
	err = c.each(ctx, e.desk.Ledger.Rejects(ctx, e.object.Object.ID), func(r pipeline.Reject, raw []byte) error {
		written, err := file.Add(r, raw)
		if err == nil && !written.Told {
			_, err = fmt.Fprintf(reasons, "line %d: %s\n    %s\n", r.Line, rejects.Reason(r), clip(r.Raw, plainWidth))
		}
		e.count(written)
		return err
	})
	if err != nil {
		return err
	}
	return file.Close()
}

func (e *export) count(w rejects.Written) {
	e.records.Add(1)
	switch {
	case w.Empty:
		e.empty++
	case !w.Told:
		e.untold++
	}
	if w.Apart {
		e.apart++
	}
}

// watched does the work, and shows how far it is.
func (e *export) watched(work func() error) error {
	return e.desk.watched(work, func() (done, all int64) { return e.records.Load(), e.object.Counts.Rejected })
}
