# Written by `venvars apply`, removed by `venvars remove`. The values come from secrets.toml:
# change them there and run `venvars apply`. Inherited lists and old values are data, never code.
_venvars_each () { # calls $1 with each name of the list $2, in which a blank is behind each
    case $2 in '' | [0-9]* | *\ [0-9]* | *[!A-Za-z0-9_\ ]* | *[!\ ] | \ * | *\ \ *) \return 0 ;; esac
    while \[ -n "$2" ]; do "$1" "${2%%\ *}"; \set -- "$1" "${2#*\ }"; done
}
_venvars_there () { # does any of these exist? $1 is ${NAME+x} for each
    case "${BASH_VERSION:+bash}" in bash) \eval '\set -- "${1//+x/[*]+x}"' ;; esac; \eval "case \"$1\" in x*) ;; *) \\false ;; esac"
}
_venvars_missing () { ! _venvars_there "\${$1+x}" && \export _VENVARS="$_VENVARS$1 "; }
_venvars_keep () { # keeps what $1 holds: exported, so that a nested shell can restore it, or as this shell's own
    case "${ZSH_VERSION:+zsh}${BASH_VERSION-}" in
    zsh) \eval '_venvars_kind=${(Pt)1-}' ;;
    [1-3].* | 4.[0-3].*) _venvars_kind=; if _venvars_there "\${$1+x}"; then _venvars_kind=$(\declare -p "$1"); fi ;; # the only process
    ?*) \eval "_venvars_kind=\"\${$1[*]+declare -\${$1[*]@a}-}\"" ;;
    *) \eval "case \"\${$1+x}\" in x) _venvars_kind=readonly; \\command \\eval '$1=\$$1' 2>/dev/null && _venvars_kind=scalar-export || \\: ;; *) _venvars_kind= ;; esac" ;;
    esac
    case $_venvars_kind in
    '') \return 0 ;;
    scalar-export | declare\ -x[-\ ]*) \eval "\\export _VENVARS_OLD_$1=\"\$$1\"" ;;
    scalar | declare\ --*) \eval "\\unset -v _VENVARS_OLD_$1 || \\:; _VENVARS_OWN_$1=\$$1" ;;
    *) _venvars_refused="$_venvars_refused $1" ;;
    esac
    _VENVARS_KEPT="$_VENVARS_KEPT$1 "
}
_venvars_restore () { # sets $1 anew: one that is an integer would run what it is given
    \eval "case \"\${_VENVARS_OLD_$1+exported}\${_VENVARS_OWN_$1+own}\" in
        exported) \\unset -v $1 && \\export $1=\"\$_VENVARS_OLD_$1\"; \\unset -v _VENVARS_OLD_$1 ;;
        *own) \\unset -v $1 && $1=\$_VENVARS_OWN_$1; \\unset -v _VENVARS_OWN_$1 ;;
    esac" || \:
}
_venvars_set () { # sets the variables: the status so far, their list, ${NAME+x} for each, the file that they are from
    case ${VIRTUAL_ENV-} in '') \unset -f _venvars_values; \return "$1" ;; esac
    case "${ZSH_VERSION+zsh}" in zsh) \setopt local_options global_export no_warn_create_global ;; esac
    _venvars_refused= _VENVARS_KEPT=
    if _venvars_there "$3"; then _venvars_each _venvars_keep "$2"; fi
    case $_venvars_refused in
    '') case $2 in ?*) \eval "\\unset -v $2" || \: ;; esac
        \export _VENVARS="$2" _VENVARS_KEPT; _venvars_values
        \eval "_venvars_forget () { \\unset -v $_VENVARS || \\:; _venvars_each _venvars_restore '$_VENVARS_KEPT'; }" ;;
    *) \echo "venvars: no variable was set: this shell cannot replace$_venvars_refused" >&2
        _venvars_each _venvars_restore "$_VENVARS_KEPT"; \unset -v _VENVARS_KEPT ;;
    esac
    \unset -v _venvars_kind _venvars_refused || \:; \unset -f _venvars_values
    \[ ! -e "$VIRTUAL_ENV/bin/activate" ] || \[ ! "${4-}" -nt "$VIRTUAL_ENV/bin/activate" ] ||
        \echo 'venvars: this script is older than secrets.toml; run: venvars apply' >&2
}
_venvars_watch () { # has each prompt look (or, if $1 is off, no longer) whether a script without these lines has taken over
    # Until VIRTUAL_ENV changes it runs no command, so no DEBUG trap either; no sign of it is a pattern.
    \set -- "${1-on}" '
for _ in ${_VENVARS_GUARD+${_VENVARS_GUARD#"${VIRTUAL_ENV+${VIRTUAL_ENV//[][*?\\(]/_}}"}}; do _venvars_unset; \break; done'
    case "$1.${_VENVARS_HAD+had}.$-.${BASH_VERSION:+bash}${ZSH_VERSION:+zsh}" in
    on.*i*.bash) \eval '
        case $BASH_VERSION in
        [1-4].* | 5.0.*) _VENVARS_HAD=${PROMPT_COMMAND+set}.x ;;
        *) \local -; \set +u; _VENVARS_HAD=${PROMPT_COMMAND+set}.${PROMPT_COMMAND@a} ;;
        esac
        _VENVARS_GUARD=${VIRTUAL_ENV//[][*?\\(]/_}
        case $_VENVARS_HAD in
        *.x) \set -- "$2" "${PROMPT_COMMAND-}"; \printf -v PROMPT_COMMAND %s "${2%"$1"}$1" 2>/dev/null || \: ;;
        *. | *.a | *.ax) # an element of its own, and not the first: who assigns to the name alone replaces that
            \set -- "$2" 0 "${!PROMPT_COMMAND[@]}"; PROMPT_COMMAND[${!#} + 1]=$1 ;;
        esac
        \export -n _VENVARS_GUARD _VENVARS_HAD; case $_VENVARS_HAD in *x) ;; *) \export -n PROMPT_COMMAND ;; esac' ;;
    off.had.*i*.bash) \eval '
        \set -- "${PROMPT_COMMAND-}" "$2"
        case $1 in *"$2"*) \set -- "${1%"$2"}" "$2"; \printf -v PROMPT_COMMAND %s "${1//"$2"/${2%%for*}:}" 2>/dev/null || \return 0 ;; esac
        for _VENVARS_GUARD in "${!PROMPT_COMMAND[@]}"; do
            case ${PROMPT_COMMAND[_VENVARS_GUARD]} in "$2") \unset -v "PROMPT_COMMAND[_VENVARS_GUARD]" 2>/dev/null || \return 0 ;; esac
        done
        case $_VENVARS_HAD.${!PROMPT_COMMAND[*]}.${PROMPT_COMMAND-} in
        *... | .x.0.) \unset -v PROMPT_COMMAND ;;
        *..0.*) \set -- "$PROMPT_COMMAND" "${PROMPT_COMMAND[*]@a}"; \unset -v PROMPT_COMMAND; PROMPT_COMMAND=$1 # it was no array
            case $2 in *x*) \export PROMPT_COMMAND ;; *) \export -n PROMPT_COMMAND ;; esac ;;
        esac' ;;
    on.*i*.zsh) \emulate zsh -c '
        typeset -g +x _VENVARS_GUARD=$VIRTUAL_ENV _VENVARS_HAD=${precmd_functions+set}
        _venvars_guard () { [[ ${VIRTUAL_ENV-} == "$_VENVARS_GUARD" ]] || _venvars_unset }
        [[ ${(t)precmd_functions} == *readonly* ]] || precmd_functions+=(_venvars_guard)' ;;
    off.had.*i*.zsh) \emulate zsh -c '
        [[ ${(t)precmd_functions} == *readonly* ]] || precmd_functions=("${(@)precmd_functions:#_venvars_guard}")
        [[ -n $_VENVARS_HAD$precmd_functions ]] || unset precmd_functions' ;;
    esac
}
_venvars_unset () { # the way back; $1 is what `deactivate` was called with
    case "${ZSH_VERSION+zsh}" in zsh) \setopt local_options global_export no_warn_create_global ;; esac
    case "${_VENVARS+set}" in set)
        _venvars_watch off
        if \command -v _venvars_forget >/dev/null; then _venvars_forget; else _venvars_each _venvars_inherited "$_VENVARS"; fi
        \unset -v _VENVARS _VENVARS_KEPT _VENVARS_GUARD _VENVARS_HAD || \: ;;
    esac
    \unset -f _venvars_forget _venvars_guard 2>/dev/null || \:
    case ${1-} in nondestructive) ;; *) \unset -f _venvars_each _venvars_there _venvars_missing _venvars_keep _venvars_restore \
        _venvars_set _venvars_watch _venvars_unset _venvars_inherited ;; esac
}
_venvars_inherited () { # gives $1 back in a shell within an active one, unless it is a name that venvars never sets
    case $1 in _OLD_VIRTUAL_* | _VENVARS* | _venvars* | BASH_FUNC_* | VENVARS_*) \return 0 ;; esac
    case ' PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT PYTHONHOME PS1 PKG_CONFIG_PATH TCL_LIBRARY TK_LIBRARY SCRIPT_PATH _ IFS PWD OLDPWD PPID LINENO OPTIND OPTARG OPTERR SHLVL RANDOM SECONDS UID EUID GID EGID PS2 PS3 PS4 COLUMNS LINES ENV HOME BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_ENV BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION BASH_XTRACEFD COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME FUNCNEST GROUPS HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTSIZE PIPESTATUS POSIXLY_CORRECT PROMPT_COMMAND SHELLOPTS SRANDOM ARGC CDPATH FIGNORE FPATH HISTCHARS KEYBOARD_HACK MAILPATH MANPATH MODULE_PATH NULLCMD PROMPT PROMPT2 PROMPT3 PROMPT4 PSVAR READNULLCMD SAVEHIST SPROMPT TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTYIDLE USERNAME WORDCHARS ZSH_EVAL_CONTEXT ZSH_SUBSHELL ZSH_VERSION aliases argv builtins cdpath commands fignore fpath functions galiases histchars historywords jobdirs jobstates jobtexts mailpath manpath module_path modules nameddirs options parameters path pipestatus prompt psvar reswords saliases signals status usergroups userdirs zsh_eval_context KSHEGID KSHGID KSHUID KSH_VERSION TMOUT USER_ID PGRP YASH_VERSION HANDLED FISH_VERSION fish_kill_signal fish_killring fish_pid fish_read_limit history hostname status_generation umask version cwd home shell term user uid gid euid group dirstack owd tcsh ignoreeof noclobber noglob nonomatch verbose echo filec savehist time mail TERM USER GROUP HOST HOSTTYPE MACHTYPE OSTYPE VENDOR REMOTEHOST SHELL FILE_PWD CURRENT_FILE PROCESS_PATH LAST_EXIT_CODE CMD_DURATION_MS NU_VERSION ENV_CONVERSIONS NU_LIB_DIRS NU_PLUGIN_DIRS PROMPT_COMMAND_RIGHT PROMPT_INDICATOR config env nu in it CD CMDCMDLINE CMDEXTVERSION DATE ERRORLEVEL TIME PATHEXT COMSPEC PSModulePath ' in *" $1 "*) \return 0 ;; esac
    \unset -v "$1" || \:; case " ${_VENVARS_KEPT-$_VENVARS}" in *" $1 "*) _venvars_restore "$1" ;; esac
}
