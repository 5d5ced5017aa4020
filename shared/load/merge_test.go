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

// The segments hold the last record of each key, in key order, whatever the chunks and the sizes; every other is counted.
func TestSegmentsHoldTheLastOfEachKey(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		withKey := rapid.Bool().Draw(t, "with key")
		size := rapid.IntRange(1, 8).Draw(t, "segment size")
		files := map[string][]byte{}
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
		got, duplicates := gather(t, files, staged, withKey, size)
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

func gather(t *rapid.T, files map[string][]byte, staged []pipeline.Rows, withKey bool, size int) (all []keyed, duplicates int64) {
	l := Loader{Open: func(_ context.Context, key string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(files[key])), nil
	}}
	keyColumns := 0
	if withKey {
		keyColumns = 1
	}
	m, err := l.openMerge(context.Background(), staged, keyColumns)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	duplicates, err = segments(m, withKey, size, func(segment []rows.Tuple) error {
		if len(segment) == 0 || len(segment) > size {
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
		l := Loader{Open: func(context.Context, string) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(file)), nil
		}}
		m, err := l.openMerge(t.Context(), []pipeline.Rows{{RowsKey: "rows.copy"}}, 1)
		if err == nil {
			_, err = segments(m, true, 8, func([]rows.Tuple) error { return nil })
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
	var closed int
	l := Loader{Open: func(_ context.Context, key string) (io.ReadCloser, error) {
		if key == "b" {
			return nil, broken
		}
		return closer{bytes.NewReader(spell(keyed{"a", 1})), &closed}, nil
	}}
	_, err := l.openMerge(t.Context(), []pipeline.Rows{{RowsKey: "a"}, {RowsKey: "b"}}, 1)
	if _, ended := hopeless(err); ended || !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
	if closed != 1 {
		t.Errorf("%d of 1 open files were closed", closed)
	}
}

type closer struct {
	io.Reader
	closed *int
}

func (c closer) Close() error { *c.closed++; return nil }

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
