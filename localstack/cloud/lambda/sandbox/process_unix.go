//go:build unix && !linux

package sandbox

import "syscall"

// diesWithParent tells whether processes end with the local cloud, even when it is killed. Only Linux can do that; here
// the next start of the local cloud ends what the last one left behind.
const diesWithParent = false

func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
