package template

const (
	noPermissions = "the local cloud does not check permissions"
	noEncryption  = "what is stored here is not encrypted"
	noMetrics     = "there are no metrics here, so nothing to watch"
	noTags        = "nothing here looks at tags"
)

// inertTypes are the resource types that change nothing in the local cloud, with the reason.
var inertTypes = map[string]string{
	"AWS::IAM::Role":                  noPermissions,
	"AWS::IAM::Policy":                noPermissions,
	"AWS::IAM::ManagedPolicy":         noPermissions,
	"AWS::Lambda::Permission":         noPermissions,
	"AWS::S3::BucketPolicy":           noPermissions,
	"AWS::SQS::QueuePolicy":           noPermissions,
	"AWS::SNS::TopicPolicy":           noPermissions,
	"AWS::KMS::Key":                   noEncryption,
	"AWS::KMS::Alias":                 noEncryption,
	"AWS::CloudWatch::Alarm":          noMetrics,
	"AWS::CloudWatch::CompositeAlarm": noMetrics,
	"AWS::CloudWatch::Dashboard":      noMetrics,
	"AWS::Logs::LogGroup":             "the functions' logs are files here, one for each function",
	"AWS::Logs::MetricFilter":         noMetrics,
	"AWS::SNS::Topic":                 "the local cloud has no SNS; its topics only have their ARNs",
	"AWS::SNS::Subscription":          "the local cloud has no SNS",
	"AWS::Serverless::LayerVersion":   "functions take no layers here",
	"AWS::Lambda::LayerVersion":       "functions take no layers here",
	"AWS::Lambda::EventInvokeConfig":  "retries follow the function's own property EventInvokeConfig here",
}

// hints say what to use in place of a resource or event type that is refused.
var hints = map[string]string{
	"AWS::Lambda::Function":    "; use AWS::Serverless::Function",
	"AWS::Scheduler::Schedule": ", as emulators do not fire it; use AWS::Events::Rule",
	"ScheduleV2":               ", as emulators do not fire them; use Schedule, which makes a rule",
}

// The properties of the emulated types that change nothing in the local cloud.
var (
	inertBucket = map[string]string{
		"LifecycleConfiguration":           "nothing expires here; `make clean` removes the state",
		"PublicAccessBlockConfiguration":   noPermissions,
		"OwnershipControls":                noPermissions,
		"AccessControl":                    noPermissions,
		"BucketEncryption":                 noEncryption,
		"LoggingConfiguration":             "there are no access logs here",
		"MetricsConfigurations":            noMetrics,
		"IntelligentTieringConfigurations": "there is one storage class here",
		"Tags":                             noTags,
	}
	inertQueue = map[string]string{
		"KmsMasterKeyId":               noEncryption,
		"KmsDataKeyReusePeriodSeconds": noEncryption,
		"SqsManagedSseEnabled":         noEncryption,
		"RedriveAllowPolicy":           noPermissions,
		"Tags":                         noTags,
	}
	inertFunction = map[string]string{
		"Architectures":            "functions are built for this machine",
		"Policies":                 noPermissions,
		"Role":                     noPermissions,
		"AssumeRolePolicyDocument": noPermissions,
		"PermissionsBoundary":      noPermissions,
		"PackageType":              "CodeUri says where the function is",
		"RecursiveLoop":            "nothing here looks for loops",
		"EphemeralStorage":         "a function has this machine's disk",
		"LoggingConfig":            "the functions' logs are files here, one for each function",
		"Tracing":                  "nothing is traced here",
		"VpcConfig":                "a function has this machine's network",
		"KmsKeyArn":                noEncryption,
		"CodeSigningConfigArn":     "code is not signed here",
		"RuntimeManagementConfig":  "the runtime is the function itself",
		"Tags":                     noTags,
		"PropagateTags":            noTags,
	}
	inertMapping = map[string]string{
		"MetricsConfig": noMetrics,
		"Tags":          noTags,
	}
	inertRule = map[string]string{
		"RoleArn": noPermissions,
		"Tags":    noTags,
	}
	inertTarget = map[string]string{
		"RoleArn":     noPermissions,
		"RetryPolicy": "an event that is due is always taken here",
	}
)
