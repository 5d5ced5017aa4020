package sandbox

import (
	"maps"
	"os"
	"slices"
	"strconv"
)

// environ gives a process its environment: what AWS defines (https://docs.aws.amazon.com/lambda/latest/dg/
// configuration-envvars.html), the function's own variables, and nothing of the local cloud's but the path.
func environ(f Function, opt Options, taskRoot, runtimeAPI, accessKey string) []string {
	all := map[string]string{
		"PATH":   os.Getenv("PATH"),
		"TMPDIR": os.TempDir(),
		"LANG":   "en_US.UTF-8",
		"TZ":     ":UTC",

		"AWS_ENDPOINT_URL": opt.Endpoint,
	}
	maps.Copy(all, opt.Variables)
	maps.Copy(all, f.Variables)
	maps.Copy(all, map[string]string{
		"_HANDLER": f.Handler,
		// Any credentials do for the local cloud: the access key tells whose requests they sign. Those of AWS, if this
		// machine has some, stay out of a function's reach.
		"AWS_ACCESS_KEY_ID":               accessKey,
		"AWS_SECRET_ACCESS_KEY":           "local",
		"AWS_SESSION_TOKEN":               "local",
		"AWS_REGION":                      opt.Region,
		"AWS_DEFAULT_REGION":              opt.Region,
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.MemorySize),
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + f.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      f.Name + ".log",
		"AWS_LAMBDA_RUNTIME_API":          runtimeAPI,
		"LAMBDA_TASK_ROOT":                taskRoot,
	})
	list := make([]string, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, name+"="+all[name])
	}
	return list
}
