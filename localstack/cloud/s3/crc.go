package s3

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
)

// crcField is arithmetic on polynomials over GF(2), modulo a CRC's polynomial, in the reflected form: the highest of
// width bits is the coefficient of x^0. It computes the CRC of two joined pieces from theirs, as zlib's crc32_combine does
// (Mark Adler's method).
type crcField struct {
	polynomial uint64 // reflected
	width      uint
}

var crcFields = map[string]crcField{
	crc32IEEE:       {crc32.IEEE, 32},
	crc32Castagnoli: {crc32.Castagnoli, 32},
	crc64NVME:       {bits.Reverse64(nvmePolynomial), 64},
}

func (f crcField) multiply(a, b uint64) uint64 {
	var product uint64
	for bit := uint64(1) << (f.width - 1); a != 0; bit >>= 1 {
		if a&bit != 0 {
			product ^= b
			a ^= bit
		}
		carry := b & 1
		b >>= 1
		if carry != 0 {
			b ^= f.polynomial
		}
	}
	return product
}

// power is x^n.
func (f crcField) power(n uint64) uint64 {
	result, square := uint64(1)<<(f.width-1), uint64(1)<<(f.width-2)
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			result = f.multiply(result, square)
		}
		square = f.multiply(square, square)
	}
	return result
}

// join is the CRC of a piece with CRC a, followed by one of size bytes with CRC b.
func (f crcField) join(a, b uint64, size int64) uint64 {
	return f.multiply(f.power(8*uint64(size)), a) ^ b
}

// combineCRCs gives the CRC of a whole object, big-endian, from those of its parts.
func combineCRCs(algorithm string, sums [][]byte, parts []part) []byte {
	field := crcFields[algorithm]
	var whole uint64
	for i, sum := range sums {
		whole = field.join(whole, decodeCRC(sum), parts[i].Size)
	}
	encoded := binary.BigEndian.AppendUint64(nil, whole)
	return encoded[8-field.width/8:]
}

func decodeCRC(sum []byte) uint64 {
	var padded [8]byte
	copy(padded[8-len(sum):], sum)
	return binary.BigEndian.Uint64(padded[:])
}
