package sample

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// customer is the truth behind a record of customers.
type customer struct {
	number       int64
	first, last  string
	born         time.Time
	gender       string
	document     int
	market       market
	phone        int
	street       string
	house        int
	language     string
	newsletter   bool
	categories   []string
	created      time.Time
	source, tier string
}

func (c customer) code() string { return fmt.Sprintf("C%05d", c.number) }

// The columns of customers, in the order of the file.
const (
	customerCode = iota
	firstName
	lastName
	birthDate
	gender
	documentID
	email
	phone
	street
	city
	customerRegion
	country
	postalCode
	language
	newsletter
	favoriteCategories
	createdAt
	customerSource
	loyaltyTier
)

var customerColumns = []string{
	"customer_code",
	"personal_info.first_name", "personal_info.last_name", "personal_info.birth_date", "personal_info.gender",
	"personal_info.document_id",
	"contact.email", "contact.phone",
	"address.street", "address.city", "address.region", "address.country", "address.postal_code",
	"preferences.language", "preferences.newsletter", "preferences.favorite_categories",
	"metadata.created_at", "metadata.source", "metadata.loyalty_tier",
}

func customers(count func(customer, int64)) dataset[customer] {
	if count == nil {
		count = func(customer, int64) {}
	}
	return dataset[customer]{
		columns: customerColumns, draw: drawCustomer, cells: customerCells,
		again: func(r *rand.Rand, c customer) customer {
			c.house += r.IntN(3) // 0 is the same record again.
			return c
		},
		count: count, flaws: customerFlaws(),
	}
}

func drawCustomer(r *rand.Rand, n int64) customer {
	c := customer{
		number: n, first: pick(r, firstNames), last: pick(r, lastNames) + " " + pick(r, lastNames),
		born:   time.Date(1950+r.IntN(58), time.January, 1+r.IntN(365), 0, 0, 0, 0, time.UTC),
		gender: pick(r, []string{"F", "M", "X"}), document: 10_000_000 + r.IntN(80_000_000), market: pick(r, markets),
		phone: 900_000_000 + r.IntN(99_999_999), street: pick(r, streets), house: 100 + r.IntN(900),
		language: pick(r, []string{"es", "es", "es", "qu", "en"}), newsletter: r.IntN(2) == 0,
		created: time.Date(2024, time.January, 1, 0, 0, r.IntN(900*24*3600), 0, time.UTC),
		source:  pick(r, channels), tier: pick(r, tiers),
	}
	for range r.IntN(4) {
		c.categories = append(c.categories, pick(r, items).category)
	}
	return c
}

func customerCells(c customer) []string {
	region := c.market.regions[c.number%int64(len(c.market.regions))]
	return []string{
		quote(c.code()), quote(c.first), quote(c.last), quote(c.born.Format(time.DateOnly)), quote(c.gender),
		quote(fmt.Sprint(c.document)),
		quote(mailbox(c)), quote(fmt.Sprintf("%s %d", c.market.dial, c.phone)),
		quote(fmt.Sprintf("%s %d", c.street, c.house)), quote(region), quote(region), quote(c.market.country),
		quote(fmt.Sprintf("%05d", c.document%100_000)),
		quote(c.language), fmt.Sprint(c.newsletter), list(c.categories),
		quote(c.created.Format(time.RFC3339)), quote(c.source), quote(c.tier),
	}
}

func mailbox(c customer) string {
	family, _, _ := strings.Cut(c.last, " ")
	return strings.ToLower(plain.Replace(fmt.Sprintf("%s.%s%d@example.com", c.first, family, c.number)))
}

// list gives the JSON text of a list of strings, on one line.
func list(values []string) string {
	quotes := make([]string, len(values))
	for i, v := range values {
		quotes[i] = quote(v)
	}
	return "[" + strings.Join(quotes, ", ") + "]"
}

// quote gives the JSON text of a string, with its letters as they are.
func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // A string can always be encoded, and a Builder written.
	return strings.TrimSuffix(b.String(), "\n")
}

// customerFlaws lists what shops do to customers, the commonest first.
func customerFlaws() []flaw[customer] {
	return []flaw[customer]{
		{fault: "missing customer_code", column: "customer_code", apply: set[customer](customerCode, "")},
		{apply: set[customer](street, quote("Av. Larco 345\nDpto. 502"))},
		{doubled: true},
		{fault: "no such date", column: "birth_date", apply: set[customer](birthDate, quote("1990-02-30"))},
		{apply: set[customer](street, quote(`Galería "La Cuadra [2]" {tienda 5}, \ fondo`))},
		{apply: customerNulls},
		{fault: "no such time", column: "created_at", apply: set[customer](createdAt, quote("2026-03-04T25:10:00Z"))},
		{apply: set[customer](firstName, `"Bego\u00f1a \ud83d\ude42"`)},
		{fault: "null for customer_code", column: "customer_code", apply: set[customer](customerCode, "null")},
		{apply: noContact},
		{fault: "value without quotes", apply: set[customer](phone, "987 654 321")},
		{apply: set[customer](email, quote("sin correo"))},
		{doubled: true},
		{fault: "date of another form", column: "birth_date", apply: set[customer](birthDate, quote("31/12/1985"))},
		{apply: set[customer](city, quote("  Lima "))},
	}
}

// customerNulls writes null, or a word for it, into members that may be missing.
func customerNulls(_ *rand.Rand, _ *customer, cells []string) []string {
	cells[email], cells[phone], cells[loyaltyTier], cells[birthDate] = "null", quote("N/A"), quote("-"), "null"
	return cells
}

// noContact leaves out the whole object contact, and one member of another.
func noContact(_ *rand.Rand, _ *customer, cells []string) []string {
	cells[email], cells[phone], cells[postalCode] = "", "", ""
	return cells
}
