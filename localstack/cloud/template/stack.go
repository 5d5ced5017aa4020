package template

import "time"

// Stack is what a template describes, in its order.
type Stack struct {
	Buckets   []Bucket
	Queues    []Queue
	Functions []Function
	Mappings  []Mapping
	Rules     []Rule
	// Inert lists what the local cloud leaves out.
	Inert []Inert
}

// Inert is a resource or property that changes nothing in the local cloud.
type Inert struct {
	Line int
	// What is a resource with its type, or a resource and its property.
	What   string
	Reason string
}

// Bucket is an S3 bucket.
type Bucket struct {
	Name          string
	Versioned     bool
	Notifications []Notification
}

// Notification says which events of a bucket go to whom.
type Notification struct {
	ID string
	// Events are names like s3:ObjectCreated:*.
	Events         []string
	Prefix, Suffix string
	// Target is the ARN of a function or a queue.
	Target string
}

// Queue is an SQS queue.
type Queue struct {
	Name string
	// Attributes are named as SQS's API names them; RedrivePolicy is JSON.
	Attributes map[string]string
	// DeadLetterARN is the queue that RedrivePolicy names; empty if there is none.
	DeadLetterARN string
}

// Function is a Lambda function.
type Function struct {
	Name        string
	Description string
	Runtime     string
	Handler     string
	// CodeURI is the path of the directory that holds the function's bootstrap, relative to the template.
	CodeURI string
	// MemorySize is in MB.
	MemorySize    int
	Timeout       time.Duration
	Reserved      *int
	Environment   map[string]string
	DeadLetterARN string
	OnFailureARN  string
	MaxRetries    *int
	MaxEventAge   time.Duration
}

// Mapping is an event source mapping from a queue to a function.
type Mapping struct {
	QueueARN string
	// Function is a name or an ARN.
	Function                string
	BatchSize               int
	Window                  time.Duration
	MaximumConcurrency      int
	ReportBatchItemFailures bool
	Disabled                bool
}

// Rule is an EventBridge rule with a schedule.
type Rule struct {
	Name        string
	Description string
	Schedule    string
	Disabled    bool
	Targets     []Target
}

// Target is a function that a rule invokes.
type Target struct {
	ID, ARN, Input string
}
