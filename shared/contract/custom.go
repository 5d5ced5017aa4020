package contract

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"acequia/shared/charset"
	"acequia/shared/contract/nearest"
	"acequia/shared/pipeline"
)

// The customProperties that are read at the data set and at a column.
var (
	schemaCustom = slices.Concat(sourceCustom, dialectCustom, limitCustom, []string{
		"nullSpellings", "unknownColumns", "rejectThreshold", "overwrite", "publish", "numbers", "parameters", "views", "summary",
	})
	sourceCustom = []string{"prefix", "format", "encoding"}
	columnCustom = []string{
		"path", "header", "default", "formats", "twoDigitYearsFrom", "numbers", "iso4217", "trueSpellings", "falseSpellings",
	}
)

// custom gives the values of a place's customProperties by name.
func (p place) custom(known []string) map[string]place {
	values := map[string]place{}
	for _, name := range known {
		values[name] = p.step(".customProperties."+name, nil)
	}
	for property := range p.at("customProperties").items() {
		if !property.members("id", "property", "value", "description") {
			continue
		}
		name := property.at("property").need()
		switch {
		case name == "":
		case !slices.Contains(known, name):
			property.fail("there is no custom property %s here%s", name, nearest.Hint(name, known))
		case !values[name].missing():
			property.fail("%s is given twice", name)
		case property.at("value").missing():
			property.fail("%s has no value", name)
		default:
			values[name] = property.at("value")
		}
	}
	return values
}

func parseSource(custom map[string]place, dataset string) Source {
	s := Source{
		Prefix: dataset + "/", Format: pipeline.Format(custom["format"].need()), NullSpellings: []string{""}, UnknownColumns: Refuse,
	}
	switch s.Format {
	case pipeline.CSV, pipeline.Parquet, "":
	case pipeline.JSON, pipeline.NDJSON:
		s.UnknownColumns = Ignore
	default:
		formats := []string{string(pipeline.CSV), string(pipeline.JSON), string(pipeline.NDJSON), string(pipeline.Parquet)}
		custom["format"].fail("the format %s is not read; write %s%s", s.Format, strings.Join(formats, ", "), nearest.Hint(string(s.Format), formats))
	}
	if prefix := custom["prefix"]; !prefix.missing() {
		if s.Prefix = prefix.text(); !prefixForm.MatchString(s.Prefix) {
			prefix.fail("%q is no prefix: it ends with a slash and does not start with one, such as sales/", s.Prefix)
		}
	}
	if nulls := custom["nullSpellings"]; !nulls.missing() {
		s.NullSpellings = nulls.texts()
	}
	if policy := custom["unknownColumns"]; !policy.missing() {
		s.UnknownColumns = Policy(policy.oneOf(string(Refuse), string(Ignore)))
	}
	s.parseEncoding(custom["encoding"])
	s.parseDialect(custom)
	s.parseLimits(custom)
	return s
}

var prefixForm = regexp.MustCompile(`^[^/].*/$`)

// auto is what a property says that leaves it to the file.
const auto = "auto"

func (s *Source) parseEncoding(encoding place) {
	switch {
	case encoding.missing():
	case s.Format == pipeline.Parquet:
		encoding.fail("Parquet says itself how its text is encoded; leave encoding out")
	default:
		s.Encoding = encoding.oneOf(append(charset.Names(), auto)...)
		if s.Detect.Encoding = s.Encoding == auto; s.Detect.Encoding {
			s.Encoding = ""
		}
	}
}

// oneOf gives a text that is one of those allowed.
func (p place) oneOf(allowed ...string) string {
	text := p.text()
	if !slices.Contains(allowed, text) {
		p.fail("%q is not known here; write %s%s", text, strings.Join(allowed, " or "), nearest.Hint(text, allowed))
	}
	return text
}

func parseThreshold(p place) (t Threshold) {
	if p.missing() || !p.members("share", "count") {
		return t
	}
	if share := p.at("share"); !share.missing() {
		t.Share, _ = strconv.ParseFloat(share.number(), 64)
		if t.Share <= 0 || t.Share > 1 {
			share.fail("the share of rejects is above 0 and at most 1; leave it out for no limit, write 0.000001 to allow none")
		}
	}
	if count := p.at("count"); !count.missing() {
		if t.Count = int64(count.count()); t.Count == 0 {
			count.fail("the count is above 0; leave it out for no limit, write share: 0.000001 to allow no rejects")
		}
	}
	return t
}

func (c *Contract) parsePublication(custom map[string]place) {
	overwrite, publish := custom["overwrite"], custom["publish"]
	if !overwrite.missing() {
		c.Replace = overwrite.oneOf("upsert", "replace") == "replace"
	}
	if !publish.missing() {
		c.ByChunk = publish.oneOf("file", "chunk") == "chunk"
	}
	if !c.ByChunk {
		return
	}
	if c.Replace {
		publish.fail("rows that are published chunk by chunk cannot replace those of the version before, which must go in the same moment; " +
			"write overwrite: upsert, or publish: file")
	}
	if c.Reject.Share > 0 {
		publish.fail("what share of a file's records is rejected is known when all of its rows are published; " +
			"give rejectThreshold a count and no share, or write publish: file")
	}
}

func (c *Contract) parseParameters(p place) {
	if p.missing() {
		return
	}
	c.Parameters = map[string]string{}
	for _, key := range p.keys() {
		if !nameForm.MatchString(key) {
			p.fail("%q is no name for a parameter: write small letters, digits and underscores", key)
		}
		if _, taken := c.column(key); taken {
			p.at(key).fail("a column is called %s already; give the parameter another name", key)
		}
		c.Parameters[key] = p.at(key).text()
	}
}
