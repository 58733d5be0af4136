# shellcheck shell=bash
# Sourced by start, stop and check: paths, messages, locks, Python, virtual environments.
# Written for bash 3.2 and newer.

helper="$here/lib/helper.py"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/maas/emulators"

say() { printf 'localstack/%s: %s\n' "$me" "$*" >&2; }
fail() { say "$*"; exit 1; }
misuse() { say "$*"; say "see localstack/$me --help"; exit 2; }

# Sets `python` to an interpreter of 3.10 or newer that can make virtual environments.
find_python() {
    local name seen="" old=""
    for name in ${MAAS_PYTHON:-python3 python3.13 python3.12 python3.11 python3.10}; do
        command -v "$name" >/dev/null 2>&1 || continue
        "$name" -c 'import sys' >/dev/null 2>&1 || continue
        seen="$name"
        if ! "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
            old="$("$name" -c 'import platform; print(platform.python_version())')"
            continue
        fi
        python="$("$name" -c 'import sys; print(sys.executable)')"
        "$python" -c 'import venv, ensurepip' 2>/dev/null ||
            fail "$python cannot make virtual environments: its modules venv and ensurepip are missing (on Debian and Ubuntu: apt install python3-venv)"
        return
    done
    [ -n "$seen" ] || fail "python3 is not on the PATH${MAAS_PYTHON:+ (MAAS_PYTHON names $MAAS_PYTHON)}: the emulators need Python 3.10 or newer"
    fail "the emulators need Python 3.10 or newer, and $seen is $old; name another with MAAS_PYTHON=/path/to/python3"
}

# take_lock FD NAME MESSAGE: holds the lock until this script ends.
take_lock() {
    mkdir -p "$cache/locks"
    eval "exec $1>\"\$cache/locks/\$2\""
    "$python" "$helper" lock "$1" "localstack/$me: $3"
}

# Sets `venv` to the environment that holds requirements-SUBJECT.txt, making it where it is missing.
need_venv() {
    local list="$here/requirements-$1.txt" name begun=$SECONDS
    name="$1-$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-$("$python" "$helper" digest "$list")"
    venv="$cache/venvs/$name"
    [ -e "$venv/complete" ] && return
    take_lock 8 "venv-$1" "another start installs $1; waiting for it"
    [ -e "$venv/complete" ] && return
    say "installing $1 into $venv (once; it takes a minute or two)"
    rm -rf "$venv"
    mkdir -p "$cache/venvs"
    "$python" -m venv "$venv" >"$cache/install-$1.log" 2>&1 || {
        tail -n 20 "$cache/install-$1.log" >&2
        fail "$python could not make a virtual environment in $venv"
    }
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --requirement "$list" >>"$cache/install-$1.log" 2>&1 8>&- 9>&- || {
        tail -n 20 "$cache/install-$1.log" >&2
        fail "pip could not install $list; the whole output is in $cache/install-$1.log"
    }
    touch "$venv/complete"
    say "installed $1 in $((SECONDS - begun)) s"
}

# Sets `port` and `run` (the folder of this one emulator's process id, log and files).
choose_instance() {
    case "$port" in
        "" | *[!0-9]*) misuse "--port takes a number, not '$port'" ;;
    esac
    [ "$port" -le 65535 ] || misuse "--port takes a number up to 65535, not $port"
    run="$cache/run/$subject-$port"
    # Databases run as another user where this is root's, who cannot look into root's home. Whose process ids are
    # in another cache are not these scripts' to look after.
    databases="/tmp/maas-databases-$(id -u)-$(printf %s "$cache" | cksum | cut -d ' ' -f 1)/$subject-$port"
    mark="maas-emulator=$subject-$port"
}

default_port() {
    case "$1" in
        ministack) echo 4566 ;;
        moto) echo 4567 ;;
        localstack) echo 4568 ;;
        *) misuse "unknown emulator '$1': ministack, moto or localstack" ;;
    esac
}

# Whether the emulator in `run` lives and was started by these scripts.
is_ours() { "$python" "$helper" owned "$run/pid" "$mark" >/dev/null; }

# Ends the emulator in `run`, and the functions that it runs.
end_instance() {
    "$python" "$helper" end "$run/pid" "$mark"
    rm -rf "$run" "$databases"
}

# Installs PostgreSQL's server where it is missing, as root or with a sudo that asks for nothing. Says what to do
# where it cannot: everything but databases works without.
need_postgres() {
    local bin as_root=""
    for bin in /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres "$(command -v postgres || true)"; do
        [ -x "$bin" ] && return
    done
    take_lock 7 postgres "another start installs PostgreSQL; waiting for it"
    for bin in /usr/lib/postgresql/*/bin/postgres; do [ -x "$bin" ] && return; done
    if [ "$(id -u)" != 0 ]; then as_root="sudo -n"; fi
    if command -v apt-get >/dev/null && { [ -z "$as_root" ] || sudo -n true 2>/dev/null; } && install_postgres; then
        return
    fi
    say "PostgreSQL is missing and could not be installed, so databases will be refused; install it (on Debian and Ubuntu: apt install postgresql) and start again"
}

# The newest of the major versions that are known to work, of those that apt has.
install_postgres() {
    local version log="$cache/install-postgres.log" begun=$SECONDS
    say "installing PostgreSQL (once; it takes a minute)"
    $as_root apt-get update >"$log" 2>&1 8>&- 9>&- || true
    for version in 17 16 15 14; do
        apt-cache show "postgresql-$version" >/dev/null 2>&1 || continue
        # Without a cluster that starts with the machine.
        $as_root sh -c 'mkdir -p /etc/postgresql-common && cd /etc/postgresql-common && [ -e createcluster.conf ] || echo "create_main_cluster = false" >createcluster.conf'
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "postgresql-$version" \
            >>"$log" 2>&1 8>&- 9>&- && say "installed PostgreSQL $version in $((SECONDS - begun)) s" && return
    done
    tail -n 5 "$log" >&2
    return 1
}

# Removes what is left of emulators that ended by themselves more than a day ago.
drop_leftovers() {
    local folder
    # There may be no such folder yet, and another start may remove them meanwhile.
    while IFS= read -r folder; do
        "$python" "$helper" owned "$folder/pid" "maas-emulator=${folder##*/}" >/dev/null || rm -rf "$folder"
    done < <(find "$cache/run" -mindepth 1 -maxdepth 1 -mtime +1 2>/dev/null)
    for folder in "${databases%/*}"/*/; do
        folder="${folder%/}" folder="${folder##*/}"
        "$python" "$helper" owned "$cache/run/$folder/pid" "maas-emulator=$folder" >/dev/null ||
            rm -rf "${databases%/*}/$folder"
    done
}
