package template_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"acequia/localstack/cloud/template"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	got, err := template.Load("testdata/full.yaml", template.Options{
		Parameters: map[string]string{"Stage": "local"}, Endpoint: "http://127.0.0.1:4566", StackName: "stack",
	})
	if err != nil {
		t.Fatal(err)
	}
	const (
		walk = "arn:aws:lambda:us-east-1:000000000000:function:river-c"
		work = "arn:aws:sqs:us-east-1:000000000000:stack-work"
		dead = "arn:aws:sqs:us-east-1:000000000000:dead"
	)
	two, none := 2, 0
	want := &template.Stack{
		Buckets: []template.Bucket{
			{Name: "river-raw", Versioned: true, Notifications: []template.Notification{
				{Events: []string{"s3:ObjectRemoved:*"}, Target: work},
				{
					ID: "Uploaded", Events: []string{"s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"}, Prefix: "in/", Suffix: ".csv",
					Target: walk,
				},
			}},
			{Name: "stack-unnamed"},
		},
		Queues: []template.Queue{
			{Name: "stack-work", DeadLetterARN: dead, Attributes: map[string]string{
				"VisibilityTimeout": "30", "RedrivePolicy": `{"deadLetterTargetArn":"` + dead + `","maxReceiveCount":5}`,
			}},
			{Name: "dead"},
		},
		Functions: []template.Function{{
			Name: "river-c", Description: "walks", Runtime: "provided.al2023", Handler: "bootstrap", CodeURI: "../functions/walk/",
			MemorySize: 256, Timeout: time.Minute, Reserved: &two, DeadLetterARN: dead, OnFailureARN: dead, MaxRetries: &none,
			MaxEventAge: time.Minute,
			Environment: map[string]string{
				"SHARED": "yes", "OVERRIDDEN": "by the function", "QUEUE": "http://127.0.0.1:4566/000000000000/stack-work",
				"LITERAL": "${Prefix} is river at arn:aws:s3:::river-raw for 000000000000",
				"TOPIC":   "arn:aws:sns:us-east-1:000000000000:stack-Topic",
			},
		}},
		Mappings: []template.Mapping{
			{
				QueueARN: work, Function: walk, BatchSize: 100, Window: 2 * time.Second, MaximumConcurrency: 7,
				ReportBatchItemFailures: true,
			},
			{QueueARN: dead, Function: "river-c", BatchSize: 10, Disabled: true},
		},
		Rules: []template.Rule{
			{
				Name: "stack-WalkNightly", Schedule: "cron(0 3 * * ? *)",
				Targets: []template.Target{{ID: "function", ARN: walk, Input: `{"a":1}`}},
			},
			{Name: "stack-Hourly", Schedule: "rate(1 hour)", Disabled: true, Targets: []template.Target{{ID: "walk", ARN: walk}}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(template.Stack{}, "Inert")); diff != "" {
		t.Error(diff)
	}
	var inert []string
	for _, i := range got.Inert {
		inert = append(inert, i.What)
	}
	if got := strings.Join(inert, ", "); got != "Outputs, Raw.BucketEncryption, Walk.Policies, Topic (AWS::SNS::Topic)" {
		t.Errorf("inert: %s", got)
	}
}

// The project's own template is what the local cloud is for.
func TestProjectTemplate(t *testing.T) {
	t.Parallel()
	stack, err := template.Load("../../../infra/sam/template.yaml", template.Options{
		Parameters: map[string]string{"DatabaseUrl": "postgres://"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(stack.Functions) == 0 || len(stack.Queues) == 0 || len(stack.Buckets) == 0 {
		t.Errorf("the template has %d functions, %d queues and %d buckets", len(stack.Functions), len(stack.Queues), len(stack.Buckets))
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	resource := func(body string) string { return "Resources:\n  X:\n" + body }
	tests := []struct{ name, doc, want string }{
		{"not YAML", "a: [", "it is not YAML"},
		{"empty", "", "it is not a mapping"},
		{"alias", "Resources: &r {X: *r}", "line 1: CloudFormation does not know YAML aliases"},
		{"unknown section", "Hooks: {}", "line 1: Hooks: the local cloud does not know this section"},
		{"other transform", "Transform: AWS::Include", "line 1: Transform"},
		{"other globals", "Globals: {Api: {}}", "line 1: Globals.Api"},
		{"parameter without value", "Parameters:\n  P: {Type: String}", "line 2: the parameter P has neither a default nor a value"},
		{"unknown parameter", "Parameters: {}", "the parameter Given was given a value"},
		{"parameter out of range", "Parameters:\n  P: {Type: Number, Default: 0, MinValue: 1}", `the parameter P is "0", which does not keep its MinValue of 1`},
		{"parameter not a number", "Parameters:\n  P: {Type: Number, Default: x}", "is not a number"},
		{"parameter not allowed", "Parameters:\n  P: {Type: String, Default: x, AllowedValues: [y]}", "is not among its AllowedValues"},
		{"parameter type", "Parameters:\n  P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: x}", "of a type that the local cloud does not know"},
		{"unknown type", resource("    Type: AWS::DynamoDB::Table"), "line 2: X: the local cloud does not emulate AWS::DynamoDB::Table"},
		{"hint", resource("    Type: AWS::Scheduler::Schedule"), "use AWS::Events::Rule"},
		{"unknown attribute", resource("    Type: AWS::SQS::Queue\n    CreationPolicy: {}"), "line 4: X.CreationPolicy"},
		{"unknown property", resource("    Type: AWS::SQS::Queue\n    Properties:\n      FifoQueue: true"), "line 5: X.FifoQueue: the local cloud does not know this property"},
		{"not a number", resource("    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: soon"), `line 5: X.DelaySeconds: "soon" is not a whole number`},
		{"not a mapping", resource("    Type: AWS::SQS::Queue\n    Properties:\n      RedrivePolicy: soon"), "line 5: X.RedrivePolicy: a mapping is wanted"},
		{"missing property", resource("    Type: AWS::Serverless::Function\n    Properties:\n      Handler: h"), "line 5: X.CodeUri: it must be given"},
		{"runtime", resource("    Type: AWS::Serverless::Function\n    Properties: {CodeUri: c, Runtime: python3.13}"), "line 4: X.Runtime: the local cloud knows [provided.al2023 provided.al2]"},
		{"ScheduleV2", resource("    Type: AWS::Serverless::Function\n    Properties: {CodeUri: c, Events: {E: {Type: ScheduleV2}}}"), "use Schedule, which makes a rule"},
		{"event property", resource("    Type: AWS::Serverless::Function\n    Properties: {CodeUri: c, Events: {E: {Type: SQS, Properties: {Queue: q, FilterCriteria: {}}}}}"), "X.Events.E.Properties.FilterCriteria"},
		{"bucket elsewhere", resource("    Type: AWS::Serverless::Function\n    Properties: {CodeUri: c, Events: {E: {Type: S3, Properties: {Bucket: b, Events: e}}}}"), "the event E is of the bucket b, which is not in this template"},
		{"unknown function", resource("    Type: AWS::SQS::Queue\n    Properties: {QueueName: !ImportValue x}"), "line 4: the local cloud does not know the function ImportValue"},
		{"unknown reference", resource("    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Ref x}"), "line 4: there is neither a parameter nor a resource x"},
		{"unknown resource", resource("    Type: AWS::SQS::Queue\n    Properties: {QueueName: !GetAtt x.Arn}"), "line 4: there is no resource x"},
		{"unknown attribute of a resource", resource("    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Sub '${X.Size}'}"), "the attribute Size of an AWS::SQS::Queue"},
		{"name of itself", resource("    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Ref X}"), "the name of X refers to itself"},
		{"unknown condition", resource("    Type: AWS::SQS::Queue\n    Condition: C"), "line 4: there is no condition C"},
		{"condition of itself", "Conditions: {C: !Not [!Condition C]}\n" + resource("    Type: AWS::SQS::Queue\n    Condition: C"), "the condition C refers to itself"},
		{"not a condition", "Conditions: {C: true}\n" + resource("    Type: AWS::SQS::Queue\n    Condition: C"), "a condition is wanted here"},
		{"condition as a value", resource("    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Equals [a, b]}"), "a condition stands where a value is wanted"},
		{"two at once", resource("    Type: AWS::SQS::Queue\n    Properties: {A: 1, B: 2}"), "X.A: the local cloud does not know this property\nline 4: X.B"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			opt := template.Options{}
			if test.name == "unknown parameter" {
				opt.Parameters = map[string]string{"Given": "x"}
			}
			_, err := template.Parse([]byte(test.doc), opt)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error = %v\nwant       %s", err, test.want)
			}
		})
	}
}

// Whatever the document, reading it gives an answer.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"Resources: {X: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${X}'}}}",
		"Conditions: {C: !Not []}\nResources: {X: {Type: AWS::SQS::Queue, Condition: C}}",
		"a: &a [*a]", "Globals: {Function: []}", "Resources: {X: {Type: AWS::S3::Bucket, Properties: !If [C, a]}}",
		"Resources: {X: {Type: AWS::SQS::Queue, Properties: {QueueName: !Join [a, b], RedrivePolicy: {}}}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		stack, err := template.Parse(doc, template.Options{})
		if (stack == nil) == (err == nil) {
			t.Errorf("stack %v and error %v", stack, err)
		}
	})
}
