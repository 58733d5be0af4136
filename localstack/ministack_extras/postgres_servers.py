"""PostgreSQL servers on 127.0.0.1, each with what MiniStack asks of a container of Docker.

A server is a process of the PostgreSQL that is installed on this machine, run by a user without rights,
with its data in a folder of its own under MAAS_DATABASES. Everything is gone when the emulator ends.
"""

import atexit
import glob
import itertools
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import threading

# Speed before safety: nothing of it has to survive the machine.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "dynamic_shared_memory_type": "mmap",
    "password_encryption": "scram-sha-256",
    "autovacuum": "off",
}

_HELP = "install PostgreSQL's server (on Debian and Ubuntu: apt install postgresql), then start the emulator again"


class NotFound(Exception):
    """There is no such container, volume or image."""


class Missing(Exception):
    """This machine has no PostgreSQL."""


def programs():
    """The folder of PostgreSQL's programs, of the newest version that is installed."""
    versions = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin")
    versions.sort(key=lambda path: int("".join(filter(str.isdigit, path))), reverse=True)
    on_path = shutil.which("initdb")
    for folder in [*versions, *([os.path.dirname(on_path)] if on_path else [])]:
        if all(os.access(os.path.join(folder, name), os.X_OK) for name in ("initdb", "postgres")):
            return folder
    raise Missing(f"no PostgreSQL was found: {_HELP}")


def _user():
    """PostgreSQL refuses to run as root: who runs it instead, as arguments of Popen."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Missing("PostgreSQL does not run as root, and there is no user postgres or nobody")


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def named(text):
    return '"' + text.replace('"', '""') + '"'


def _initialize(data):
    """Makes the data of a server. Its superuser is RDS's own."""
    user = _user()
    shutil.rmtree(data, ignore_errors=True)
    os.makedirs(data, mode=0o700)
    if user:
        os.chown(data, user["user"], user["group"])
    made = [os.path.join(programs(), "initdb"), "-D", data, "-U", "rdsadmin", "--no-sync"]
    made += ["-A", "trust", "-E", "UTF8", "--locale=C"]
    ran = subprocess.run(made, stdin=subprocess.DEVNULL, text=True, capture_output=True, cwd="/", check=False, **user)
    if ran.returncode != 0:
        raise RuntimeError(f"initdb failed: {ran.stdout}{ran.stderr}")


class Servers:
    """What stands for Docker's client: `containers`, `volumes` and `images`."""

    def __init__(self, folder, rule):
        """`rule` gives the line of pg_hba.conf that comes first, for a server with these labels."""
        self.folder, self.rule = folder, rule
        self.containers = Containers(self)
        self.volumes = Volumes(self)
        self.images = Images()
        self._fresh, self._making = os.path.join(folder, "fresh"), threading.Lock()
        os.makedirs(folder, mode=0o755, exist_ok=True)
        atexit.register(self.end)

    def fresh(self):
        """Data as initdb makes it: it is made once and copied, which takes a fraction of the time."""
        with self._making:
            if not os.path.isdir(self._fresh):
                _initialize(f"{self._fresh}-half")
                os.rename(f"{self._fresh}-half", self._fresh)
        return self._fresh

    def end(self):
        for server in list(self.containers.servers.values()):
            server.stop(timeout=2)
        shutil.rmtree(self.folder, ignore_errors=True)


class Images:
    def get(self, name):
        """Every image is there: what it is for is installed, or said when a server starts."""
        return name


class Volumes:
    def __init__(self, all_servers):
        self.all = all_servers

    def path(self, name):
        return os.path.join(self.all.folder, f"volume-{name}")

    def get(self, name):
        if not os.path.isdir(self.path(name)):
            raise NotFound(name)
        return Volume(self.path(name))


class Volume:
    def __init__(self, path):
        self.path = path

    def remove(self, **_):
        shutil.rmtree(self.path, ignore_errors=True)


