package chaos

import "syscall"

// mount mounts a file system in memory.
func mount(path, options string) error {
	return syscall.Mount("acequia-chaos", path, "tmpfs", 0, options)
}

func unmount(path string) error { return syscall.Unmount(path, syscall.MNT_DETACH) }
