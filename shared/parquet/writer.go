package parquet

import (
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
