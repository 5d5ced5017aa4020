package reconcile

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"acequia/shared/pipeline"
)

const (
	// endPages and turnPages bound the requests of a frequent run, for each data set and for the bucket: see the package's cost.
	endPages  = 2
	turnPages = 5
	// allPages is no bound.
	allPages = 0
)

// The names of watermarks.
const turnName = "turn"

func endName(prefix string) string { return "prefix " + prefix }

// ends compares what comes after the highest keys of each data set.
func (r *run) ends(ctx context.Context) error {
	catalog, err := r.Catalog(ctx)
	if err != nil {
		return err
	}
	pages := endPages
	if r.found.Full {
		pages = allPages
	}
	for _, e := range catalog {
		prefix := e.Prefix()
		from, err := r.Ledger.Watermark(ctx, r.Bucket, endName(prefix))
		if err != nil {
			return err
		}
		c := r.comparison(prefix, from, pages)
		err = c.compare(ctx)
		if c.settled != from {
			err = errors.Join(err, r.Ledger.SetWatermark(ctx, r.Bucket, endName(prefix), c.settled))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// turn compares the next part of the bucket, or all of it, from where the last run left off.
func (r *run) turn(ctx context.Context) error {
	from, err := r.Ledger.Watermark(ctx, r.Bucket, turnName)
	if err != nil {
		return err
	}
	c := r.comparison("", from, turnPages)
	if r.found.Full {
		c.pages = allPages
	}
	r.found.Older = 0 // the ends have seen some of them
	if r.found.Full {
		r.found.Versions = 0 // and all of these come again
	}
	err = c.compare(ctx)
	to := c.last
	if err == nil && c.end {
		to = ""
		if r.found.Full && from != "" {
			c = r.comparison("", "", allPages)
			c.until = from
			err, to = c.compare(ctx), c.last
		}
		r.found.Whole = err == nil && c.end && r.found.Full
	}
	return errors.Join(err, r.Ledger.SetWatermark(ctx, r.Bucket, turnName, to))
}

// comparison compares a part of the bucket with the ledger.
type comparison struct {
	*run
	prefix, from string
	// until is the key to end at; empty is none.
	until string
	pages int

	// last is the last key that was compared and whose differences were dealt with; settled is the last such one before a version that
	// is too young to be missed. end tells that there was nothing left to list.
	last, settled string
	end           bool
	// at is the last key that was looked at, and calm the last one before a young version; lost and gone are not dealt with yet.
	at, calm string
	young    bool
	lost     []pipeline.Object
	gone     []pipeline.ObjectID
}

func (r *run) comparison(prefix, from string, pages int) *comparison {
	return &comparison{run: r, prefix: prefix, from: from, pages: pages, last: from, settled: from, at: from, calm: from}
}

// errEnough says that a comparison has come as far as it may.
var errEnough = errors.New("enough was compared")

// batch is how many versions are dealt with at once.
const batch = 500

func (c *comparison) compare(ctx context.Context) error {
	if c.budget <= 0 {
		return nil
	}
	pages := c.bounded(c.Listing.List(ctx, c.Bucket, c.prefix, c.from))
	for d, err := range differences(pages, c.Ledger.Known(ctx, c.Bucket, c.prefix, c.from)) {
		if errors.Is(err, errEnough) {
			return c.flush(ctx)
		}
		if err != nil {
			return errors.Join(err, c.flush(ctx))
		}
		if c.until != "" && d.key > c.until {
			break
		}
		c.look(d)
		if len(c.lost) < batch && len(c.gone) < batch {
			continue
		}
		if err := c.flush(ctx); err != nil || c.budget <= 0 {
			return err
		}
	}
	err := c.flush(ctx)
	c.end = err == nil
	return err
}

// bounded gives the pages as far as the comparison may go: it counts them, and ends with errEnough. The versions of one key are
// compared together, so that there is no end before there is a key to go on from.
func (c *comparison) bounded(pages iter.Seq2[[]pipeline.Object, error]) iter.Seq2[[]pipeline.Object, error] {
	return func(yield func([]pipeline.Object, error) bool) {
		n := 0
		for page, err := range pages {
			n++
			c.found.Requests++
			c.found.Versions += int64(len(page))
			if !yield(page, err) {
				return
			}
			if c.late() || c.pages != allPages && n >= c.pages && c.at != c.from {
				yield(nil, errEnough)
				return
			}
		}
	}
}

// look sorts out what is different at a key.
func (c *comparison) look(d difference) {
	c.at = d.key
	young := c.found.Began.Add(-c.LostAfter)
	for _, o := range d.unknown {
		switch {
		case o.LastModified.Before(c.deployed.Truncate(time.Second)): // S3 tells the time in seconds
			c.found.Older++
		case o.LastModified.After(young):
			c.young = true
		case strings.ContainsRune(o.Key, 0): // which Postgres cannot hold: its messages are dead letters, and that is told
		default:
			c.lost = append(c.lost, o)
		}
	}
	for _, k := range d.gone {
		if k.Status == pipeline.Published && !k.Deleted && k.ReceivedAt.Before(young) {
			c.gone = append(c.gone, k.ID)
		}
	}
	if !c.young {
		c.calm = d.key
	}
}

// flush deals with what was found up to now.
func (c *comparison) flush(ctx context.Context) error {
	if err := c.send(ctx, c.lost); err != nil {
		return err
	}
	if len(c.gone) > 0 {
		marked, err := c.Ledger.MarkDeleted(ctx, c.gone, c.found.Began)
		if err != nil {
			return err
		}
		c.found.Deleted += marked
	}
	c.lost, c.gone = c.lost[:0], c.gone[:0]
	c.last, c.settled = c.at, c.calm
	return nil
}
