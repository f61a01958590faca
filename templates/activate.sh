# Written by `venvars apply` and taken out by `venvars remove`. The values are set at the end of this file: to change
# one, edit secrets.toml and apply again. What is inherited is data, never code. Bash reads what is a text in half the time.
_venvars_keep () { # keeps what these hold: exported, so that a nested shell can restore it, or as this shell's own
    \eval '_venvars_refused=; for _venvars_name in "$@"; do
        case "${ZSH_VERSION:+zsh}${BASH_VERSION-}" in
        zsh) \eval "_venvars_kind=\${(t)$_venvars_name-}" ;;
        [1-3].* | 4.[0-3].*) \eval "_venvars_kind=\${${_venvars_name}[*]+\$(\\declare -p $_venvars_name)}" ;;
        ?*) \eval "_venvars_kind=\${${_venvars_name}[*]+declare -\${${_venvars_name}[*]@a}-}" ;;
        *) \eval "_venvars_kind=\${$_venvars_name+scalar-export}"
            case $_venvars_kind in ?*) \command \eval "$_venvars_name=\$$_venvars_name" 2>/dev/null || _venvars_kind=readonly ;; esac ;;
        esac
        case $_venvars_kind in "") \continue ;;
        scalar-export | declare\ -x[-\ ]*) \eval "\\export _VENVARS_OLD_$_venvars_name=\"\$$_venvars_name\"" ;;
        scalar | declare\ --*) \eval "\\unset -v _VENVARS_OLD_$_venvars_name || \\:; _VENVARS_OWN_$_venvars_name=\$$_venvars_name" ;;
        *) _venvars_refused="$_venvars_refused $_venvars_name" ;; esac
        _VENVARS_KEPT="$_VENVARS_KEPT$_venvars_name "
    done; \set -- "$_venvars_refused"; \unset -v _venvars_refused _venvars_name _venvars_kind || \:
    case $1 in ?*) \echo "venvars: no variable was set: this shell cannot replace$1" >&2; \return 1 ;; esac'; }
_venvars_restore () { # sets anew those of these that were kept: one that is an integer would run what it is given
    \eval 'for _venvars_name in "$@"; do
        case " ${_VENVARS_KEPT-${_VENVARS-}}" in *" $_venvars_name "*) ;; *) \continue ;; esac
        \eval "_venvars_kind=\${_VENVARS_OLD_$_venvars_name+exported}\${_VENVARS_OWN_$_venvars_name+own}
            _venvars_value=\"\${_VENVARS_OWN_$_venvars_name-\${_VENVARS_OLD_$_venvars_name-}}\""
        case $_venvars_kind in "") \continue ;;
        exported) \unset -v "$_venvars_name" && \export "$_venvars_name=$_venvars_value" || \: ;;
        *) \unset -v "$_venvars_name" && \eval "$_venvars_name=\$_venvars_value" || \: ;; esac
        \unset -v "_VENVARS_OLD_$_venvars_name" "_VENVARS_OWN_$_venvars_name" || \:
    done; \unset -v _venvars_name _venvars_kind _venvars_value || \:'; }
_venvars_set () { # sets the variables: the file that they are from, their list, ${NAME+x} for each, the names
    case ${VIRTUAL_ENV-} in '') \unset -f _venvars_values _venvars_names; \return 0 ;; esac
    case "${ZSH_VERSION+zsh}" in zsh) \setopt local_options global_export no_warn_create_global ;; esac
    \[ ! "$1" -nt "$VIRTUAL_ENV/bin/activate" ] || \[ ! -e "$VIRTUAL_ENV/bin/activate" ] ||
        \echo 'venvars: this script is older than secrets.toml; run: venvars apply' >&2
    _VENVARS=$2 _VENVARS_KEPT= _venvars_found=$3; \shift 3
    case "$#${BASH_VERSION:+bash}" in 0*) ;; *bash) \printf -v _venvars_found '${%s[*]+x}' "$@" ;; esac # it sees a list only so
    \eval "_venvars_found=$_venvars_found"
    if \[ -z "$_venvars_found" ] || _venvars_keep "$@"; then
        \unset -v _venvars_found "$@" || \:; \export _VENVARS _VENVARS_KEPT; _venvars_values
    else
        _venvars_restore "$@"; \unset -v _venvars_found _VENVARS _VENVARS_KEPT; \unset -f _venvars_names
    fi; \unset -f _venvars_values
}
_venvars_watch () { # has each prompt look (or, if $1 is off, no longer) whether a script without these lines has taken over
    # Until VIRTUAL_ENV changes it runs no command, so no DEBUG trap either; no sign of it is a pattern.
    case $- in *i*) ;; *) \return 0 ;; esac; \set -- "${1-on}" '
