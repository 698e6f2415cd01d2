"""What bench/run and bench/soak share: a server under test, and small things around it."""
import collections
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """One server under test: a program that takes nginx's command line, and a directory to run in."""

    def __init__(self, name, program, scratch, core):
        self.name, self.program, self.core = name, program, core
        self.prefix = os.path.join(scratch, name)
        self.port = free_port()
        self.process = None
        self.rss = 0
        about = subprocess.run([program, "-V"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
        self.version = (re.search(r"nginx version: (.*)|(\S+/[\d.]+.*)", about) or [program])[0]
        modules = re.search(r"--modules-path=(\S+)", about)
        files = [os.path.join(modules[1], f) for f in ("ndk_http_module.so", "ngx_http_lua_module.so")] if modules else []
        self.has_modules = all(map(os.path.exists, files))
        self.load_module = "\n".join(f"load_module {f};" for f in files)

    def prepare(self, template, prefix=None, **values):
        """Fills its directory, or another: the template's configuration, with `values` between @ signs, and files of 1 KB and
        1 MB."""
        prefix = prefix or self.prefix
        for folder in ("conf", "logs", "html/static", "tmp"):
            os.makedirs(os.path.join(prefix, folder))
        values |= {"load_module": self.load_module, "port": self.port, "lualib": os.path.join(HERE, "lualib")}
        with open(os.path.join(HERE, template)) as f:
            text = re.sub(r"@(\w+)@", lambda m: str(values[m[1]]), f.read())
        write(os.path.join(prefix, "conf/nginx.conf"), text)
        write(os.path.join(prefix, "html/static/1k.txt"), "x" * 1024)
        write(os.path.join(prefix, "html/static/1m.bin"), "x" * (1 << 20))

    def command(self, prefix):
        return [self.program, "-p", prefix + "/", "-c", "conf/nginx.conf", "-e", os.path.join(prefix, "logs/error.log")]

    def start(self, prefix=None, port=None, path="/return", pinned=True):
        """Starts it and waits for the first answer of 200; returns the seconds that took."""
        self.running = prefix or self.prefix
        pin = (lambda: os.sched_setaffinity(0, {self.core})) if pinned else None
        begun, ended = time.monotonic(), None
        self.process = subprocess.Popen(self.command(self.running), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, start_new_session=True, preexec_fn=pin)
        os.set_blocking(self.process.stderr.fileno(), False)
        while time.monotonic() - begun < 300:
            if ready(port or self.port, path):
                return time.monotonic() - begun
            if self.process.poll() or (ended and time.monotonic() - ended > 5):
                break
            if self.process.returncode == 0 and not ended:  # a daemon may still be on its way
                ended = time.monotonic()
            time.sleep(0.001)
        complaint = (self.process.stderr.read() or b"").decode("latin-1")
        self.stop()
        sys.exit(f"bench: {self.name} does not start: {' '.join(self.command(self.running))}\n{complaint}")

    def pid(self):
        try:
            with open(os.path.join(self.running, "logs/nginx.pid")) as f:
                return int(f.read())
        except (OSError, ValueError):
            return None

    def pids(self):
        """The server's process and all that descend from it."""
        children = collections.defaultdict(list)
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                children[int(stat(entry)[1])].append(int(entry))
            except OSError:
                pass
        found = [self.pid() or self.process.pid]
        for pid in found:
            found += children[pid]
        return found

    def cpu(self):
        """User and system seconds so far."""
        user = system = 0
        for pid in self.pids():
            fields = stat(pid)
            user, system = user + int(fields[11]), system + int(fields[12])
        return user / TICK, system / TICK

    def memory(self):
        """VmRSS in bytes."""
        total = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/status") as f:
                total += int(re.search(r"VmRSS:\s+(\d+) kB", f.read())[1]) * 1024
        return total

    def stop(self):
        if not self.process:
            return
        for number, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            pids = {self.pid(), self.process.pid if self.process.poll() is None else None} - {None}
            for pid in pids:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            end = time.monotonic() + seconds
            while time.monotonic() < end and any(alive(pid) for pid in pids):
                self.process.poll()
                time.sleep(0.01)
            if not any(alive(pid) for pid in pids):
                break
        self.process.wait()
        self.process.stderr.close()
        self.process = None


def wait_for(port):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    sys.exit(f"bench: nothing listens on port {port}")


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def stat(pid):
    """/proc/PID/stat from the state on."""
    with open(f"/proc/{pid}/stat") as f:
        return f.read().rpartition(")")[2].split()


def alive(pid):
    try:
        return stat(pid)[0] != "Z"
    except OSError:
        return False


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def fetch(port, path, method="GET", body=None):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        c.request(method, path, body)
        answer = c.getresponse()
        return answer.status, answer.read()
    finally:
        c.close()


def ready(port, path):
    try:
        return fetch(port, path)[0] == 200
    except (OSError, http.client.HTTPException):
        return False
