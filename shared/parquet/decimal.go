package parquet

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go/format"

	"acequia/shared/pipeline"
)

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
