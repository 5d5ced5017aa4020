package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"

	"acequia/shared/pipeline"
)

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
