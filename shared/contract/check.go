package contract

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// The severities of a check.
const (
	Warning = "warning"
	Failing = "error"
)

// Check is a question about the table as a whole, asked in SQL.
type Check struct {
	Name        string
	Description string
	// Severity is Warning or Failing.
	Severity string
	// Query gives one number. If PerObject, it takes one parameter, $1 of type uuid[], and counts among the rows of these
	// objects only.
	Query     string
	PerObject bool
	Expect    Expectation
}

// Operator compares what a check observes to what it expects, in the standard's words.
type Operator string

// The standard's operators (DataQualityOperators).
const (
	MustBe                 Operator = "mustBe"
	MustNotBe              Operator = "mustNotBe"
	MustBeGreaterThan      Operator = "mustBeGreaterThan"
	MustBeGreaterOrEqualTo Operator = "mustBeGreaterOrEqualTo"
	MustBeLessThan         Operator = "mustBeLessThan"
	MustBeLessOrEqualTo    Operator = "mustBeLessOrEqualTo"
	MustBeBetween          Operator = "mustBeBetween"
	MustNotBeBetween       Operator = "mustNotBeBetween"
)

// Expectation is what the number that a check observes must be.
type Expectation struct {
	Operator Operator
	// Values are exact decimals: two for the operators that speak of an interval (whose ends belong to it), else one.
	Values []string
}

var phrases = map[Operator]string{
	MustBe: "%s", MustNotBe: "not %s", MustBeGreaterThan: "more than %s", MustBeGreaterOrEqualTo: "at least %s",
	MustBeLessThan: "less than %s", MustBeLessOrEqualTo: "at most %s", MustBeBetween: "%s to %s", MustNotBeBetween: "not %s to %s",
}

// String says it for a person: "at least 1".
func (e Expectation) String() string {
	values := make([]any, len(e.Values))
	for i, v := range e.Values {
		values[i] = v
	}
	return fmt.Sprintf(phrases[e.Operator], values...)
}

// Holds tells whether observed, a plain decimal, is as expected. The error says that it is no number.
func (e Expectation) Holds(observed string) (bool, error) {
	seen, _, err := apd.NewFromString(strings.TrimSpace(observed))
	if err == nil && seen.Form != apd.Finite && seen.Form != apd.Infinite {
		err = errors.New("it is not a number") // NaN, which is neither more nor less than anything
	}
	if err != nil {
		return false, fmt.Errorf("%q is no number that a check could hold to %q: %w", observed, e, err)
	}
	orders := make([]int, len(e.Values))
	for i, v := range e.Values {
		bound, _, err := apd.NewFromString(v)
		if err != nil {
			return false, fmt.Errorf("the expectation %q is no number: %w", v, err)
		}
		orders[i] = seen.Cmp(bound)
	}
	switch e.Operator {
	case MustBe:
		return orders[0] == 0, nil
	case MustNotBe:
		return orders[0] != 0, nil
	case MustBeGreaterThan:
		return orders[0] > 0, nil
	case MustBeGreaterOrEqualTo:
		return orders[0] >= 0, nil
	case MustBeLessThan:
		return orders[0] < 0, nil
	case MustBeLessOrEqualTo:
		return orders[0] <= 0, nil
	case MustBeBetween:
		return orders[0] >= 0 && orders[1] <= 0, nil
	case MustNotBeBetween:
		return orders[0] < 0 || orders[1] > 0, nil
	default:
		return false, fmt.Errorf("there is no operator %q", e.Operator)
	}
}
