package parquet

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"acequia/shared/pipeline"
)

// RuleType is the rule that a value breaks which does not exist in its own type.
const RuleType = "type"

// fault says why the field is none: text that is none, for which Postgres has no place, or a value beyond its type.
func (c *column) fault() *pipeline.Failure {
	switch {
	case c.field.Kind == pipeline.Absent:
		return c.failure(RuleType, "is %s, and holds what none is", c.column.told())
	case !c.isText:
		return nil
	case bytes.IndexByte(c.field.Bytes, 0) >= 0:
		return c.failure(pipeline.RuleEncoding, "holds NUL, which no text holds")
	case !utf8.Valid(c.field.Bytes):
		return c.failure(pipeline.RuleEncoding, "is not UTF-8; write it as text in UTF-8")
	}
	return nil
}

func (c *column) failure(rule, format string, args ...any) *pipeline.Failure {
	return &pipeline.Failure{Rule: rule, Reason: c.column.path() + " " + fmt.Sprintf(format, args...)}
}
