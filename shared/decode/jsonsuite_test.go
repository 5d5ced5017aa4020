package decode_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// The cases are in the spirit of the public JSON test suites, and written anew. A case's verdict is what its reason must say; an
// empty one is that the record is taken. encoding/json must agree, unless a case says why it does not.

const (
	standard = "" // encoding/json agrees
	// What it takes and we do not:
	replaces = "encoding/json puts U+FFFD in the place of what is no character; we lose nothing silently"
	takesNUL = "encoding/json takes NUL, which Postgres cannot store"
	lastWins = "encoding/json takes the last of two members; which one was meant is not for us to guess"
	deeper   = "encoding/json goes down to 10,000; Postgres runs out of stack earlier"
)

type jsonCase struct{ text, verdict, differs string }

// values stand as the value of a member.
var values = map[string]jsonCase{
	"number: zero":                  {"0", "", standard},
	"number: minus zero":            {"-0", "", standard},
	"number: exponent":              {"1e5", "", standard},
	"number: signs":                 {"-1E+5", "", standard},
	"number: small":                 {"0e-1", "", standard},
	"number: fraction":              {"-0.10", "", standard},
	"number: beyond any float":      {"1e400", "", standard},
	"number: beyond any integer":    {strings.Repeat("9", 400), "", standard},
	"number: leading zero":          {"01", "a comma or '}'", standard},
	"number: minus, leading zero":   {"-01", "a comma or '}'", standard},
	"number: hexadecimal":           {"0x1F", "a comma or '}'", standard},
	"number: leading point":         {".5", "a value must stand", standard},
	"number: leading plus":          {"+1", "a value must stand", standard},
	"number: minus alone":           {"-", "a digit must stand", standard},
	"number: two minuses":           {"--1", "a digit must stand", standard},
	"number: minus, point":          {"-.5", "a digit must stand", standard},
	"number: point alone behind":    {"1.", "a digit must stand", standard},
	"number: point, exponent":       {"1.e5", "a digit must stand", standard},
	"number: no exponent":           {"1e", "a digit must stand", standard},
	"number: sign for exponent":     {"1e+", "a digit must stand", standard},
	"number: two exponents":         {"1e5e5", "a comma or '}'", standard},
	"number: two points":            {"1.2.3", "a comma or '}'", standard},
	"number: decimal comma":         {"1,5", "the name of a member", standard},
	"number: underscore":            {"1_000", "a comma or '}'", standard},
	"number: space inside":          {"1 000", "a comma or '}'", standard},
	"number: NaN":                   {"NaN", "a value must stand", standard},
	"number: Infinity":              {"Infinity", "a value must stand", standard},
	"number: minus Infinity":        {"-Infinity", "a digit must stand", standard},
	"number: full width":            {"１", "a value must stand", standard},
	"number: a letter behind":       {"1a", "a comma or '}'", standard},
	"word: true":                    {"true", "", standard},
	"word: false":                   {"false", "", standard},
	"word: null":                    {"null", "", standard},
	"word: capital":                 {"True", "a value must stand", standard},
	"word: None":                    {"None", "a value must stand", standard},
	"word: undefined":               {"undefined", "a value must stand", standard},
	"word: cut":                     {"nul", "a value must stand", standard},
	"word: longer":                  {"nullx", "a comma or '}'", standard},
	"text: empty":                   {`""`, "", standard},
	"text: of a word's length":      {`"1234567"`, "", standard},
	"text: longer than a word":      {`"12345678abcdefgh"`, "", standard},
	"text: escapes":                 {`"\"\\\/\b\f\n\r\t"`, "", standard},
	"text: escaped, capital digits": {`"\u00F1\u00f1"`, "", standard},
	"text: escaped pair":            {`"\uD834\uDD1E"`, "", standard},
	"text: escaped non-character":   {`"\uFFFF"`, "", standard},
	"text: escaped backslash, u":    {`"\\u0000"`, "", standard},
	"text: DEL":                     {"\"\x7f\"", "", standard},
	"text: U+2028":                  {"\"\u2028\u2029\"", "", standard},
	"text: noncharacter":            {"\"\U0010ffff\ufdd0\"", "", standard},
	"text: byte order mark inside":  {"\"\ufeff\"", "", standard},
	"text: single quotes":           {`'a'`, "a value must stand", standard},
	"text: no quotes":               {`a`, "a value must stand", standard},
	"text: typographic quotes":      {`“a”`, "a value must stand", standard},
	"text: not closed":              {`"a`, "lacks its closing quote", standard},
	"text: closing quote escaped":   {`"a\"`, "lacks its closing quote", standard},
	"text: a quote too many":        {`"a""`, "a comma or '}'", standard},
	"text: tab":                     {"\"a\tb\"", "must be escaped", standard},
	"text: unit separator":          {"\"1234567\x1f\"", "must be escaped", standard},
	"text: NUL":                     {"\"\x00\"", "is NUL", standard},
	"text: escape x":                {`"\x41"`, "cannot escape", standard},
	"text: escape '":                {`"\'"`, "cannot escape", standard},
	"text: escape a":                {`"\a"`, "cannot escape", standard},
	"text: escape U":                {`"\U0041"`, "cannot escape", standard},
	"text: escape of three digits":  {`"\u004"`, "cannot escape", standard},
	"text: escape with a sign":      {`"\u+041"`, "cannot escape", standard},
	"text: escape, not ASCII":       {`"\ñ"`, "cannot escape", standard},
	"text: escaped NUL":             {`"\u0000"`, "which is NUL", takesNUL},
	"text: first half":              {`"\uD834"`, "half of a surrogate pair", replaces},
	"text: first half, text":        {`"\uD834abcdef"`, "half of a surrogate pair", replaces},
	"text: first half, other":       {`"\uD834\u0041"`, "half of a surrogate pair", replaces},
	"text: first half, half escape": {`"\uD834\uDD1"`, "half of a surrogate pair", standard},
	"text: second half":             {`"\uDD1E"`, "half of a surrogate pair", replaces},
	"text: halves swapped":          {`"\uDD1E\uD834"`, "half of a surrogate pair", replaces},
	"text: two first halves":        {`"\uD834\uD834"`, "half of a surrogate pair", replaces},
	"bytes: stray continuation":     {"\"\x80\"", "is not UTF-8", replaces},
	"bytes: Latin-1":                {"\"a\xf1o\"", "is not UTF-8", replaces},
	"bytes: overlong":               {"\"\xc0\xaf\"", "is not UTF-8", replaces},
	"bytes: a surrogate":            {"\"\xed\xa0\x80\"", "is not UTF-8", replaces},
	"bytes: beyond Unicode":         {"\"\xf4\x90\x80\x80\"", "is not UTF-8", replaces},
	"bytes: half a character":       {"\"\xe0\xa4\"", "is not UTF-8", replaces},
	"array: empty":                  {"[]", "", standard},
	"array: space":                  {"[ \t]", "", standard},
	"array: of all kinds":           {`[null,1,"1",{},[]]`, "", standard},
	"array: trailing comma":         {"[1,]", "a value must stand", standard},
	"array: leading comma":          {"[,1]", "a value must stand", standard},
	"array: comma alone":            {"[,]", "a value must stand", standard},
	"array: two commas":             {"[1,,2]", "a value must stand", standard},
	"array: no comma":               {"[1 2]", "a comma or ']'", standard},
	"array: colon":                  {`["a":1]`, "a comma or ']'", standard},
	"array: not closed":             {"[1", "a comma or ']'", standard},
	"array: closed twice":           {"[1]]", "a comma or '}'", standard},
	"array: closed by a brace":      {"[1}", "a comma or ']'", standard},
	"object: empty":                 {"{}", "", standard},
	"object: empty name":            {`{"":1}`, "", standard},
	"object: unasked, twice":        {`{"a":1,"a":2}`, "", standard},
	"object: trailing comma":        {`{"a":1,}`, "the name of a member", standard},
	"object: name without quotes":   {`{a:1}`, "the name of a member", standard},
	"object: name in single quotes": {`{'a':1}`, "the name of a member", standard},
	"object: a number for a name":   {`{1:1}`, "the name of a member", standard},
	"object: no value":              {`{"a":}`, "a value must stand", standard},
	"object: no colon":              {`{"a" 1}`, "a colon must stand", standard},
	"object: equals sign":           {`{"a"=1}`, "a colon must stand", standard},
	"object: two colons":            {`{"a"::1}`, "a value must stand", standard},
	"object: semicolon":             {`{"a":1;"b":2}`, "a comma or '}'", standard},
	"object: name alone":            {`{"a"}`, "a colon must stand", standard},
	"object: not closed":            {`{"a":1`, "a comma or '}'", standard},
	"object: closed by a bracket":   {`{"a":1]`, "a comma or '}'", standard},
	"comment: block":                {"/* 1 */ 1", "a value must stand", standard},
	"comment: line":                 {"1 // one", "a comma or '}'", standard},
	"comment: hash":                 {"1 # one", "a comma or '}'", standard},
	"space: no-break":               {"\u00a01", "a value must stand", standard},
	"space: form feed":              {"\f1", "a value must stand", standard},
	"space: vertical tab":           {"1\v", "a comma or '}'", standard},
	"space: byte order mark":        {"\ufeff1", "a value must stand", standard},
	"depth: the deepest":            {strings.Repeat("[", 511) + strings.Repeat("]", 511), "", standard},
	"depth: one more":               {strings.Repeat("[", 512) + strings.Repeat("]", 512), "nests deeper than 512", deeper},
	"depth: objects":                {strings.Repeat(`{"a":`, 512) + "1" + strings.Repeat("}", 512), "nests deeper than 512", deeper},
	"depth: 10,000 open":            {strings.Repeat("[", 10_000), "nests deeper than 512", standard},
	"depth: 100,000":                {strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "nests deeper than 512", standard},
}

