//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// FIND compares 64 bytes, in Y8 and Y9, with a character, and puts a bit for each into a field of the block.
#define FIND(character, field) \
	VPCMPEQB  character, Y8, Y10 \
	VPCMPEQB  character, Y9, Y11 \
	VPMOVMSKB Y10, AX \
	VPMOVMSKB Y11, BX \
	SHLQ      $32, BX \
	ORQ       BX, AX \
	MOVQ      AX, field

// func classifyAVX2(blocks []block, text []byte, c *characters)
TEXT ·classifyAVX2(SB), NOSPLIT, $0-56
	MOVQ         blocks_base+0(FP), DI
	MOVQ         blocks_len+8(FP), CX
	MOVQ         text_base+24(FP), SI
	MOVQ         c+48(FP), DX
	VPBROADCASTB characters_delimiter(DX), Y0
	VPBROADCASTB characters_quote(DX), Y1
	VPBROADCASTB characters_escape(DX), Y2
	VPBROADCASTB characters_lineFeed(DX), Y3
	VPBROADCASTB characters_carriageReturn(DX), Y4
	TESTQ        CX, CX
	JZ           done

next:
	VMOVDQU (SI), Y8
	VMOVDQU 32(SI), Y9
	FIND(Y0, block_delimiters(DI))
	FIND(Y1, block_quotes(DI))
	FIND(Y2, block_escapes(DI))
	FIND(Y3, block_lineFeeds(DI))
	FIND(Y4, block_carriageReturns(DI))
	ADDQ    $64, SI
	ADDQ    $block__size, DI
	DECQ    CX
	JNZ     next

done:
	VZEROUPPER
	RET

// PUT writes down the place of the lowest bit in AX, and takes the bit away.
#define PUT(i) \
	TZCNTQ AX, DX \
	ADDL   R8, DX \
	MOVL   DX, (4*i)(DI) \
	BLSRQ  AX, AX

// func putBMI(places []int32, sets []uint64, at int) (n int)
TEXT ·putBMI(SB), NOSPLIT, $0-64
	MOVQ  places_base+0(FP), DI
	MOVQ  sets_base+24(FP), SI
	MOVQ  sets_len+32(FP), CX
	MOVQ  at+48(FP), R8
	MOVQ  DI, R9
	TESTQ CX, CX
	JZ    end

set:
	MOVQ    (SI), AX
	POPCNTQ AX, BX
	LEAQ    (DI)(BX*4), R10

more:
	PUT(0)
	PUT(1)
	PUT(2)
	PUT(3)
	PUT(4)
	PUT(5)
	PUT(6)
	PUT(7)
	ADDQ  $32, DI
	TESTQ AX, AX
	JNZ   more

	MOVQ R10, DI
	ADDQ $8, SI
	ADDQ $64, R8
	DECQ CX
	JNZ  set

end:
	SUBQ R9, DI
	SHRQ $2, DI
	MOVQ DI, n+56(FP)
	RET

// func detectAVX2() bool
//
// Intel's manual, volume 1, 14.7.1: the system keeps the registers XMM and YMM if CPUID.1:ECX has OSXSAVE (bit 27) and AVX (bit 28),
// and XCR0 the bits 1 and 2. AVX2 is bit 5 of CPUID.7:EBX, BMI1 bit 3; POPCNT came before them.
TEXT ·detectAVX2(SB), NOSPLIT, $0-1
	MOVB $0, ret+0(FP)
	MOVL $0, AX
	CPUID
	CMPL AX, $7
	JLT  no
	MOVL $1, AX
	CPUID
	ANDL $0x18000000, CX
	CMPL CX, $0x18000000
	JNE  no
	MOVL $0, CX
	XGETBV
	ANDL $6, AX
	CMPL AX, $6
	JNE  no
	MOVL $7, AX
	MOVL $0, CX
	CPUID
	ANDL $0x28, BX
	CMPL BX, $0x28
	JNE  no
	MOVB $1, ret+0(FP)

no:
	RET