for _ in ${_VENVARS_GUARD+${_VENVARS_GUARD#"${VIRTUAL_ENV+${VIRTUAL_ENV//[][*?\\(]/_}}"}}; do _venvars_unset; \break; done'
    case "$1.${_VENVARS_HAD+had}.${BASH_VERSION:+bash}${ZSH_VERSION:+zsh}" in
    on.*.bash) \eval '
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
    off.had.bash) \eval '
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
    on.*.zsh) \emulate zsh -c '
        typeset -g +x _VENVARS_GUARD=$VIRTUAL_ENV _VENVARS_HAD=${precmd_functions+set}
        _venvars_guard () { [[ ${VIRTUAL_ENV-} == "$_VENVARS_GUARD" ]] || _venvars_unset }
        [[ ${(t)precmd_functions} == *readonly* ]] || precmd_functions+=(_venvars_guard)' ;;
    off.had.zsh) \emulate zsh -c '
        [[ ${(t)precmd_functions} == *readonly* ]] || precmd_functions=("${(@)precmd_functions:#_venvars_guard}")
        [[ -n $_VENVARS_HAD$precmd_functions ]] || unset precmd_functions; unset -f _venvars_guard 2>/dev/null || :' ;;
    esac
}
_venvars_unset () { # the way back; $1 is what `deactivate` was called with
    case "${ZSH_VERSION+zsh}" in zsh) \setopt local_options global_export no_warn_create_global ;; esac
    case "${_VENVARS+set}${_VENVARS_KEPT+set}" in ?*)
        case $- in *i*) _venvars_watch off ;; esac
        if \command -v _venvars_names >/dev/null; then
            _venvars_names \unset -v _venvars_found || \:
            case ${_VENVARS_KEPT-} in ?*) _venvars_names _venvars_restore ;; esac; \unset -f _venvars_names
        else _venvars_inherited "${_VENVARS-}"; fi
        \unset -v _VENVARS _VENVARS_KEPT _VENVARS_GUARD _VENVARS_HAD || \: ;;
    esac
    case ${1-} in nondestructive) ;; *) \unset -f _venvars_keep _venvars_restore _venvars_set _venvars_watch _venvars_unset _venvars_inherited ;; esac
}
_venvars_inherited () { # gives the list $1 back in a shell within an active one, without the names that venvars never sets
    \eval 'case $1 in "" | [0-9]* | *\ [0-9]* | *[!A-Za-z0-9_\ ]* | *[!\ ] | \ * | *\ \ *) \return 0 ;; esac
    while \[ -n "$1" ]; do
        _venvars_name=${1%%\ *}; \set -- "${1#*\ }"
        case $_venvars_name in _OLD_VIRTUAL_* | _VENVARS* | _venvars* | BASH_FUNC_*) \continue ;; esac
        case " PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT PYTHONHOME PS1 PKG_CONFIG_PATH TCL_LIBRARY TK_LIBRARY SCRIPT_PATH _ IFS PWD OLDPWD PPID LINENO OPTIND OPTARG OPTERR SHLVL RANDOM SECONDS UID EUID GID EGID PS2 PS3 PS4 COLUMNS LINES ENV HOME BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_ENV BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION BASH_XTRACEFD COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME FUNCNEST GROUPS HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTSIZE PIPESTATUS POSIXLY_CORRECT PROMPT_COMMAND SHELLOPTS SRANDOM ARGC CDPATH FIGNORE FPATH HISTCHARS KEYBOARD_HACK MAILPATH MANPATH MODULE_PATH NULLCMD PROMPT PROMPT2 PROMPT3 PROMPT4 PSVAR READNULLCMD SAVEHIST SPROMPT TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTYIDLE USERNAME WORDCHARS ZSH_EVAL_CONTEXT ZSH_SUBSHELL ZSH_VERSION aliases argv builtins cdpath commands fignore fpath functions galiases histchars historywords jobdirs jobstates jobtexts mailpath manpath module_path modules nameddirs options parameters path pipestatus prompt psvar reswords saliases signals status usergroups userdirs zsh_eval_context KSHEGID KSHGID KSHUID KSH_VERSION TMOUT USER_ID PGRP YASH_VERSION HANDLED FISH_VERSION fish_kill_signal fish_killring fish_pid fish_read_limit history hostname status_generation umask version cwd home shell term user uid gid euid group dirstack owd tcsh ignoreeof noclobber noglob nonomatch verbose echo filec savehist time mail TERM USER GROUP HOST HOSTTYPE MACHTYPE OSTYPE VENDOR REMOTEHOST SHELL FILE_PWD CURRENT_FILE PROCESS_PATH LAST_EXIT_CODE CMD_DURATION_MS NU_VERSION ENV_CONVERSIONS NU_LIB_DIRS NU_PLUGIN_DIRS PROMPT_COMMAND_RIGHT PROMPT_INDICATOR config env nu in it CD CMDCMDLINE CMDEXTVERSION DATE ERRORLEVEL TIME PATHEXT COMSPEC PSModulePath " in *" $_venvars_name "*) \continue ;; esac
        \unset -v "$_venvars_name" || \:; _venvars_restore "$_venvars_name"
    done; \unset -v _venvars_name || \:'; }
