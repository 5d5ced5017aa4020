package load

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

type keyed struct {
	key    string
	offset int64
}

func spell(k keyed) []byte {
	b := binary.BigEndian.AppendUint16(nil, 3)
	b = append(binary.BigEndian.AppendUint32(b, 16), make([]byte, 16)...)
	b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(k.offset))
	return append(binary.BigEndian.AppendUint32(b, uint32(len(k.key))), k.key...)
}

// The segments hold the last record of each key, in key order, whatever the chunks, the sizes and the number of files that
// may be open; every other is counted.
func TestSegmentsHoldTheLastOfEachKey(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		withKey := rapid.Bool().Draw(t, "with key")
		files := files{}
		var staged []pipeline.Rows
		var all []keyed
		for chunk := range rapid.IntRange(0, 6).Draw(t, "chunks") {
			var own []keyed
			for range rapid.IntRange(0, 12).Draw(t, "rows") {
				own = append(own, keyed{rapid.StringMatching("[a-c]{0,2}").Draw(t, "key"), int64(len(all) + len(own))})
			}
			all = append(all, own...)
			sortKeyed(own, withKey)
			name := fmt.Sprint(chunk)
			for _, k := range own {
				files[name] = append(files[name], spell(k)...)
			}
			staged = append(staged, pipeline.Rows{RowsKey: name})
		}
		l := files.loader()
		l.segmentRows, l.openFiles = rapid.IntRange(1, 8).Draw(t, "segment size"), rapid.IntRange(2, 7).Draw(t, "open files")
		got, duplicates := gather(t, l, staged, withKey)
		want := lastOfEach(all, withKey)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(keyed{})); diff != "" {
			t.Fatalf("rows: %s", diff)
		}
		if int(duplicates) != len(all)-len(want) {
			t.Fatalf("%d duplicates of %d rows, of which %d stay", duplicates, len(all), len(want))
		}
	})
}

func sortKeyed(list []keyed, withKey bool) {
	slices.SortFunc(list, func(a, b keyed) int {
		if order := bytes.Compare([]byte(a.key), []byte(b.key)); withKey && order != 0 {
			return order
		}
		return int(a.offset - b.offset)
	})
}

func lastOfEach(all []keyed, withKey bool) []keyed {
	sorted := slices.Clone(all)
	sortKeyed(sorted, withKey)
	var want []keyed
	for i, k := range sorted {
		if !withKey || i == len(sorted)-1 || sorted[i+1].key != k.key {
			want = append(want, k)
		}
	}
	return want
}

// files are a work bucket.
type files map[string][]byte

func (f files) loader() *Loader {
	return &Loader{
		Open: func(_ context.Context, key string) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(f[key])), nil
		},
		Head: func(_ context.Context, key string, n int64) ([]byte, error) {
			return f[key][:min(n, int64(len(f[key])))], nil
		},
		Put: func(_ context.Context, key string, body []byte) error {
			f[key] = bytes.Clone(body)
			return nil
		},
	}
}

// quiet is a heartbeat that nobody waits for.
var quiet = heartbeat{every: time.Hour}

func gather(t *rapid.T, l *Loader, staged []pipeline.Rows, withKey bool) (all []keyed, duplicates int64) {
	open, opened, closed := l.Open, 0, 0
	l.Open = func(ctx context.Context, key string) (io.ReadCloser, error) {
		if opened++; opened-closed > l.openFiles {
			t.Fatalf("%d files are open", opened-closed)
		}
		r, err := open(ctx, key)
		return closer{r, &closed}, err
	}
	keyColumns := 0
	if withKey {
		keyColumns = 1
	}
	m, err := l.openMerge(context.Background(), staged, keyColumns)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	duplicates, err = l.segments(m, staged, quiet, func(segment []rows.Tuple) error {
		if len(segment) == 0 || len(segment) > l.segmentRows {
			t.Fatalf("a segment has %d rows", len(segment))
		}
		for _, tuple := range segment {
			key, _ := tuple.Field(2)
			all = append(all, keyed{string(key), tuple.Offset()})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, duplicates
}

func TestADamagedRowFileIsGivenUp(t *testing.T) {
	t.Parallel()
	whole := spell(keyed{"a", 1})
	for name, file := range map[string][]byte{"at once": whole[:10], "later": append(slices.Clone(whole), whole[:10]...)} {
		l, staged := files{"rows.copy": file}.loader(), []pipeline.Rows{{RowsKey: "rows.copy"}}
		m, err := l.openMerge(t.Context(), staged, 1)
		if err == nil {
			_, err = l.segments(m, staged, quiet, func([]rows.Tuple) error { return nil })
		}
		var gaveUp *pipeline.GiveUpError
		if err = unreadable(err); !errors.As(err, &gaveUp) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnErrorOfTheBucketIsRetried(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	l, staged := files{"a": spell(keyed{"a", 1}), "b": spell(keyed{"b", 2})}.loader(), []pipeline.Rows{{RowsKey: "a"}, {RowsKey: "b"}}
	open, closed := l.Open, 0
	l.Open = func(ctx context.Context, key string) (io.ReadCloser, error) {
		if key == "b" {
			return nil, broken
		}
		r, err := open(ctx, key)
		return closer{r, &closed}, err
	}
	m, err := l.openMerge(t.Context(), staged, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.segments(m, staged, quiet, func([]rows.Tuple) error { return nil })
	if _, ended := hopeless(err); ended || !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
	m.close()
	if closed != 1 {
		t.Errorf("%d of 1 open files were closed", closed)
	}
}

type closer struct {
	io.Reader
	closed *int
}

func (c closer) Close() error { *c.closed++; return nil }

// What is being written is written no further once it has failed, and what is being gathered meanwhile is let go.
func TestAnErrorOfWritingEndsTheGathering(t *testing.T) {
	t.Parallel()
	var file []byte
	for n := range 100 {
		file = append(file, spell(keyed{fmt.Sprintf("%03d", n), int64(n)})...)
	}
	l, staged := files{"a": file}.loader(), []pipeline.Rows{{RowsKey: "a"}}
	l.segmentRows = 10
	m, err := l.openMerge(t.Context(), staged, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	failed, writes := errors.New("no room"), 0
	_, err = l.segments(m, staged, quiet, func([]rows.Tuple) error {
		if writes++; writes == 3 {
			return failed
		}
		return nil
	})
	if !errors.Is(err, failed) || writes != 3 {
		t.Errorf("%d segments were written, and the error is %v", writes, err)
	}
}

func TestTheReasonNamesBothNumbers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		threshold         contract.Threshold
		rejected, records int64
		want              string
	}{
		{contract.Threshold{Share: 0.05}, 37, 100, "37 of 100 records were rejected (37 %), the contract allows 5 %"},
		{contract.Threshold{Share: 0.07}, 1, 3, "1 of 3 records were rejected (33.333 %), the contract allows 7 %"},
		{contract.Threshold{Share: 0.0001}, 5, 1000, "5 of 1000 records were rejected (0.5 %), the contract allows 0.01 %"},
		{contract.Threshold{Share: 0.5, Count: 3}, 4, 100, "4 of 100 records were rejected, the contract allows 3"},
	} {
		if got := tooManyRejects(tt.threshold, tt.rejected, tt.records); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
