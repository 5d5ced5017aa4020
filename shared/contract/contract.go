// Package contract takes a document in the Open Data Contract Standard (ODCS) v3.1 and gives what Acequia must know of a
// data set: where its files lie and how they are written, its columns and their rules, what is derived, checked and summed up.
//
// What the standard has no word for stands in customProperties. At schema[0]:
//
//	prefix            what object keys start with; the data set's name and a slash if missing
//	format            csv, json (an array, or objects one after another), ndjson, or parquet
//	encoding          utf-8 (if missing), utf-16le, utf-16be, windows-1252, iso-8859-1, or auto; a byte order mark in the file
//	                  holds whatever is said here
//	nullSpellings     texts that stand for NULL; the empty one if missing
//	unknownColumns    refuse (if missing, for CSV and Parquet) or ignore
//	rejectThreshold   share, count: how many rejects refuse a file
//	overwrite         upsert (if missing: the rows of a key's older versions stay where the new one has none), or replace (they go)
//	publish           file (if missing: all rows of a file at once), or chunk (as they come, faster, and a failed file keeps its rows)
//	numbers           how numbers are written, where a column does not say otherwise; see below
//	parameters        constants for expressions
//	views             name, description, query
//	summary           relation, day, kpis (name, description, value, dimensions, top)
//
// How CSV is written. Package split finds what is auto in the file, and refuses one that two readings fit equally well:
//
//	delimiter         what separates fields, a comma if missing; or auto. A first line as Excel reads it (sep=;) holds whatever is
//	                  said here
//	quote             what encloses fields, a double quote if missing; none, or auto
//	escape            how a quote is written in a quoted field: doubled (if missing), backslash, or another character before it
//	comment           what begins a line that is no record; there are none if missing
//	header            present (if missing), absent (the fields are the columns, in their order), or auto (the row that names them)
//	skipLines         how many lines of the file stand before the header, or before the first record
//	trailingDelimiter true: a delimiter stands behind the last field, too, as an empty last name in the header says of itself
//	raggedRows        reject (if missing), or pad: what a short record lacks at its end is empty
//
// Limits, of which package grammar and package compression have those that are missing; Parquet has its own:
//
//	maxFieldBytes     of a CSV field
//	maxRecordBytes    of a record
//	maxRatio          of the bytes that come out of one of a compressed file
//	maxBytes          of all that come out of it
//
// At a column:
//
//	path, header      where a record holds the column; its name if missing
//	default           the value of a column that a record leaves empty
//	formats           how dates are written (see package dateformat), several in the order in which they are tried; two
//	                  that can read one text as two dates are refused, as no order could make a guess of it right
//	twoDigitYearsFrom the first of the hundred years that yy stands for; 1969 if missing
//	numbers           how numbers are written; what is missing here is as the data set has it
//	iso4217           true: the text is an active currency code
//	trueSpellings     texts for true and false beside these two words, in any case
//	falseSpellings
//
// How numbers are written (see decimal.Notation):
//
//	decimalMark       "." (if missing) or ","
//	thousandsMark     "," or "." or "'" or " " (which stands for no-break and thin spaces, too), between groups of three digits;
//	                  none if missing
//	currencySigns     a list, such as ["S/", "PEN"]: what may stand before a number or behind it
//	percent           what 12.5 % is: share (0.125) or points (12.5); if missing, or none, it is a reject
//	scientific        true: 1.5E+3 is a number. If missing it is a reject, as spreadsheets write so what they have rounded.
//
// What a file marks as a number itself, as Parquet does, and JSON where there are no quotes, is read as it is in any case; and the
// numbers in the contract are plain: 1250.50.
//
// At a relationship: severity. A row rule is a quality entry of the data set with the type custom and the engine acequia,
// whose implementation is an expression over the declared columns (see package expression). A derived column has its
// expression as transformLogic.
package contract

import (
	"acequia/shared/contract/decimal"
	"acequia/shared/pipeline"
)

// Schema is the database schema of the tables and views of all data sets.
const Schema = "warehouse"