class Containers:
    def __init__(self, all_servers):
        self.all = all_servers
        self.servers = {}
        self._lock = threading.Lock()
        self._ids = itertools.count(1)

    def get(self, identifier):
        for server in list(self.servers.values()):
            if identifier in (server.id, server.name):
                return server
        raise NotFound(identifier)

    def list(self, **_):
        return list(self.servers.values())

    def run(self, name=None, environment=None, ports=None, volumes=None, labels=None, **_):
        """Starts a server for the database, the user and the password that the environment names."""
        with self._lock:
            number = next(self._ids)
        data = os.path.join(self.all.folder, f"server-{number}")
        for volume in volumes or {}:
            data = self.all.volumes.path(volume)
        server = Server(self, f"maas-postgres-{number}", name, labels or {}, next(iter((ports or {}).values())), data)
        server.kept = bool(volumes)
        try:
            if not os.path.isdir(data):
                server.make(environment or {})
            server.start()
        except BaseException:
            server.remove()
            raise
        self.servers[server.id] = server
        return server


class Server:
    """One PostgreSQL, with the names of a container of Docker."""

    def __init__(self, held_by, identifier, name, labels, port, data):
        self._held_by = held_by
        self.id, self.name, self.labels, self.port, self.data = identifier, name, labels, port, data
        self.attrs = {"NetworkSettings": {"Networks": {}}, "Config": {"Labels": labels}}
        self.kept = False
        # Name and password of who looks whether it answers, where that is not the master user.
        self.monitor = None
        self._process = None

    @property
    def status(self):
        return "running" if self._process and self._process.poll() is None else "exited"

    def reload(self):
        """Its state is always that of now."""

    def make(self, environment):
        """Makes the data, with the master user of the environment. As in RDS it is no superuser."""
        folder, user = programs(), _user()
        subprocess.run(["cp", "-a", self._held_by.all.fresh(), self.data], check=True)
        with open(os.path.join(self.data, "pg_hba.conf"), "w", encoding="utf-8") as rules:
            rules.write(self._held_by.all.rule(self.labels))
            rules.write("host all all 127.0.0.1/32 scram-sha-256\n")
        master, password = environment["POSTGRES_USER"], environment["POSTGRES_PASSWORD"]
        statements = [
            "CREATE ROLE rds_superuser NOLOGIN CREATEDB CREATEROLE",
            "CREATE ROLE rds_iam NOLOGIN",
            "GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION",
            f"CREATE ROLE {named(master)} LOGIN CREATEDB CREATEROLE PASSWORD {quoted(password)}",
            f"GRANT rds_superuser TO {named(master)}",
        ]
        if environment.get("MASTER_USER_AUTHENTICATION") == "iam-db-auth":
            statements.append(f"GRANT rds_iam TO {named(master)}")
            # MiniStack looks with a password whether the server answers.
            self.monitor = ("rdsmonitor", secrets.token_hex(16))
            statements.append(f"CREATE ROLE {self.monitor[0]} LOGIN PASSWORD {quoted(self.monitor[1])}")
        if environment["POSTGRES_DB"] != "postgres":
            statements.append(f"CREATE DATABASE {named(environment['POSTGRES_DB'])} OWNER {named(master)}")
        single = [os.path.join(folder, "postgres"), "--single", "-D", self.data, *self._settings(), "postgres"]
        script = "".join(f"{statement};\n" for statement in statements)
        ran = subprocess.run(single, input=script, text=True, capture_output=True, cwd="/", check=False, **user)
        if ran.returncode != 0 or "ERROR:" in ran.stderr:
            raise RuntimeError(f"the master user was not made: {ran.stderr}")

    def _settings(self):
        return [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]

    def start(self):
        if self.status == "running":
            return
        command = [os.path.join(programs(), "postgres"), "-D", self.data, "-p", str(self.port), *self._settings()]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd="/", **_user())

    def stop(self, timeout=10, **_):
        if self.status != "running":
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()

    def restart(self, **_):
        self.stop()
        self.start()

    def remove(self, **_):
        self.stop(timeout=2)
        self._held_by.servers.pop(self.id, None)
        if not self.kept:
            shutil.rmtree(self.data, ignore_errors=True)
