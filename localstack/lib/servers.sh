# shellcheck shell=bash
# Sourced by start: for each emulator the command that runs it, in the array `server`.
# Each gets an environment of its own (env -i), since what is in it leaks into the functions that
# an emulator runs, and a home of its own, so that nobody's AWS profile changes what they see.

clean_environment=(
    env -i "PATH=$PATH" "HOME=$run/home" "TMPDIR=$run/tmp" "LANG=C.UTF-8" "TZ=UTC"
    "AWS_ACCESS_KEY_ID=test" "AWS_SECRET_ACCESS_KEY=test"
)

ministack_server() {
    local node libraries path="$PATH"
    # The real executable: version managers' shims look for their files in the caller's home.
    if node="$(node -p process.execPath 2>/dev/null)"; then
        path="$(dirname "$node"):$PATH"
    else
        say "node is not on the PATH: functions with a nodejs runtime will fail"
    fi
    libraries="$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    server=(
        "${clean_environment[@]}" "PATH=$path" "PYTHONPATH=$libraries"
        "GATEWAY_PORT=$port" "BIND_HOST=127.0.0.1" "AWS_ENDPOINT_URL=http://127.0.0.1:$port"
        # Credentials are checked, roles and policies count.
        "AUTH=true"
        # An asynchronous call is tried again after 0.1 s, not after a second.
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS=0.1"
        # Listeners that nothing here needs.
        "SFTP_ENABLED=0" "IOT_MTLS_ENABLED=0"
        "MAAS_EXTRAS_SOURCES=$sources"
        # Where databases are, and the first of their ports.
        "MAAS_DATABASES=$databases" "RDS_BASE_PORT=$((20000 + RANDOM % 10000))"
        "$venv/bin/python" -B -X "$mark" "$here/ministack_extras"
    )
}

moto_server() {
    server=(
        "${clean_environment[@]}" "MOTO_IAM_LOAD_MANAGED_POLICIES=true"
        "$venv/bin/python" -X "$mark" -m moto.server --host 127.0.0.1 --port "$port"
    )
}

localstack_server() {
    server=(
        "${clean_environment[@]}" "GATEWAY_LISTEN=127.0.0.1:$port" "FILESYSTEM_ROOT=$run/files"
        "SKIP_SSL_CERT_DOWNLOAD=1" "DISABLE_EVENTS=1" "DNS_ADDRESS=0"
        "$venv/bin/python" -X "$mark" "$here/lib/localstack_on_loopback.py"
    )
}
