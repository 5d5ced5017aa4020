package staging_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"acequia/shared/pipeline"
	"acequia/shared/staging"
)

func drawRecord(t *rapid.T, columns int) pipeline.CleanRecord {
	position := rapid.Int64Range(0, 1<<50)
	r := pipeline.CleanRecord{Place: pipeline.Place{
		Offset: position.Draw(t, "offset"), Length: position.Draw(t, "length"), Line: position.Draw(t, "line"),
	}}
	for range columns {
		if rapid.Bool().Draw(t, "null") {
			r.Values = append(r.Values, pipeline.Value{Null: true})
		} else {
			r.Values = append(r.Values, pipeline.Value{Text: rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "text")})
		}
	}
	return r
}

func TestRecordsComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(0, 5).Draw(t, "columns")
		var staged []byte
		var want []pipeline.CleanRecord
		for range rapid.IntRange(0, 20).Draw(t, "records") {
			r := drawRecord(t, columns)
			want = append(want, r)
			staged = staging.AppendRecord(staged, &r)
		}
		reader := staging.NewRecordReader(staged, columns)
		for i := range want {
			var got pipeline.CleanRecord
			if more, err := reader.Next(&got); !more || err != nil {
				t.Fatalf("record %d of %d: more = %v, error = %v", i, len(want), more, err)
			}
			if diff := cmp.Diff(want[i], got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("record %d (-want +got):\n%s", i, diff)
			}
		}
		var beyond pipeline.CleanRecord
		if more, err := reader.Next(&beyond); more || err != nil {
			t.Fatalf("after the last record: more = %v, error = %v", more, err)
		}
	})
}

func TestTextsOfAnyLengthComeBack(t *testing.T) {
	t.Parallel()
	for size := range 300 {
		text := bytes.Repeat([]byte("x"), size)
		staged := staging.AppendRecord(nil, &pipeline.CleanRecord{Values: []pipeline.Value{{Text: text}, {Null: true}}})
		var got pipeline.CleanRecord
		if _, err := staging.NewRecordReader(staged, 2).Next(&got); err != nil || !bytes.Equal(got.Values[0].Text, text) || !got.Values[1].Null {
			t.Errorf("%d bytes: %v, %v", size, got, err)
		}
	}
}

func TestRecordsThatAreCutShortAreAnError(t *testing.T) {
	t.Parallel()
	whole := staging.AppendRecord(nil, &pipeline.CleanRecord{
		Place:  pipeline.Place{Offset: 1000, Length: 300, Line: 7},
		Values: []pipeline.Value{{Text: []byte("T-1")}, {Null: true}, {Text: []byte("PEN")}},
	})
	for size := 1; size < len(whole); size++ {
		var r pipeline.CleanRecord
		if _, err := staging.NewRecordReader(whole[:size], 3).Next(&r); !errors.Is(err, staging.ErrCorrupt) {
			t.Errorf("cut to %d of %d bytes: error = %v, want ErrCorrupt", size, len(whole), err)
		}
	}
}

func TestRejectsComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	want := []pipeline.Reject{
		pipeline.NewReject(pipeline.Place{Offset: 5, Length: 3, Line: 2}, []byte("a\n\x00\xff"),
			pipeline.Failure{Column: "quantity", Rule: "required", Reason: "quantity is missing"}),
		pipeline.NewReject(pipeline.Place{Offset: 9, Length: 1, Line: 4}, []byte("ñ"),
			pipeline.Failure{Rule: "columns", Reason: "has 1 field where the header has 11"}),
	}
	var staged []byte
	for _, r := range want {
		var err error
		if staged, err = staging.AppendReject(staged, r); err != nil {
			t.Fatal(err)
		}
	}
	var got []pipeline.Reject
	for r, err := range staging.Rejects(bytes.NewReader(staged)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
}

func TestRejectsThatAreNotJSONAreAnError(t *testing.T) {
	t.Parallel()
	errs := 0
	for _, err := range staging.Rejects(bytes.NewReader([]byte("{\"line\": 1}\n{oops"))) {
		if err != nil {
			errs++
		}
	}
	if errs != 1 {
		t.Errorf("%d errors, want 1", errs)
	}
}
