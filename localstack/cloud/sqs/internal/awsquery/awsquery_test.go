package awsquery_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/localstack/cloud/sqs/internal/awsquery"
)

type part struct {
	ID string `query:"Id"`
}

type item struct {
	part
	Wait  *int
	Blob  []byte
	Fault bool
}

// call has every kind of field that the API has.
type call struct {
	part
	Name       string
	Attributes map[string]string `query:"Attribute"`
	Tags       map[string]string `query:"Tag,Key"`
	Names      []string          `query:"AttributeName"`
	Items      []item            `query:"{Action}Entry"`
	Things     map[string]item   `query:"Thing"`
}

func TestFormBecomesAValue(t *testing.T) {
	t.Parallel()
	form, err := url.ParseQuery(strings.Join([]string{
		"Action=Send", "Id=call", "Name=año", "Attribute.1.Name=a", "Attribute.1.Value=1", "Attribute.2.Name=b",
		"Tag.1.Key=k", "Tag.1.Value=v", "AttributeName.1=x", "AttributeName.2=y", "AttributeName.4=past the gap",
		"SendEntry.1.Id=one", "SendEntry.1.Wait=0", "SendEntry.2.Blob=AP8=", "SendEntry.2.Fault=true",
		"Thing.1.Name=t", "Thing.1.Value.Id=deep", "Unknown.1.Name=ignored",
	}, "&"))
	if err != nil {
		t.Fatal(err)
	}
	zero := 0
	want := call{
		part: part{ID: "call"}, Name: "año", Attributes: map[string]string{"a": "1", "b": ""},
		Tags: map[string]string{"k": "v"}, Names: []string{"x", "y"},
		Items:  []item{{part: part{ID: "one"}, Wait: &zero}, {Blob: []byte{0, 255}, Fault: true}},
		Things: map[string]item{"t": {part: part{ID: "deep"}}},
	}
	var got call
	if err := awsquery.Decode(form, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(call{}, item{})); diff != "" {
		t.Errorf("value differs (-want +got):\n%s", diff)
	}
}

func TestFormThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"Action=Send&SendEntry.1.Wait=soon": "not a whole number",
		"Action=Send&SendEntry.1.Blob=*":    "not base64",
		"Tag.1.Value=v":                     "a Tag lacks its Key",
	} {
		values, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		if err := awsquery.Decode(values, &call{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", form, err, want)
		}
	}
}

func TestValueBecomesXML(t *testing.T) {
	t.Parallel()
	five := 5
	got := string(awsquery.Encode("Send", "r-1", &call{
		part: part{ID: "call"}, Name: "a <b>\r\n", Attributes: map[string]string{"z": "2", "a": "1"},
		Tags: map[string]string{"k": "v"}, Names: []string{"x", "y"},
		Items:  []item{{part: part{ID: "one"}, Wait: &five, Blob: []byte{0, 255}}},
		Things: map[string]item{"t": {Fault: true}},
	}))
	want := `<?xml version="1.0" encoding="UTF-8"?>
<SendResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><SendResult>` +
		`<Id>call</Id><Name>a &lt;b&gt;&#xD;&#xA;</Name>` +
		`<Attribute><Name>a</Name><Value>1</Value></Attribute><Attribute><Name>z</Name><Value>2</Value></Attribute>` +
		`<Tag><Key>k</Key><Value>v</Value></Tag><AttributeName>x</AttributeName><AttributeName>y</AttributeName>` +
		`<SendEntry><Id>one</Id><Wait>5</Wait><Blob>AP8=</Blob><Fault>false</Fault></SendEntry>` +
		`<Thing><Name>t</Name><Value><Fault>true</Fault></Value></Thing>` +
		`</SendResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></SendResponse>`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("XML differs (-want +got):\n%s", diff)
	}
	empty := string(awsquery.Encode("Purge", "r-2", &struct{}{}))
	if strings.Contains(empty, "Result") || !strings.Contains(empty, "<RequestId>r-2</RequestId>") {
		t.Errorf("a call that gives nothing: %s", empty)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("Action=Send&SendEntry.1.Id=a&SendEntry.1.Wait=1")
	f.Add("Attribute.1.Name=a&Attribute.1.Value=b&Attribute=c&Attribute.1=d")
	f.Add("Thing.1.Name=t&Thing.1.Value=v&...=.")
	f.Fuzz(func(_ *testing.T, form string) {
		if values, err := url.ParseQuery(form); err == nil {
			_ = awsquery.Decode(values, &call{}) // any error will do, but no panic
		}
	})
}
