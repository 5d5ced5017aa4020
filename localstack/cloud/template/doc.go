// Package template reads a SAM template: YAML and parameters in, the resources that the local cloud emulates out.
//
// What the local cloud does not emulate is never passed over in silence: a resource type, a property or a function is
// either applied, or inert (it stands in a table with the reason why it changes nothing on one machine, see inert.go), or
// refused by name with its line. So the wiring that runs on a laptop is the wiring that deploys.
package template
