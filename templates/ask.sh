_venvars_ask () { # sets what venvars answers, which is what would stand here with the values in it; $1 is the status so far
    \unset -f _venvars_ask
    case ${VIRTUAL_ENV-} in '') \return "$1" ;; esac
    \shift
    \[ -x "$1" ] || { \shift; \set -- venvars "$@"; }
    \command -v "$1" >/dev/null ||
        { \echo 'venvars: no variable was set: venvars was not found; install it again' >&2; \return 0; }
    # A command substitution under `set -a` leaves ksh93 with an exported IFS.
    case $- in
    *a*) \set +a; \set -- "$(\exec "$@")"; \set -a ;;
    *) \set -- "$(\exec "$@")" ;;
    esac
    \eval "$1"
}
