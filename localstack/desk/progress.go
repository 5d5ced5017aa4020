package desk

import (
	"fmt"
	"strings"
	"time"

	"acequia/shared/pipeline"
)

// transferTable shows all files on their way, one a line.
func transferTable(term *Terminal, transfers []*transfer) []string {
	t := newTable("file", ">size", ">chunks", ">records", ">rejects", "state")
	for _, f := range transfers {
		s := f.look()
		t.add(text(f.name()), text(size(f.bytes)), text(chunksOf(s)), text(countOf(s, s.object.Records)),
			rejectsCell(s.object.Rejected), stateCell(f, s))
	}
	return t.render(term)
}

func chunksOf(s state) string {
	switch {
	case !s.known || s.object.Chunks == 0 && s.object.ChunksDone == 0:
		return ""
	case s.object.Chunks == 0: // the walk goes on
		return fmt.Sprintf("%d/…", s.object.ChunksDone)
	default:
		return fmt.Sprintf("%d/%d", s.object.ChunksDone, s.object.Chunks)
	}
}

func countOf(s state, n int64) string {
	if n == 0 && s.object.Status != pipeline.Published {
		return ""
	}
	return count(n)
}

func rejectsCell(n int64) cell {
	if n == 0 {
		return cell{}
	}
	return cell{count(n), yellow}
}

func stateCell(f *transfer, s state) cell {
	switch {
	case s.err != nil:
		return cell{s.err.Error(), red}
	case s.version == "":
		return cell{fmt.Sprintf("uploading %d %%", percent(s.sent, f.bytes)), dim}
	case !s.known:
		return cell{"uploaded", dim}
	case s.object.Status.Done():
		return statusCell(s.object.Status, " in "+elapsed(s.took))
	default:
		return statusCell(s.object.Status, publishing(s))
	}
}

// publishing adds what is going on when all chunks are done, which takes a while with large files.
func publishing(s state) string {
	if s.object.Complete() {
		return ", publishing"
	}
	return ""
}

func statusCell(status pipeline.Status, more string) cell {
	styles := map[pipeline.Status]style{
		pipeline.Published: green, pipeline.Unchanged: green, pipeline.Refused: red, pipeline.Failed: red,
		pipeline.Received: cyan, pipeline.Processing: cyan,
	}
	return cell{string(status) + more, styles[status]}
}

func percent(part, whole int64) int64 {
	if whole == 0 {
		return 100
	}
	return part * 100 / whole
}

// uploadLine shows one file on its way: a bar while it is uploaded, counts from then on.
func uploadLine(term *Terminal, f *transfer, now time.Time) string {
	s := f.look()
	if s.version == "" {
		return fmt.Sprintf("  %s  %s of %s%s", bar(term, percent(s.sent, f.bytes)), size(s.sent), size(f.bytes), speed(s, now))
	}
	status := cell{"uploaded", dim}
	if s.known {
		status = statusCell(s.object.Status, publishing(s))
	}
	line := "  " + term.paint(status.style, status.text)
	if chunks := chunksOf(s); chunks != "" {
		line += fmt.Sprintf("  %s chunks, %s, %s", chunks, plural(s.object.Records, "record"), plural(s.object.Rejected, "reject"))
	}
	return line + term.paint(dim, "  "+elapsed(now.Sub(s.began)))
}

func bar(term *Terminal, percent int64) string {
	const width = 30
	filled := int(percent * width / 100)
	return fmt.Sprintf("%s%s %3d %%", term.paint(green, strings.Repeat("█", filled)), term.paint(dim, strings.Repeat("░", width-filled)), percent)
}

func speed(s state, now time.Time) string {
	seconds := now.Sub(s.began).Seconds()
	if seconds < 0.5 {
		return ""
	}
	return "  " + size(int64(float64(s.sent)/seconds)) + "/s"
}
