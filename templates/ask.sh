_venvars_ask() { # asks $1, else the venvars on the PATH, for the lines that would otherwise stand here
    \set -- "$?" "$@"
    \unset -f _venvars_ask
    case ${VIRTUAL_ENV:+active} in '') \return "$1" ;; esac
    \shift
    \[ -x "$1" ] || { \shift && \set -- venvars "$@"; }
    # A command substitution under `set -a` leaves ksh93 with an exported IFS.
    case $- in
    *a*) \set +a && _venvars_answer=$(\exec "$@") && \set -a || { \set -a && _venvars_answer=''; } ;;
    *) _venvars_answer=$(\exec "$@") || _venvars_answer='' ;;
    esac
    \eval "\\unset -v _venvars_answer
$_venvars_answer"
}
