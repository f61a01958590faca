#!/bin/sh
# Installs venvars @VERSION@ for you only, into $VENVARS_INSTALL_DIR, else ~/.local/bin:
#
#   curl -fsSL @ADDRESS@/releases/latest/download/install.sh | sh
#
# The archive's checksum stands in here. All of it is in a function: of a script that arrives in part, nothing runs.
set -eu

fail() {
    echo "venvars: $1" >&2
    exit 1
}

download() { # URL FILE
    if command -v curl >/dev/null; then
        curl --proto "=${1%%:*}" --fail --silent --show-error --location --output "$2" "$1"
    elif command -v wget >/dev/null; then
        wget -q -O "$2" "$1"
    else
        fail 'install curl or wget first'
    fi || fail "$1 could not be downloaded"
}

sum() { # FILE
    if command -v sha256sum >/dev/null; then
        sha256sum "$1"
    elif command -v shasum >/dev/null; then
        shasum -a 256 "$1"
    elif command -v openssl >/dev/null; then
        openssl dgst -sha256 -r "$1"
    else
        fail 'install sha256sum, shasum or openssl first: the download has to be checked'
    fi
}

main() {
    case $(uname -s)-$(uname -m) in
    Linux-x86_64 | Linux-amd64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    *) target=none ;;
    esac
    name=venvars-@VERSION@-$target
    case $name.tar.gz in
@SUMS_SH@
    *) fail "there is no binary for $(uname -s) on $(uname -m); with Rust: cargo install --locked venvars" ;;
    esac

    folder=${VENVARS_INSTALL_DIR:-$HOME/.local/bin}
    work=$(mktemp -d)
    new=$folder/.venvars.$$
    trap 'rm -rf "$work" "$new"' EXIT
    trap 'exit 1' HUP INT TERM
    download "@ADDRESS@/releases/download/v@VERSION@/$name.tar.gz" "$work/archive"
    found=$(sum "$work/archive")
    [ "${found%% *}" = "$expected" ] || fail "$name.tar.gz is not what was released: its SHA-256 is ${found%% *} instead of $expected"
    tar -xzf "$work/archive" -C "$work"
    mkdir -p "$folder"
    # Whoever has it open keeps the old one, and at no time is there half of one.
    cp "$work/$name/venvars" "$new"
    chmod 755 "$new"
    mv -f "$new" "$folder/venvars"
    echo "installed $("$folder/venvars" --version) in $folder"
    case :$PATH: in
    *:"$folder":*) ;;
    *) echo "that is not on your PATH; add it in your shell's configuration: export PATH=\"$folder:\$PATH\"" ;;
    esac
}

main
