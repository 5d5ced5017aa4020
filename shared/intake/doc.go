// Package intake takes an object version that arrived in the raw bucket and gives its chunks: it finds the data set and
// the precedence, decides whether there is work at all, fixes the plan, and walks the object once.
package intake
