package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go/format"

	"acequia/shared/pipeline"
)

const (
	// maxFixedBytes bounds the values of a FIXED_LEN_BYTE_ARRAY.
	maxFixedBytes = 1 << 20
	// maxScale bounds the decimals of a DECIMAL, and maxDecimalBytes its values; the longest that are in use have 76 digits.
	maxScale        = 1000
	maxDecimalBytes = 512
)

// A writer gives a value as text, appended to dst unless it is text as it is, and the kind of field that this makes: Absent if
// the bytes are no value of their type.
type writer func(dst, value []byte) ([]byte, pipeline.Kind)

// readable refuses a node whose values cannot be read.
func (n *node) readable() error {
	if err := n.column(); err != nil {
		return err
	}
	if n.writer() == nil {
		return pipeline.Refuse("the column %s of the Parquet file is %s, which is not read; write it as another type, such as text",
			n.path(), n.told())
	}
	return nil
}

// writer gives how a column's values become text; nil if they cannot.
func (e *element) writer() writer {
	a := e.annotation
	fits, w := true, writer(nil)
	switch a.meaning {
	case plain, nothing:
		return e.plainWriter()
	case text, enumeration:
		fits, w = e.isBytes(), asText
	case document:
		fits, w = e.isBytes(), asDocument
	case decimal:
		fits, w = 0 <= a.scale && a.scale <= maxScale, e.decimalWriter(a.scale)
	case date:
		fits, w = e.physical == format.Int32, appendDays
	case clock:
		fits, w = e.physical == format.Int64 || e.physical == format.Int32 && a.fraction == 3, clockWriter(a.fraction)
	case timestamp:
		fits, w = e.physical == format.Int64, timestampWriter(a.fraction, a.utc)
	case integer:
		fits, w = e.physical == format.Int32 || e.physical == format.Int64, appendWhole
		if a.unsigned {
			w = appendUnsigned
		}
	case uuid:
		fits, w = e.physical == format.FixedLenByteArray && e.length == 16, appendUUID
	}
	if !fits {
		return nil
	}
	return w
}

// plainWriter is for columns that only have a physical type.
func (e *element) plainWriter() writer {
	switch e.physical {
	case format.Boolean:
		return appendBoolean
	case format.Int32, format.Int64:
		return appendWhole
	case format.Int96:
		return appendInt96
	case format.Float, format.Double:
		return appendFloat
	}
	if e.isBytes() {
		return asText
	}
	return nil
}

// isBytes tells whether values are bytes of any length or of one that makes sense.
func (e *element) isBytes() bool {
	return e.physical == format.ByteArray || e.physical == format.FixedLenByteArray && 0 < e.length && e.length <= maxFixedBytes
}

// isText tells whether a column's values are text as they are.
func (e *element) isText() bool {
	switch e.annotation.meaning {
	case plain, nothing, text, enumeration, document:
		return e.isBytes()
	default:
		return false
	}
}

func asText(_, value []byte) ([]byte, pipeline.Kind) { return value, pipeline.Text }

func asDocument(_, value []byte) ([]byte, pipeline.Kind) { return value, pipeline.Nested }

func appendBoolean(dst, value []byte) ([]byte, pipeline.Kind) {
	return strconv.AppendBool(dst, value[0] != 0), pipeline.Literal
}

// whole gives an INT32 or INT64.
func whole(value []byte) int64 {
	if len(value) == 4 {
		return int64(int32(binary.LittleEndian.Uint32(value)))
	}
	return int64(binary.LittleEndian.Uint64(value))
}

func appendWhole(dst, value []byte) ([]byte, pipeline.Kind) {
	return strconv.AppendInt(dst, whole(value), 10), pipeline.Literal
}

func appendUnsigned(dst, value []byte) ([]byte, pipeline.Kind) {
	if len(value) == 4 {
		return strconv.AppendUint(dst, uint64(binary.LittleEndian.Uint32(value)), 10), pipeline.Literal
	}
	return strconv.AppendUint(dst, binary.LittleEndian.Uint64(value), 10), pipeline.Literal
}

// appendFloat writes the shortest decimal that is read back as the same number, as JSON has it. What is no number is text, which
// no column of numbers takes.
func appendFloat(dst, value []byte) ([]byte, pipeline.Kind) {
	v, bits := 0.0, 64
	if len(value) == 4 {
		v, bits = float64(math.Float32frombits(binary.LittleEndian.Uint32(value))), 32
	} else {
		v = math.Float64frombits(binary.LittleEndian.Uint64(value))
	}
	switch size := math.Abs(v); {
	case math.IsNaN(v):
		return append(dst, "NaN"...), pipeline.Text
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...), pipeline.Text
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...), pipeline.Text
	case size != 0 && (size < 1e-6 || size >= 1e21):
		return strconv.AppendFloat(dst, v, 'e', -1, bits), pipeline.Literal
	default:
		return strconv.AppendFloat(dst, v, 'f', -1, bits), pipeline.Literal
	}
}

// appendUUID writes the canonical text of RFC 9562.
func appendUUID(dst, value []byte) ([]byte, pipeline.Kind) {
	for i, size := range [...]int{4, 2, 2, 2, 6} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst, value = hex.AppendEncode(dst, value[:size]), value[size:]
	}
	return dst, pipeline.Text
}

// decimalWriter writes whole numbers with a point before the last scale digits.
func (e *element) decimalWriter(scale int) writer {
	switch {
	case e.physical == format.Int32 || e.physical == format.Int64:
		return func(dst, value []byte) ([]byte, pipeline.Kind) {
			start := len(dst)
			return withPoint(strconv.AppendInt(dst, whole(value), 10), start, scale), pipeline.Literal
		}
	case e.isBytes():
		return func(dst, value []byte) ([]byte, pipeline.Kind) {
			start := len(dst)
			if value = withoutSign(value); len(value) == 0 || len(value) > maxDecimalBytes {
				return dst, pipeline.Absent
			}
			return withPoint(appendBigEndian(dst, value), start, scale), pipeline.Literal
		}
	default:
		return nil
	}
}

// withoutSign drops the first bytes of a big-endian number in two's complement that only repeat its sign.
func withoutSign(value []byte) []byte {
	for len(value) > 1 && (value[0] == 0 && value[1] < 0x80 || value[0] == 0xff && value[1] >= 0x80) {
		value = value[1:]
	}
	return value
}

// appendBigEndian writes a big-endian number in two's complement.
func appendBigEndian(dst, value []byte) []byte {
	negative := value[0] >= 0x80
	if len(value) <= 8 {
		var v uint64
		if negative {
			v = math.MaxUint64
		}
		for _, b := range value {
			v = v<<8 | uint64(b)
		}
		return strconv.AppendInt(dst, int64(v), 10)
	}
	v := new(big.Int).SetBytes(value)
	if negative {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(value))))
	}
	return v.Append(dst, 10)
}

// withPoint puts a point before the last scale digits of the whole number that starts at index start.
func withPoint(dst []byte, start, scale int) []byte {
	if scale == 0 {
		return dst
	}
	if dst[start] == '-' {
		start++
	}
	for len(dst)-start <= scale {
		dst = slices.Insert(dst, start, '0')
	}
	return slices.Insert(dst, len(dst)-scale, '.')
}
