//go:build !purego

#include "textflag.h"

// What may be wrong with two bytes, one behind the other, has a bit each. Three tables say what the high half of the first byte allows
// to be wrong, its low half, and the high half of the second; wrong is what all of them allow. The method and the tables are those of
// John Keiser and Daniel Lemire, Validating UTF-8 in less than one instruction per byte, https://arxiv.org/abs/2010.03090.
//
//	01 too short: a character begins before the one before it is whole
//	02 too long: a continuation behind ASCII
//	04 three bytes for what two can say
//	08 beyond U+10FFFF
//	10 a surrogate, U+D800 to U+DFFF
//	20 two bytes for ASCII
//	40 four bytes for what three can say, or far beyond U+10FFFF
//	80 two continuations, which must lie behind the first byte of three or four
DATA firstHigh<>+0(SB)/8, $0x0202020202020202
DATA firstHigh<>+8(SB)/8, $0x4915012180808080
GLOBL firstHigh<>(SB), RODATA|NOPTR, $16

DATA firstLow<>+0(SB)/8, $0xcbcbcb8b8383a3e7
DATA firstLow<>+8(SB)/8, $0xcbcbdbcbcbcbcbcb
GLOBL firstLow<>(SB), RODATA|NOPTR, $16

DATA secondHigh<>+0(SB)/8, $0x0101010101010101
DATA secondHigh<>+8(SB)/8, $0x01010101babaaee6
GLOBL secondHigh<>(SB), RODATA|NOPTR, $16

DATA bytes<>+0(SB)/4, $0x8070600f
GLOBL bytes<>(SB), RODATA|NOPTR, $4

// func readableAVX2(text []byte) bool
TEXT ·readableAVX2(SB), NOSPLIT, $0-25
	MOVQ           text_base+0(FP), SI
	MOVQ           text_len+8(FP), CX
	VBROADCASTI128 firstHigh<>(SB), Y8
	VBROADCASTI128 firstLow<>(SB), Y9
	VBROADCASTI128 secondHigh<>(SB), Y10
	VPBROADCASTB   bytes<>+0(SB), Y11 // 0f: the low half of a byte
	VPBROADCASTB   bytes<>+1(SB), Y12 // 60: what is 80 or more above it begins three bytes or four
	VPBROADCASTB   bytes<>+2(SB), Y13 // 70: the same, four
	VPBROADCASTB   bytes<>+3(SB), Y14 // 80
	VPXOR          Y15, Y15, Y15      // zeros
	VPXOR          Y6, Y6, Y6         // what is wrong up to now
	VPXOR          Y7, Y7, Y7         // the 32 bytes before
	SHRQ           $5, CX
	JZ             done

next:
	VMOVDQU    (SI), Y0
	VPCMPEQB   Y15, Y0, Y1
	VPOR       Y1, Y6, Y6         // NUL
	VPERM2I128 $0x21, Y0, Y7, Y1  // 16 bytes before, and those of Y0's first half
	VPALIGNR   $15, Y1, Y0, Y2    // each byte's predecessor
	VPSRLW     $4, Y2, Y3
	VPAND      Y11, Y3, Y3
	VPSHUFB    Y3, Y8, Y3
	VPAND      Y11, Y2, Y2
	VPSHUFB    Y2, Y9, Y2
	VPAND      Y2, Y3, Y3
	VPSRLW     $4, Y0, Y4
	VPAND      Y11, Y4, Y4
	VPSHUFB    Y4, Y10, Y4
	VPAND      Y4, Y3, Y3
	VPALIGNR   $14, Y1, Y0, Y2    // the bytes two before
	VPSUBUSB   Y12, Y2, Y2
	VPALIGNR   $13, Y1, Y0, Y4    // and three before
	VPSUBUSB   Y13, Y4, Y4
	VPOR       Y4, Y2, Y2
	VPAND      Y14, Y2, Y2        // 80 where a second continuation must be
	VPXOR      Y2, Y3, Y3
	VPOR       Y3, Y6, Y6
	VMOVDQA    Y0, Y7
	ADDQ       $32, SI
	DECQ       CX
	JNZ        next

done:
	VPTEST Y6, Y6
	SETEQ  ret+24(FP)
	VZEROUPPER
	RET
