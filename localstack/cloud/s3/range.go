package s3

import (
	"net/http"
	"strconv"
	"strings"
)

// byteRange is a piece of an object.
type byteRange struct{ start, length int64 }

// rangeOf gives what a GET or HEAD asks for; partial is true if it is a range or a part, even one of all bytes.
func rangeOf(r *request, v *version) (span byteRange, partial bool, err error) {
	if number := r.query.Get("partNumber"); number != "" {
		span, err = partRange(number, v)
		return span, v.Size > 0, err
	}
	header := r.Header.Get("Range")
	first, last, ok := parseRange(header)
	if !ok {
		return byteRange{0, v.Size}, false, nil
	}
	if first < 0 {
		first, last = max(0, v.Size-last), v.Size-1
	}
	if first >= v.Size || last < first {
		return byteRange{}, false, invalidRange(v)
	}
	last = min(last, v.Size-1)
	return byteRange{first, last - first + 1}, true, nil
}

// parseRange reads "bytes=first-last", "bytes=first-" and, as first = -1, "bytes=-last". Anything else, several ranges
// included, is ignored, as S3 does.
func parseRange(header string) (first, last int64, ok bool) {
	spec, found := strings.CutPrefix(header, "bytes=")
	from, to, dash := strings.Cut(spec, "-")
	if !found || !dash {
		return 0, 0, false
	}
	first, last = -1, 1<<62
	var err error
	if from != "" {
		if first, err = strconv.ParseInt(from, 10, 64); err != nil || first < 0 {
			return 0, 0, false
		}
	}
	if to != "" {
		if last, err = strconv.ParseInt(to, 10, 64); err != nil || last < 0 {
			return 0, 0, false
		}
	}
	valid := from != "" && last >= first || from == "" && to != ""
	return first, last, valid
}

// partRange gives the bytes of one part of a multipart object; any other object is one part.
func partRange(number string, v *version) (byteRange, error) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxPartNumber {
		return byteRange{}, invalidArgument("Part number must be an integer between 1 and %d, inclusive", maxPartNumber)
	}
	if n > len(v.Parts) {
		return byteRange{}, &apiError{
			Status: http.StatusRequestedRangeNotSatisfiable, Code: "InvalidPartNumber",
			Message: "The requested partnumber is not satisfiable",
		}
	}
	var start int64
	for _, p := range v.Parts[:n-1] {
		start += p.Size
	}
	return byteRange{start, v.Parts[n-1].Size}, nil
}

func invalidRange(v *version) error {
	e := &apiError{
		Status: http.StatusRequestedRangeNotSatisfiable, Code: "InvalidRange",
		Message: "The requested range is not satisfiable",
	}
	return e.with("Content-Range", "bytes */"+strconv.FormatInt(v.Size, 10))
}
