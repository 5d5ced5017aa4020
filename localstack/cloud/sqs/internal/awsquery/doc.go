// Package awsquery speaks AWS's query protocol, that of the older SQS clients: a form becomes a Go value, and a Go value
// becomes an XML answer. The same Go values travel as JSON in the newer protocol, so that each call is written once.
//
// A field is called as its tag says (`query:"Attribute"`), or else as in Go. Lists and maps are flattened, as SQS has them:
//
//	AttributeName.1=All                                  []string
//	Attribute.1.Name=DelaySeconds&Attribute.1.Value=5    map[string]string
//	Tag.1.Key=team&Tag.1.Value=data                      map[string]string, `query:"Tag,Key"`
//	DeleteMessageBatchRequestEntry.1.Id=a                []struct{Id string}, `query:"{Action}RequestEntry"`
//
// {Action} in a tag stands for the name of the call: the lists of batches are called after it.
//
// It knows the kinds of field that the SQS API has: string, *int, bool, []byte, structs, and lists and maps of these.
package awsquery
