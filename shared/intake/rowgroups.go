package intake

import (
	"context"
	"errors"
	"slices"

	"acequia/shared/contract"
	"acequia/shared/parquet"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// leastText is how many bytes of text a value is taken to have at least: a dictionary may need a few bits for it.
const leastText = 16

// planRows holds the columns of a Parquet file to the contract, and finds how many of its rows make a chunk.
func (w *work) planRows(ctx context.Context, layout pipeline.Layout, c *contract.Contract) (pipeline.Layout, error) {
	if layout.Compression != "" {
		return layout, pipeline.Refuse("the Parquet file is compressed with %s as a whole, so it cannot be read here and there; unpack it "+
			"and upload what comes out, whose columns are compressed already", layout.Compression)
	}
	file, err := parquet.Open(w.Bucket.At(ctx, w.object), w.object.Size, c.Sources(), parquet.Limits{})
	if err != nil {
		return layout, err
	}
	perRow := int64(leastText * len(c.Columns))
	for _, g := range file.RowGroups() {
		perRow = max(perRow, g.Bytes/g.Rows)
	}
	layout.ChunkRows = max(1, 2*w.ChunkSize/perRow)
	w.rows = file
	return layout, checkColumns(file, c)
}

// checkColumns is checkHeader for a Parquet file, whose columns may lie in groups.
func checkColumns(file *parquet.File, c *contract.Contract) error {
	lacking := file.Lacking()
	var missing []string
	for _, column := range c.Columns {
		if column.Required && slices.Contains(lacking, column.Source) {
			missing = append(missing, column.Source)
		}
	}
	return complain(missing, file.Unasked(), file.Columns(), c)
}

// cutRows cuts a Parquet file at its row groups, and a large one into several chunks.
func (w *work) cutRows(ctx context.Context, _ *content, plan pipeline.Plan, from split.Mark) (split.Mark, error) {
	file := w.rows
	if file == nil {
		var err error
		if file, err = parquet.Open(w.Bucket.At(ctx, w.object), w.object.Size, nil, parquet.Limits{}); err != nil {
			return from, err
		}
	}
	mark := from
	for _, g := range file.RowGroups() {
		for end := g.First + g.Rows; mark.Offset < end; {
			next := min(mark.Offset+plan.Layout.ChunkRows, end)
			piece := split.Piece{Number: mark.Number, Start: mark.Offset, End: next, Line: mark.Offset + 1, Records: next - mark.Offset}
			mark = split.Mark{Number: mark.Number + 1, Offset: next, Line: next + 1, Records: next}
			if err := w.send(ctx, plan, piece, nil); err != nil && (!errors.Is(err, split.ErrLeave) || next < file.Rows()) {
				return mark, err
			}
		}
	}
	return mark, nil
}
