_venvars_asked=$?
if \[ -n "${VIRTUAL_ENV-}" ]; then
    # The answer is the lines that a script with the values in it would hold.
    _venvars_program={{ export.program }}
    \[ -x "$_venvars_program" ] || _venvars_program=venvars
    # A command substitution under `set -a` leaves ksh93 with an exported IFS.
    case $- in
    *a*) _venvars_allexport=1; \set +a ;;
    *) _venvars_allexport= ;;
    esac
    _venvars_answer=$(\exec "$_venvars_program"{% for argument in export.arguments %} {{ argument }}{% endfor %} sh) || _venvars_answer=
    case $_venvars_allexport in
    1) \set -a ;;
    esac
    \eval "$_venvars_answer"
fi
_venvars_asked_end () {
    \unset -v _venvars_asked _venvars_allexport _venvars_program _venvars_answer || \:
    \unset -f _venvars_asked_end
    \return "$1"
}
_venvars_asked_end "$_venvars_asked"
