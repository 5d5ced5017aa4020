package pipeline

import "time"

// Summary is the value of one KPI on one day.
type Summary struct {
	Dataset string `json:"dataset"`
	// Day is the day that the rows speak of (of the sale, say), not that on which they were loaded.
	Day time.Time `json:"day"`
	KPI string    `json:"kpi"`
	// Dimension tells the values of one KPI and day apart: {"currency": "PEN", "category": "Kitchen"}.
	Dimension map[string]string `json:"dimension"`
	// Value is an exact decimal.
	Value string `json:"value"`
}

// Change says that an object's publication changed rows of a data set: of a day, where the data set is summed up by day.
type Change struct {
	Dataset string
	Day     *time.Time
	Object  ObjectID
}

// CheckResult is the result of one run of a check that looks across objects. It reports; it never costs a record.
type CheckResult struct {
	Object   ObjectID
	Dataset  string
	Check    string
	Severity string // "warning" or "error"
	Passed   bool
	// Observed and Expected are for a person: "3 of 96 rows", "0".
	Observed string
	Expected string
}
