"""What the shell scripts of this folder ask of Python; the standard library is enough.

helper.py lock FD MESSAGE          wait for the lock on an open file, saying MESSAGE if it is taken
helper.py who PORT                 print what answers there: `none`, `ministack VERSION SOURCES`,
                                   `moto`, `localstack VERSION` or `other`
helper.py free-port                print a port that nothing listens on
helper.py digest PATH...           print a short digest of the files (folders: of the .py files in them)
helper.py reset PORT               make the MiniStack there forget everything
helper.py owned PIDFILE MARK       print the process id in the file if that process lives and has MARK
                                   among its arguments; else exit with 1
helper.py end PIDFILE MARK         end that process and all of its session
helper.py launch PIDFILE WATCH CMD... become CMD in a session of its own, with its process id in
                                   PIDFILE; with WATCH, a process id, end it when that process ends
"""

import fcntl
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

# Never through a proxy: everything asked here is on this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def lock(fd, message):
    try:
        fcntl.flock(int(fd), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(message, file=sys.stderr, flush=True)
        fcntl.flock(int(fd), fcntl.LOCK_EX)


def _get(port, path):
    """The JSON object at a path; None where the answer is something else."""
    try:
        with _OPENER.open(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            found = json.loads(answer.read())
    except (urllib.error.HTTPError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def who(port):
    with socket.socket() as probe:
        probe.settimeout(5)
        if probe.connect_ex(("127.0.0.1", int(port))) != 0:
            return "none"
    try:
        health = _get(port, "/_ministack/health")
        if health and "services" in health:
            extras = _get(port, "/_maas/extras") or {}
            return f"ministack {health.get('version', '?')} {extras.get('sources', 'plain')}"
        health = _get(port, "/_localstack/health")
        if health and "services" in health:
            return f"localstack {health.get('version', '?')}"
        if _get(port, "/moto-api/config") is not None:
            return "moto"
    except Exception:  # whatever it is, it does not speak HTTP as an emulator does
        pass
    return "other"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _files(path):
    if not os.path.isdir(path):
        return [path]
    walked = os.walk(path)
    return sorted(os.path.join(at, name) for at, _, names in walked for name in names if name.endswith(".py"))


def digest(paths):
    found = hashlib.sha256()
    for path in paths:
        for file in _files(path):
            with open(file, "rb") as opened:
                found.update(os.path.basename(file).encode() + b"\0" + opened.read())
    return found.hexdigest()[:12]


def reset(port):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/_ministack/reset", method="POST", data=b"")
    with _OPENER.open(request, timeout=60) as answer:
        answer.read()


def _arguments(pid):
    """The command line of a process; empty where it has ended, also where nobody has reaped it yet."""
    if os.path.isdir("/proc/self"):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as opened:
                return opened.read().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    asked = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def owned(pid_file, mark):
    try:
        with open(pid_file) as opened:
            pid = int(opened.read())
    except (OSError, ValueError):
        return None
    return pid if mark in _arguments(pid) else None


def _kill(pid, with_signal):
    try:
        os.killpg(pid, with_signal)
    except (ProcessLookupError, PermissionError):
        pass


def end(pid_file, mark):
    pid = owned(pid_file, mark)
    if pid is None:
        return
    _kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while _arguments(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    _kill(pid, signal.SIGKILL)
    while _arguments(pid):
        time.sleep(0.05)


def launch(pid_file, watch, command):
    if os.getpid() != os.getpgrp():
        os.setsid()
    with open(pid_file, "w") as opened:
        opened.write(str(os.getpid()))
    if not watch:
        os.execv(command[0], command)
    server = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    while server.poll() is None:
        if not _arguments(watch):
            server.terminate()
            try:
                server.wait(10)
            finally:
                os.killpg(0, signal.SIGKILL)
        time.sleep(0.5)
    sys.exit(server.returncode)


def main(verb, *given):
    if verb == "lock":
        lock(*given)
    elif verb == "who":
        print(who(*given))
    elif verb == "free-port":
        print(free_port())
    elif verb == "digest":
        print(digest(given))
    elif verb == "reset":
        reset(*given)
    elif verb == "owned":
        pid = owned(*given)
        sys.exit(print(pid) if pid else 1)
    elif verb == "end":
        end(*given)
    elif verb == "launch":
        launch(given[0], given[1], list(given[2:]))
    else:
        sys.exit(f"helper.py: unknown verb {verb}")


if __name__ == "__main__":
    main(*sys.argv[1:])