// Contract is one data set. It is never changed once parsed, and may be shared.
type Contract struct {
	// Dataset names the data set and its table, warehouse.<dataset>.
	Dataset string
	// Version is the document's own version, for people.
	Version     string
	Description string
	Source      Source
	// Columns are the declared columns, in the document's order; Derived those that are computed from them.
	Columns []Column
	Derived []Column
	// Key holds the names of the primary key's columns in key order; empty if there is none.
	Key    []string
	Reject Threshold
	// Replace says that a new version of a key takes the place of all rows of the older ones; if not, it updates and adds.
	Replace bool
	// ByChunk says that each chunk of a file is published as it comes; if not, all of the file is, at once.
	ByChunk bool
	// Numbers is how numbers are written where a column does not say otherwise.
	Numbers decimal.Notation
	// Rules are about a record as a whole; breaking one rejects it.
	Rules []Rule
	// Relationships say which columns refer to other data sets. They are checked and reported as Checks are.
	Relationships []Relationship
	// Checks look across records and objects. They are reported, and never cost a record.
	Checks  []Check
	Views   []View
	Summary *Summary // nil if the data set is not summed up
	// Parameters are constants for expressions, as written: tax_rate: "0.10".
	Parameters map[string]string
}

// Policy says what happens to a file with columns that the contract does not know.
type Policy string

// The policies for unknown columns: CSV and Parquet files, which name them once for all records, are refused
// unless told otherwise; in JSON they are ignored.
const (
	Refuse Policy = "refuse"
	Ignore Policy = "ignore"
)

// Source says where the data set's files lie and how they are written.
type Source struct {
	// Prefix is what the keys of its objects start with: "sales/".
	Prefix string
	// Format is CSV, JSON (an array, or objects one after another), NDJSON or Parquet.
	Format pipeline.Format
	// Encoding is the text's, as package charset names it. Empty means UTF-8, unless the file has the mark of another.
	Encoding string
	Dialect  Dialect
	// Detect says what is to be found in the file.
	Detect Detect
	Limits Limits
	// NullSpellings are the texts that stand for NULL, after spaces are trimmed.
	NullSpellings  []string
	UnknownColumns Policy
}

// Dialect says how CSV is written. See pipeline.Layout, which has the same of one file.
type Dialect struct {
	// Delimiter separates fields; 0 stands for the comma.
	Delimiter byte
	// Quote encloses fields; 0 stands for the double quote, unless they are Unquoted.
	Quote    byte
	Unquoted bool
	Escape   byte
	Comment  byte
	// NoHeader says that the first line is a record: the fields are the contract's columns in its order.
	NoHeader bool
	// SkipLines is how many lines stand before the header, or before the first record.
	SkipLines         int
	TrailingDelimiter bool
	PadShort          bool
}

// Detect says which parts of a file's layout the contract leaves to be found: those that it calls auto.
type Detect struct {
	Delimiter, Quote, Header, Encoding bool
}

// Limits bound what is read of a file. 0 stands for the default of package grammar, or of package compression.
type Limits struct {
	// MaxFieldBytes bounds a CSV field, MaxRecordBytes a record.
	MaxFieldBytes, MaxRecordBytes int
	// MaxRatio bounds how many bytes come out of a byte of a compressed file, MaxBytes how many altogether.
	MaxRatio, MaxBytes int64
}

// Threshold says how many rejects are too many for an object. 0 is no limit.
type Threshold struct {
	Share float64 // of the records, 0 to 1
	Count int64
}

// Exceeded tells whether an object with that many rejects among that many records is refused.
func (t Threshold) Exceeded(rejected, records int64) bool {
	return t.Count > 0 && rejected > t.Count || t.Share > 0 && float64(rejected) > t.Share*float64(records)
}

// Rule is a condition that every record must meet: an expression over the declared columns. A condition that is unknown,
// because a column is NULL, is met, as in a CHECK constraint.
type Rule struct {
	Name        string
	Description string
	Expression  string
}

// Relationship says that the values of Column are found in the column References of Dataset.
type Relationship struct {
	Column     string
	Dataset    string
	References string
	// Severity is that of a value which is not found: Warning or Failing.
	Severity string
}

// View is a query that becomes the view warehouse.<name> once the tables exist.
type View struct {
	Name        string
	Description string
	Query       string
}

// Summary says what is computed of each day of the data set.
type Summary struct {
	// Relation is the table or view that the KPIs are computed on, with its schema.
	Relation string
	// Day is the column of the relation, and of the data set, that holds the day.
	Day  string
	KPIs []KPI
}

// KPI is one number a day, or one for each value of its dimensions.
type KPI struct {
	Name        string
	Description string
	// Value is an SQL aggregate over the relation.
	Value string
	// Dimensions are columns of the relation by which the day's rows are grouped.
	Dimensions []string
	// Top, if above 0, keeps for each value of the dimensions before the last only the Top values of the last dimension
	// that have the highest Value (ties: the smaller text first): the best category of each currency.
	Top int
}
