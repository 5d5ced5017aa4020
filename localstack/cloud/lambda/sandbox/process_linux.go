package sandbox

import "syscall"

// diesWithParent tells whether processes end with the local cloud, even when it is killed.
const diesWithParent = true

func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
