package parquet_test

import (
	"math"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
)

// int96 is a time as Spark writes it.
func int96(day uint32, nanos uint64) pq.Value {
	return pq.Int96Value(deprecated.Int96{uint32(nanos), uint32(nanos >> 32), day})
}

func bytesOf(text string) pq.Value { return pq.ByteArrayValue([]byte(text)) }

func fixedOf(text string) pq.Value { return pq.FixedLenByteArrayValue([]byte(text)) }

// What values become, by their type.
func TestValues(t *testing.T) {
	t.Parallel()
	noon := int64(12*60*60) * 1e9
	for name, test := range map[string]struct {
		node   pq.Node
		values []pq.Value
		want   string // the fields, one after another
	}{
		"BOOLEAN": {pq.Leaf(pq.BooleanType), []pq.Value{pq.BooleanValue(true), pq.BooleanValue(false)}, "literal(true) literal(false)"},
		"INT32": {
			pq.Leaf(pq.Int32Type),
			[]pq.Value{pq.Int32Value(0), pq.Int32Value(math.MinInt32), pq.Int32Value(math.MaxInt32)},
			"literal(0) literal(-2147483648) literal(2147483647)",
		},
		"INT64": {
			pq.Leaf(pq.Int64Type),
			[]pq.Value{pq.Int64Value(math.MinInt64), pq.Int64Value(math.MaxInt64)},
			"literal(-9223372036854775808) literal(9223372036854775807)",
		},
		"INTEGER(8)":          {pq.Int(8), []pq.Value{pq.Int32Value(-128)}, "literal(-128)"},
		"INTEGER(32) no sign": {pq.Uint(32), []pq.Value{pq.Int32Value(-1), pq.Int32Value(7)}, "literal(4294967295) literal(7)"},
		"INTEGER(64) no sign": {pq.Uint(64), []pq.Value{pq.Int64Value(-1)}, "literal(18446744073709551615)"},
		"FLOAT": {
			pq.Leaf(pq.FloatType),
			[]pq.Value{pq.FloatValue(0.1), pq.FloatValue(16777216), pq.FloatValue(float32(math.Inf(1)))},
			"literal(0.1) literal(16777216) text(Infinity)",
		},
		"DOUBLE": {
			pq.Leaf(pq.DoubleType),
			[]pq.Value{
				pq.DoubleValue(0.1), pq.DoubleValue(1e21), pq.DoubleValue(123456789012345680000), pq.DoubleValue(-1e-7), pq.DoubleValue(0.000001),
				float(1 << 63), float(1), pq.DoubleValue(math.NaN()), pq.DoubleValue(math.Inf(-1)),
			},
			"literal(0.1) literal(1e+21) literal(123456789012345680000) literal(-1e-07) literal(0.000001) " +
				"literal(-0) literal(5e-324) text(NaN) text(-Infinity)",
		},
		"DECIMAL(9,2) as INT32": {
			pq.Decimal(2, 9, pq.Int32Type),
			[]pq.Value{pq.Int32Value(1250), pq.Int32Value(-1250), pq.Int32Value(5), pq.Int32Value(-5), pq.Int32Value(0)},
			"literal(12.50) literal(-12.50) literal(0.05) literal(-0.05) literal(0.00)",
		},
		"DECIMAL(18,0) as INT64": {pq.Decimal(0, 18, pq.Int64Type), []pq.Value{pq.Int64Value(-42)}, "literal(-42)"},
		"DECIMAL(18,18) as INT64": {
			pq.Decimal(18, 18, pq.Int64Type), []pq.Value{pq.Int64Value(math.MinInt64)}, "literal(-9.223372036854775808)",
		},
		"DECIMAL(12,2) as FIXED(6)": {
			pq.Decimal(2, 12, pq.FixedLenByteArrayType(6)),
			[]pq.Value{fixedOf("\x00\x00\x00\x00\x04\xe2"), fixedOf("\xff\xff\xff\xff\xfb\x1e"), fixedOf("\x00\x00\x00\x00\x00\xff")},
			"literal(12.50) literal(-12.50) literal(2.55)",
		},
		"DECIMAL(38,10) as FIXED(16)": {
			pq.Decimal(10, 38, pq.FixedLenByteArrayType(16)),
			[]pq.Value{
				fixedOf("\x7f" + strings.Repeat("\xff", 15)), fixedOf("\x80" + strings.Repeat("\x00", 15)), fixedOf(strings.Repeat("\xff", 16)),
				fixedOf(strings.Repeat("\x00", 7) + "\x00\x80" + strings.Repeat("\x00", 7)),
			},
			"literal(17014118346046923173168730371.5884105727) literal(-17014118346046923173168730371.5884105728) " +
				"literal(-0.0000000001) literal(922337203.6854775808)",
		},
		"DECIMAL(5,1) as BYTE_ARRAY": {
			pq.Decimal(1, 5, pq.ByteArrayType),
			[]pq.Value{bytesOf("\x7f"), bytesOf("\xff"), bytesOf("\x00\xff"), bytesOf("\xff\x00")},
			"literal(12.7) literal(-0.1) literal(25.5) literal(-25.6)",
		},
		"DECIMAL that is none": {
			pq.Decimal(1, 5, pq.ByteArrayType),
			[]pq.Value{bytesOf(""), bytesOf(strings.Repeat("\x01", 600))},
			"type: v is DECIMAL as BYTE_ARRAY, and holds what none is type: v is DECIMAL as BYTE_ARRAY, and holds what none is",
		},
		"STRING": {pq.String(), []pq.Value{bytesOf(""), bytesOf("año"), bytesOf("a\"b\n")}, "text() text(año) text(a\"b\n)"},
		"STRING that is none": {
			pq.String(),
			[]pq.Value{bytesOf("a\xff"), bytesOf("a\x00b")},
			"encoding: v is not UTF-8; write it as text in UTF-8 encoding: v holds NUL, which no text holds",
		},
		"ENUM":                {pq.Enum(), []pq.Value{bytesOf("RED")}, "text(RED)"},
		"JSON":                {pq.JSON(), []pq.Value{bytesOf(`{"a":[1]}`)}, `nested({"a":[1]})`},
		"BYTE_ARRAY":          {pq.Leaf(pq.ByteArrayType), []pq.Value{bytesOf("abc")}, "text(abc)"},
		"FIXED(3)":            {pq.Leaf(pq.FixedLenByteArrayType(3)), []pq.Value{fixedOf("abc")}, "text(abc)"},
		"BYTE_ARRAY, no text": {pq.Leaf(pq.ByteArrayType), []pq.Value{bytesOf("\x80")}, "encoding: v is not UTF-8; write it as text in UTF-8"},
		"UUID":                {pq.UUID(), []pq.Value{fixedOf("\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10")}, "text(01234567-89ab-cdef-fedc-ba9876543210)"},
		"DATE": {
			pq.Date(),
			[]pq.Value{pq.Int32Value(20781), pq.Int32Value(-1), pq.Int32Value(0), pq.Int32Value(-719529), pq.Int32Value(2932897), pq.Int32Value(math.MinInt32)},
			"moment(2026-11-24) moment(1969-12-31) moment(1970-01-01) moment(-0001-12-31) moment(+10000-01-01) moment(-5877641-06-23)",
		},
		"TIME millis": {
			pq.Time(pq.Millisecond),
			[]pq.Value{pq.Int32Value(0), pq.Int32Value(54245123), pq.Int32Value(86400000), pq.Int32Value(-1)},
			"text(00:00:00) text(15:04:05.123) type: v is TIME as INT32, and holds what none is type: v is TIME as INT32, and holds what none is",
		},
		"TIME micros": {pq.Time(pq.Microsecond), []pq.Value{pq.Int64Value(54245123456), pq.Int64Value(86399999999)}, "text(15:04:05.123456) text(23:59:59.999999)"},
		"TIME nanos":  {pq.Time(pq.Nanosecond), []pq.Value{pq.Int64Value(noon + 1), pq.Int64Value(noon + 100)}, "text(12:00:00.000000001) text(12:00:00.0000001)"},
		"TIMESTAMP millis": {
			pq.Timestamp(pq.Millisecond),
			[]pq.Value{pq.Int64Value(1795528830500), pq.Int64Value(-1), pq.Int64Value(0)},
			"moment(2026-11-24T14:00:30.5Z) moment(1969-12-31T23:59:59.999Z) moment(1970-01-01T00:00:00Z)",
		},
		"TIMESTAMP micros, local": {
			pq.TimestampAdjusted(pq.Microsecond, false),
			[]pq.Value{pq.Int64Value(1795528830000001), pq.Int64Value(-62135596800000000)},
			"moment(2026-11-24T14:00:30.000001) moment(0001-01-01T00:00:00)",
		},
		"TIMESTAMP nanos": {
			pq.Timestamp(pq.Nanosecond),
			[]pq.Value{pq.Int64Value(1795528830123456789), pq.Int64Value(math.MinInt64)},
			"moment(2026-11-24T14:00:30.123456789Z) moment(1677-09-21T00:12:43.145224192Z)",
		},
		"TIMESTAMP, far": {pq.Timestamp(pq.Millisecond), []pq.Value{pq.Int64Value(math.MaxInt64)}, "moment(+292278994-08-17T07:12:55.807Z)"},
		"INT96": {
			pq.Leaf(pq.Int96Type),
			[]pq.Value{int96(2440588, 0), int96(2461369, uint64(noon)+1500), int96(2440588, 1<<63)},
			"moment(1970-01-01T00:00:00Z) moment(2026-11-24T12:00:00.0000015Z) type: v is INT96, and holds what none is",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			required := written(t, pq.Group{"v": test.node}, [][]pq.Row{one(false, test.values...)})
			if got := fields(mustReadAll(t, required)); got != test.want {
				t.Errorf("required:\n got %s\nwant %s", got, test.want)
			}
			values := append([]pq.Value{pq.NullValue()}, test.values...)
			optional := written(t, pq.Group{"v": pq.Optional(test.node)}, [][]pq.Row{one(true, values...)})
			if got := fields(mustReadAll(t, optional)); got != "null() "+test.want {
				t.Errorf("optional:\n got %s\nwant null() %s", got, test.want)
			}
		})
	}
}

// mustReadAll reads the column v.
func mustReadAll(t *testing.T, file []byte) []string {
	t.Helper()
	f := open(t, file, "v")
	return mustRead(t, f, 0, all(f))
}

// fields gives what the records say, without their numbers.
func fields(records []string) string {
	var out []string
	for _, r := range records {
		_, rest, _ := strings.Cut(r, " ")
		out = append(out, rest)
	}
	return strings.Join(out, " ")
}
