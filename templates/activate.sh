# Written by `venvars apply` and taken out by `venvars remove`. The values stand at the end of this file; to
# change one, edit secrets.toml and run `venvars apply`. Names and old values may be inherited from an outer
# shell: they are data, and never become code.
_venvars_list () { # is $1 a list of names, each with a blank behind it?
    case $1 in '' | [0-9]* | *\ [0-9]* | *[!A-Za-z0-9_\ ]* | *[!\ ] | \ * | *\ \ *) \return 1 ;; esac
}
_venvars_each () { # calls $1 with each name in the list $2
    _venvars_list "$2" || \return 0
    while \[ -n "$2" ]; do
        "$1" "${2%%\ *}"
        \set -- "$1" "${2#*\ }"
    done
}
_venvars_keep () { # keeps what $1 holds: exported, so that a nested shell can restore it, or as this shell's own
    \unset -v "_VENVARS_OLD_$1" "_VENVARS_OWN_$1"
    case ${BASH_VERSION:+bash}${ZSH_VERSION:+zsh} in
    zsh) \eval '_venvars_kind=${(Pt)1-}' ;;
    bash) \eval "_venvars_kind=\${$1[*]+set}" || \:
        case $_venvars_kind.$BASH_VERSION in
        .*) ;;
        *.[1-3].* | *.4.[0-4].*) _venvars_kind=$(\declare -p "$1") ;;
        *) \eval "_venvars_kind=declare\\ -\${$1[*]@a}-" ;;
        esac ;;
    *) \eval "case \${$1+x} in x) if \\command \\eval '$1=\$$1' 2>/dev/null; then _venvars_kind=scalar-export; else _venvars_kind=readonly; fi ;; *) _venvars_kind= ;; esac" ;;
    esac
    case $_venvars_kind in
    '') \return ;;
    scalar-export | declare\ -x[-\ ]*) \eval "_VENVARS_OLD_$1=\$$1; \\export _VENVARS_OLD_$1" ;;
    scalar | declare\ --*) \eval "_VENVARS_OWN_$1=\$$1" ;;
    *) _venvars_refused="$_venvars_refused $1" ;;
    esac
    _VENVARS_KEPT=$_VENVARS_KEPT$1\ 
}
_venvars_restore () {
    \eval "
        case \${_VENVARS_OLD_$1+exported}\${_VENVARS_OWN_$1+own} in
        exported) \\unset -v $1; \\export $1=\"\$_VENVARS_OLD_$1\"; \\unset -v _VENVARS_OLD_$1 ;;
        own) \\unset -v $1; $1=\$_VENVARS_OWN_$1; \\unset -v _VENVARS_OWN_$1 ;;
        esac
    "
}
_venvars_begin () { # true when the variables in the list $1 may be set; $2 says whether any of them exists
    case ${ZSH_VERSION+zsh} in zsh) \setopt local_options no_warn_create_global ;; esac
    _venvars_refused= _VENVARS_KEPT=
    case ${BASH_VERSION:+bash} in
    bash) \eval '\eval "_venvars_found=${2//+x/[*]+x}"' ;;
    *) \eval "_venvars_found=$2" ;;
    esac
    case $_venvars_found in x*) _venvars_each _venvars_keep "$1" ;; esac
    case $_venvars_refused in
    '') case $1 in ?*) \eval "\\unset -v $1" || \: ;; esac; \export _VENVARS="$1" ;;
    *) \echo "venvars: no variable was set: this shell cannot replace$_venvars_refused" >&2
        _VENVARS=
        _venvars_unset nondestructive
        \false ;;
    esac
}
_venvars_missing () { # adds $1 to the list if there is no such variable
    case ${BASH_VERSION:+bash} in
    bash) \eval "_venvars_found=\${$1[*]+x}" ;;
    *) \eval "_venvars_found=\${$1+x}" ;;
    esac
    case $_venvars_found in '') _VENVARS=$_VENVARS$1\  ;; *) \return 1 ;; esac
}
_venvars_newer () {
    if \[ -e "$VIRTUAL_ENV/bin/activate" ] && \[ "$1" -nt "$VIRTUAL_ENV/bin/activate" ]; then
        \echo 'venvars: this script is older than secrets.toml; run: venvars apply' >&2
    fi
}
_venvars_status () { \return "$1"; }
_venvars_ask () { # sets what the program $1 answers
    \[ -x "$1" ] || { \shift; \set -- venvars "$@"; }
    case $- in *a*) \set +a; _venvars_kind=$("$@"); \set -a ;; *) _venvars_kind=$("$@") ;; esac || _venvars_kind=
    \eval "$_venvars_kind"
}
_venvars_watch () { _venvars_prompt on; }
_venvars_prompt () { # has the prompt look whether a script without these lines has taken over
    # Until VIRTUAL_ENV changes it runs no command, so no DEBUG trap either; no sign of it is a pattern.
    _venvars_look='
for _ in ${_VENVARS_HERE+${_VENVARS_HERE#"${VIRTUAL_ENV+${VIRTUAL_ENV//[][*?\\(]/_}}"}}; do _venvars_unset; \break; done'
    case $1.$-.${BASH_VERSION:+bash}${ZSH_VERSION:+zsh} in
    on.*i*.bash)
        \eval '_VENVARS_HERE=${VIRTUAL_ENV//[][*?\\(]/_}'
        _VENVARS_HAD=${PROMPT_COMMAND+set}
        \printf -v PROMPT_COMMAND %s "${PROMPT_COMMAND-}$_venvars_look" 2>/dev/null || \: ;;
    off.*i*.bash)
        \eval '\printf -v PROMPT_COMMAND %s "${PROMPT_COMMAND+${PROMPT_COMMAND//"$_venvars_look"}}" 2>/dev/null' || \:
        case ${_VENVARS_HAD-}${PROMPT_COMMAND-} in '') { \unset -v 'PROMPT_COMMAND[0]' || \unset -v PROMPT_COMMAND || \:; } 2>/dev/null ;; esac ;;
    on.*i*.zsh)
        _VENVARS_HERE=$VIRTUAL_ENV _VENVARS_HAD=${precmd_functions+set}
        \emulate zsh -c '[[ ${(t)precmd_functions} == *readonly* ]] || precmd_functions+=(_venvars_guard)' ;;
    off.*i*.zsh)
        \emulate zsh -c '
            [[ ${(t)precmd_functions} == *readonly* ]] || precmd_functions=("${(@)precmd_functions:#_venvars_guard}")
            [[ -n ${_VENVARS_HAD-}$precmd_functions ]] || unset precmd_functions' ;;
    esac
}
_venvars_guard () { case ${VIRTUAL_ENV-} in "$_VENVARS_HERE") ;; *) _venvars_unset ;; esac; }
_venvars_unset () { # $1 is what `deactivate` was called with
    case ${ZSH_VERSION+zsh} in zsh) \setopt local_options no_warn_create_global ;; esac
    case ${_VENVARS+set} in
    set)
        _venvars_prompt off
        _venvars_list "$_VENVARS" && \eval "\\unset -v $_VENVARS" || \:
        _venvars_each _venvars_restore "${_VENVARS_KEPT-$_VENVARS}"
        \unset -v _VENVARS _VENVARS_KEPT _VENVARS_HERE _VENVARS_HAD _venvars_kind _venvars_found _venvars_look _venvars_refused
        ;;
    esac
    case ${1-} in
    nondestructive) ;;
    *) \unset -f _venvars_list _venvars_each _venvars_keep _venvars_restore _venvars_begin _venvars_missing _venvars_newer _venvars_status _venvars_ask _venvars_watch _venvars_prompt _venvars_guard _venvars_unset ;;
    esac
}
