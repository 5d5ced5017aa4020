// Package grammar says what a record is, in each format: it takes the bytes of an object and gives the places of its records,
// one after another. Split cuts by it and decode takes apart by it, so the two cannot disagree.
//
// A scanner is fed a window of bytes and answers with the first record in it, or with ErrMore where the window ends too soon
// to tell. What it answers depends on the object's bytes alone, never on where a window or a chunk happens to end.
//
// # CSV
//
//	file    = { line line-end } [ line ]
//	line    = record | comment | nothing
//	record  = field { delimiter field }
//	field   = quoted | text
//	quoted  = quote { any byte but quote, escape | quote quote | escape any byte } quote
//	text    = [ any byte but quote, delimiter, CR, LF ] { any byte but delimiter, CR, LF }
//	comment = comment-character { any byte but CR, LF }
//
// A line end is LF, CR LF, or a CR alone, which old spreadsheets write and which RFC 4180 allows nowhere else outside quotes; a file
// may mix them. Delimiter, quote, escape and comment character are ASCII, and no two of them are the same. Which they are is said
// by pipeline.Layout. Where it names no escape or no comment character, the file has none; where it is Unquoted, every field is
// text.
//
// As a state machine, with what each state does on meeting a byte:
//
//	              quote          escape          delimiter  line end           other      end of file
//	record        ▶ quoted       ▶ text          ▶ field    stays: blank line  ▶ text     the end
//	field         ▶ quoted       ▶ text          ▶ field    record ends        ▶ text     record ends
//	text          stays          stays           ▶ field    record ends        stays      record ends
//	quoted        ▶ after quote  ▶ after escape  stays      stays              stays      malformed
//	after quote   ▶ quoted       malformed       ▶ field    record ends        malformed  record ends
//	after escape  ▶ quoted       ▶ quoted        ▶ quoted   ▶ quoted           ▶ quoted   malformed
//	comment       stays          stays           stays      ▶ record           stays      the end
//
// The comment character leads from record to comment, and is any other byte elsewhere.
//
// So a quote opens a quoted field only as the field's first byte and is text elsewhere; between quotes, delimiters and line
// ends are text and two quotes are one; a closing quote must be followed by a delimiter, a line end or the end of the file. An
// escape means something between quotes only, where the byte behind it is text: an escaped quote is a quote, an escaped escape an
// escape, and an escaped line end a line end, but before anything else it stays, for a backslash and an n may be a path as well as a
// line end; and doubled quotes are one quote all the same. In a comment quotes mean nothing; it ends with its line.
//
// # CSV lines that are no records
//
// Blank lines and comments are none. Nor is a record whose text is the header's, byte for byte, with a byte order mark before it
// or without: such lines are left where files were put one behind another. The header itself is taken off by package split, with
// what stands before it. What is no record lies in the chunk of the record before it.
//
// # CSV fields
//
// A record has as many fields as the header, or decode rejects it. Two more kinds of record are sound where the layout says so:
//
//   - TrailingDelimiter: one that has one field more, if that is empty;
//   - PadShort: one that lacks fields at its end, which are then absent, or that has more, if those are all empty.
//
// # Malformed CSV
//
// A record is malformed
//
//   - if a closing quote is followed by anything else, if a quoted field is still open after Layout.MaxFieldBytes or at the
//     end of the file, or if it is still open when the record passes Layout.MaxRecordBytes: the record then ends at the first
//     line end after that field's opening quote, and the walk goes on there;
//   - if an unquoted field or the whole record is larger than these bounds: it ends where it ends.
//
// So one fault costs one record, and what is read twice is bounded: what a quoted field runs over is read again at most once, for
// a quote that opens another there would have ended this one.
//
// A quoted field may be found malformed by bytes behind the record, which another chunk may hold. Therefore the fault is
// BadQuote or TooLarge only where the record's own bytes show it, and Unclosed wherever they do not.
//
// # Legal misquoting in CSV
//
// No scanner can tell these from what was meant:
//
//   - A stray quote that opens a field, and another before a delimiter or a line end some lines on, which closes it, join those
//     lines into one record. It mostly has too many fields or too few, for which decode rejects it; it costs as many records as
//     it has joined lines.
//   - So does an escape before a closing quote, as in "C:\", which makes that quote text.
//   - If the joined record has the right number of fields (one column, PadShort, or as many delimiters within the quotes as were
//     too many outside), it is sound, with line ends in a field: a contract that does not expect these can say so in a pattern.
//   - A quote behind a space opens nothing. The delimiters in that field then make fields, and the quotes are text.
//
// # JSON
//
// There are three kinds of it, and package split finds out which one a file is: an array, a value on each line (NDJSON), or
// objects one after another (concatenated). Space is blank, tab, LF and CR, and belongs to no record at its beginning or end; lines
// end as in CSV. Whether a record is valid JSON, and an object, is for decode to say; if not, the record is malformed. One of
// more than Layout.MaxRecordBytes is malformed, too; it ends where it ends.
//
// Two of the kinds have to follow strings and brackets. A string ends at its closing quote, before which a backslash takes the
// byte behind it along; a line end in a string costs that record only, though JSON allows none. Outside strings "{" and "[" go
// one deeper and "}" and "]" one back: one bracket in the place of another costs that record only, too.
//
// # JSON arrays
//
//	file    = space "[" [ element { "," element } ] "]" space
//	element = space { any byte, strings as wholes, brackets in balance } space
//
// A record is an element of the outer array. It ends at the first comma or "]" that lies outside strings and at depth 0. An empty
// element (between two commas, or between the last comma and the bracket) is a malformed record of no bytes. If the file ends
// before the array does, or goes on after it, there is no telling what was meant: the scanner refuses the object.
//
// # NDJSON
//
//	file = { line line-end } [ line ]
//	line = { any byte but CR, LF }
//
// A record is a line that is not blank. JSON allows no line end in a string, so every line end is one, and whatever is wrong with
// a line (a quote or bracket missing, two values, no JSON at all) costs exactly that line.
//
// # Concatenated JSON
//
//	file    = space { ( object | other ) space }
//	object  = "{" or "[", { any byte, strings as wholes, brackets in balance }, "}" or "]"
//	other   = ( "}" | "]" | "," ) { "}" | "]" | "," } | any other byte { any byte but CR, LF }
//
// A record is an object, or what stands in the place of one:
//
//   - a bracket or comma too many is a malformed record of its own, with those right behind it; the objects around it are sound,
//     be they on the same line;
//   - anything else that begins with no opening bracket is a malformed record up to the end of its line, with whatever objects
//     stand on that line: they may be parts of one whose beginning is lost, and must not be taken for records;
//   - an array is a malformed record as a whole, for the same reason;
//   - if the file ends inside an object, it is cut off, or a quote or bracket is missing there, and everything from there on may
//     be in the wrong place: the scanner refuses the file. Where a fault is to cost a line at most, send NDJSON.
package grammar

import (
	"acequia/shared/pipeline"
)

// Version is the version of this grammar. A plan names the one that its chunks were cut with.
const Version = 1

// Knows tells whether a plan's chunks were cut with this grammar. If not, the error is a *pipeline.RefusedError: chunks of two
// grammars need not fit together.
func Knows(plan pipeline.Plan) error {
	if plan.Grammar == Version {
		return nil
	}
	return pipeline.Refuse("%s was cut into chunks by version %d of the grammar, and this is version %d; "+
		"upload the file again", plan.Object.URI(), plan.Grammar, Version)
}
