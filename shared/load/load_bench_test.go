package load_test

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkPublish publishes objects of 200,000 rows in 8 chunks: into free keys, or over the rows of an older object.
func BenchmarkPublish(b *testing.B) {
	const chunks, perChunk = 8, 25_000
	for _, taken := range []bool{false, true} {
		b.Run(map[bool]string{false: "free keys", true: "taken keys"}[taken], func(b *testing.B) {
			w := newWorld(b, contractOf("sales", true))
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				o := newObject("sales", fmt.Sprintf("sales/%d.csv", i), "v", monday.Add(time.Duration(i)*time.Second))
				var offset int64
				for range chunks {
					var chunk []record
					for range perChunk {
						key := offset
						if !taken {
							key += int64(i) * 10 * chunks * perChunk
						}
						chunk = append(chunk, record{offset, fmt.Sprintf("%012d", key), int(offset % 300), "a value of some length"})
						offset += 10
					}
					o.chunks = append(o.chunks, chunk)
				}
				reports := w.bucket.stage(b, o, true)
				for _, r := range reports[:len(reports)-1] {
					if _, err := w.loader.Handle(b.Context(), r); err != nil {
						b.Fatal(err)
					}
				}
				b.StartTimer()
				if _, err := w.loader.Handle(b.Context(), reports[len(reports)-1]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(chunks*perChunk*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
