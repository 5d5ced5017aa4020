package chaos

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// processes finds the process at the other end of a connection, among those that the local cloud started.
type processes struct {
	cloud *localCloud
}

// noProcesses says why no process can be found; it is empty if they can.
func noProcesses() string {
	if runtime.GOOS != "linux" {
		return "whose connection it is can be seen in /proc on Linux only"
	}
	return ""
}

// kill ends the process that has this end of a connection, and tells whether there was one.
func (p processes) kill(client net.Addr) bool {
	pid, ok := p.find(client)
	return ok && syscall.Kill(pid, syscall.SIGKILL) == nil
}

func (p processes) find(client net.Addr) (pid int, ok bool) {
	inode, known := inodeOf(client)
	cloud, runs := p.cloud.pid()
	if !known || !runs {
		return 0, false
	}
	children, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", cloud))
	if err != nil {
		return 0, false
	}
	for _, path := range children {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // a thread that has ended
		}
		for _, child := range strings.Fields(string(b)) {
			if holds(child, "socket:["+inode+"]") {
				pid, err := strconv.Atoi(child)
				return pid, err == nil
			}
		}
	}
	return 0, false
}

// inodeOf gives the number of the socket at an address of the loopback interface (man 5 proc_pid_net).
func inodeOf(client net.Addr) (string, bool) {
	address, ok := client.(*net.TCPAddr)
	if !ok {
		return "", false
	}
	f, err := os.Open("/proc/net/tcp")
	if err != nil {
		return "", false
	}
	defer f.Close()
	port := fmt.Sprintf(":%04X", address.Port)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		const local, inode = 1, 9
		if fields := strings.Fields(lines.Text()); len(fields) > inode && strings.HasSuffix(fields[local], port) {
			return fields[inode], true
		}
	}
	return "", false
}

// holds tells whether a process has the file open.
func holds(pid, file string) bool {
	dir := filepath.Join("/proc", pid, "fd")
	open, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, entry := range open {
		if target, err := os.Readlink(filepath.Join(dir, entry.Name())); err == nil && target == file {
			return true
		}
	}
	return false
}