// wholes stand as a record.
var wholes = map[string]jsonCase{
	"an empty object":             {"{}", "", standard},
	"space inside":                {"{ \"v\"\t:\t1 }", "", standard},
	"twice":                       {`{"v":1,"v":1}`, `the member "v" twice`, lastWins},
	"twice, escaped":              {`{"v":1,"\u0076":1}`, `the member "v" twice`, lastWins},
	"twice on the way":            {`{"w":{"x":1},"w":{}}`, `the member "w" twice`, lastWins},
	"twice at the end of the way": {`{"w":{"x":1,"x":1}}`, `the member "x" twice`, lastWins},
	"unasked, twice":              {`{"z":1,"z":2}`, "", standard},
	"in another case":             {`{"v":1,"V":2}`, "", standard},
	"an empty name":               {`{"":1,"v":2}`, "", standard},
	"a mark before it":            {"\ufeff{}", "a value must stand", standard},
	"not closed":                  {`{"v":1`, "a comma or '}'", standard},
	"only opened":                 {"{", "the name of a member", standard},
	"closed twice":                {"{}}", "must end behind the record", standard},
	"two":                         {"{} {}", "must end behind the record", standard},
	"a comma behind":              {"{},", "must end behind the record", standard},
	"a comment behind":            {"{} // none", "must end behind the record", standard},
	"a separator before":          {"\x1e{}", "a value must stand", standard},
	"a name cut off":              {`{"v`, "lacks its closing quote", standard},
	"an escape cut off":           {`{"v\`, "lacks its closing quote", standard},
	"an escaped digit cut off":    {`{"v\u00`, "cannot escape", standard},
	"an array":                    {`[{"v":1}]`, "must be an object", "a record has members"},
	"a text":                      {`"v"`, "must be an object", "a record has members"},
	"a number":                    {"1", "must be an object", "a record has members"},
	"null":                        {"null", "must be an object", "a record has members"},
}

func TestJSONSuite(t *testing.T) {
	t.Parallel()
	for name, test := range values {
		test.text = `{"v":` + test.text + `}`
		checkCase(t, "value/"+name, test)
	}
	for name, test := range wholes {
		checkCase(t, "record/"+name, test)
	}
}

func checkCase(t *testing.T, name string, test jsonCase) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		file := "{}\n" + test.text + "\n{}\n"
		layout := ndjsonLayout
		layout.MaxRecordBytes = 1 << 20
		got := whole(t, file, layout, []string{"v", "$.w.x"})
		if len(got) != 3 || got[1].Raw != test.text || got[0].Malformed+got[2].Malformed != "" {
			t.Fatalf("%q costs more than its line: %+v", test.text, got)
		}
		malformed := got[1].Malformed
		if !strings.Contains(malformed, test.verdict) || test.verdict == "" && malformed != "" {
			t.Errorf("%.80q: malformed = %q, want %q", test.text, malformed, test.verdict)
		}
		if valid := json.Valid([]byte(test.text)); valid == (malformed == "") != (test.differs == standard) {
			t.Errorf("%.80q: encoding/json finds it valid: %t; malformed = %q; differs: %q", test.text, valid, malformed, test.differs)
		}
	})
}
