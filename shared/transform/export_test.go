package transform

// AppendNumeric appends a canonical decimal as Postgres receives it.
func AppendNumeric(dst, text []byte) ([]byte, bool) { return appendNumeric(dst, text) }
