# Written by `venvars apply`, taken out by `venvars remove`: sets the variables at the end of this file while the virtual
# environment is active; `deactivate` restores what was there before. Change them in secrets.toml. (`\` avoids aliases.)
# What another shell has left in the environment is not what this one has kept.
case ${_VENVARS_KEPT+set} in set) \command -v _venvars_unset >/dev/null || \unset -v _VENVARS_KEPT ;; esac
_venvars_activate() { # sets the variables whose names are in $1; $2 expands to x… if any of them exists
    \set -- "$1" "$2" "$?"
    case ${ZSH_VERSION+zsh} in zsh) \setopt local_options no_warn_create_global ;; esac
    case ${VIRTUAL_ENV:+active} in active)
        _VENVARS_KEPT='' _venvars_refused='' && \set -- "$1" "$2" 0
        case ${BASH_VERSION:+bash}${ZSH_VERSION:+zsh} in
        bash) \eval '\unset -v "${!_VENVARS_OLD_@}"; \eval "_venvars_kind=\"${2//+x/[*]+x}\""' ;;
        zsh) \eval "\\unset -m '_VENVARS_OLD_*' || \\:; _venvars_kind=$2" ;;
        *) \eval "_venvars_kind=$2" ;;
        esac
        case $_venvars_kind in x*) _venvars_each _venvars_keep "$1" ;; esac
        case $_venvars_refused in
        '') case $1 in ?*) \eval "\\unset -v $1 || \\:; \\export _VENVARS=\"\$1\"" ;; esac && _venvars_set ;;
        *) \echo "venvars: no variable was set: this shell cannot replace$_venvars_refused" >&2 && _VENVARS='' && _venvars_unset nondestructive ;;
        esac
        ;;
    esac
    \unset -v _venvars_kind _venvars_refused _venvars_look
    \unset -f _venvars_set && \return "$3"
}
_venvars_each() { # calls $1 with each name in the list $2, in which a blank follows each
    while \[ "$2" != "${2#*\ }" ]; do "$1" "${2%%\ *}" && \set -- "$1" "${2#*\ }"; done
}
_venvars_keep() { # keeps what $1 holds: exported, so that a shell started from here can restore it, or as this shell's own
    \eval "case \"\${$1${BASH_VERSION:+[*]}+x}\" in x*) ;; *) \\return 0 ;; esac"
    case ${BASH_VERSION:+bash$BASH_VERSION}${ZSH_VERSION:+zsh} in
    zsh) \eval '_venvars_kind=${(Pt)1}' ;;
    bash[1-3].* | bash4.[0-3].*) _venvars_kind=$(\declare -p "$1") ;;
    bash*) \eval "_venvars_kind=declare\\ -\${$1[*]@a}-" ;;
    *) \command \eval "$1=\$$1" 2>/dev/null && _venvars_kind=scalar-export || _venvars_kind=readonly ;;
    esac
    case $_venvars_kind in
    scalar-export | declare\ -x[-\ ]*) \eval "\\unset -v _VENVARS_OLD_$1; \\export _VENVARS_OLD_$1=\"\$$1\"" ;;
    scalar | declare\ --*) \eval "\\unset -v _VENVARS_OWN_$1; _VENVARS_OWN_$1=\$$1" ;;
    *) _venvars_refused="$_venvars_refused $1" ;;
    esac
    _VENVARS_KEPT="$_VENVARS_KEPT$1 "
}
_venvars_restore() { # unset comes first, since an integer would evaluate what it is given
    \eval "case \${_VENVARS_OLD_$1+exported}\${_VENVARS_OWN_$1+own} in
        exported) \\unset -v $1; \\export $1=\"\$_VENVARS_OLD_$1\"; \\unset -v _VENVARS_OLD_$1 ;;
        own) \\unset -v $1; $1=\$_VENVARS_OWN_$1; \\unset -v _VENVARS_OWN_$1 ;; esac"
}
_venvars_unset() { # $1 is what `deactivate` was called with
    case ${ZSH_VERSION+zsh} in zsh) \setopt local_options no_warn_create_global ;; esac
    case ${_VENVARS_GUARD+on} in on) _venvars_watch off ;; esac
    case ${_VENVARS+set}${_VENVARS_KEPT+own} in set) _VENVARS_KEPT='' && _venvars_each _venvars_inherit "$_VENVARS" && _VENVARS=$_VENVARS_KEPT ;; esac
    case ${_VENVARS-} in ?*) \eval "\\unset -v $_VENVARS" || \: ;; esac
    _venvars_each _venvars_restore "${_VENVARS_KEPT-}"
    \unset -v _VENVARS _VENVARS_KEPT _VENVARS_GUARD _VENVARS_PROMPT _venvars_look _venvars_at
    case ${1-} in nondestructive) ;; *) \unset -f _venvars_activate _venvars_each _venvars_keep _venvars_restore _venvars_unset _venvars_inherit _venvars_has _venvars_watch ;; esac
}
_venvars_inherit() { # an inherited list may name anything: believed is no name that venvars itself refuses
    case $1 in '' | [0-9]* | *[!A-Za-z0-9_]* | _OLD_VIRTUAL_* | _VENVARS* | _venvars* | BASH_FUNC_*) \return 0 ;; esac
    case '
        PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT PYTHONHOME PS1 PKG_CONFIG_PATH TCL_LIBRARY TK_LIBRARY SCRIPT_PATH _ IFS PWD OLDPWD PPID LINENO OPTIND OPTARG OPTERR SHLVL RANDOM SECONDS UID EUID GID EGID PS2 PS3 PS4 COLUMNS LINES ENV HOME BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_ENV BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION BASH_XTRACEFD COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME FUNCNEST GROUPS HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTSIZE PIPESTATUS POSIXLY_CORRECT PROMPT_COMMAND SHELLOPTS SRANDOM ARGC CDPATH FIGNORE FPATH HISTCHARS KEYBOARD_HACK MAILPATH MANPATH MODULE_PATH NULLCMD PROMPT PROMPT2 PROMPT3 PROMPT4 PSVAR READNULLCMD SAVEHIST SPROMPT TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTYIDLE USERNAME WORDCHARS ZSH_EVAL_CONTEXT ZSH_SUBSHELL ZSH_VERSION aliases argv builtins cdpath commands fignore fpath functions galiases histchars historywords jobdirs jobstates jobtexts mailpath manpath module_path modules nameddirs options parameters path pipestatus prompt psvar reswords saliases signals status usergroups userdirs zsh_eval_context KSHEGID KSHGID KSHUID KSH_VERSION TMOUT USER_ID PGRP YASH_VERSION HANDLED FISH_VERSION fish_kill_signal fish_killring fish_pid fish_read_limit history hostname status_generation umask version cwd home shell term user uid gid euid group dirstack owd tcsh ignoreeof noclobber noglob nonomatch verbose echo filec savehist time mail TERM USER GROUP HOST HOSTTYPE MACHTYPE OSTYPE VENDOR REMOTEHOST SHELL FILE_PWD CURRENT_FILE PROCESS_PATH LAST_EXIT_CODE CMD_DURATION_MS NU_VERSION ENV_CONVERSIONS NU_LIB_DIRS NU_PLUGIN_DIRS PROMPT_COMMAND_RIGHT PROMPT_INDICATOR config env nu in it CD CMDCMDLINE CMDEXTVERSION DATE ERRORLEVEL TIME PATHEXT COMSPEC PSModulePath
        ' in *[!A-Za-z0-9_]"$1"[!A-Za-z0-9_]*) ;; *) _VENVARS_KEPT="$_VENVARS_KEPT$1 " ;; esac
}
_venvars_has() { # whether there is a variable $1; if not, it is ours from now on
    \eval "case \"\${$1${BASH_VERSION:+[*]}+x}\" in x*) ;; *) \\export _VENVARS=\"\${_VENVARS-}$1 \" && \\return 1 ;; esac"
}
_venvars_watch() { # on: each prompt looks whether VIRTUAL_ENV was changed by a script that knows nothing of venvars
    case $- in *a*) \set +a && _venvars_watch "$1" && \set -a && \return 0 ;; esac
    # In bash this runs no command until then, so no DEBUG trap either; no sign of it is a pattern.
    _venvars_look='
for _ in ${_VENVARS_GUARD+${_VENVARS_GUARD#"${VIRTUAL_ENV+${VIRTUAL_ENV//[][*?\\(]/_}}"}}; do _venvars_unset; \break; done'
    case $1.${_VENVARS+set}.$-.${BASH_VERSION:+bash}${ZSH_VERSION:+zsh} in
    on.set.*i*.bash) \eval '
        _VENVARS_GUARD=${VIRTUAL_ENV//[][*?\\(]/_} _VENVARS_PROMPT=${PROMPT_COMMAND+set}.x
        case $BASH_VERSION in [1-4].* | 5.0.*) ;; *) \local - && \set +u && _VENVARS_PROMPT=${PROMPT_COMMAND+set}.${PROMPT_COMMAND@a} ;; esac
        case $_VENVARS_PROMPT in *r*) ;;
        *x*) \printf -v PROMPT_COMMAND %s "${PROMPT_COMMAND-}$_venvars_look" ;;
        *) \set -- 0 "${!PROMPT_COMMAND[@]}" && PROMPT_COMMAND[${!#} + 1]=$_venvars_look ;; # an assignment to the name replaces the first
        esac' 2>/dev/null || \: ;;
    off.*.bash) \eval '
        for _venvars_at in "${!PROMPT_COMMAND[@]}"; do
            \set -- "[$_venvars_at]" "${PROMPT_COMMAND[_venvars_at]#"$_venvars_look;"}"
            \printf -v "PROMPT_COMMAND${1#"[0]"}" %s "${2//"$_venvars_look"}" || \:
            case $1$2 in "[0]"*) ;; *"]$_venvars_look") \unset -v "PROMPT_COMMAND$1" || \: ;; esac
        done
        case $_VENVARS_PROMPT.${!PROMPT_COMMAND[*]}.${PROMPT_COMMAND-} in
        .x.0.) \unset -v PROMPT_COMMAND ;;
        set..0.* | ..0.* | set... | ...) # what was no array is none again
            \set -- "${PROMPT_COMMAND[*]@a}" "${PROMPT_COMMAND+set}" "${PROMPT_COMMAND-}" && \unset -v PROMPT_COMMAND
            case $2 in set) PROMPT_COMMAND=$3 && case $1 in *x*) \export PROMPT_COMMAND ;; esac ;; esac ;;
        esac' 2>/dev/null || \: ;;
    on.set.*i*.zsh) \emulate zsh -c '
        _VENVARS_PROMPT=${precmd_functions+set} _VENVARS_GUARD=$VIRTUAL_ENV
        [[ ${(t)precmd_functions} == *readonly* ]] || precmd_functions+=(_venvars_guard)
        _venvars_guard() { [[ ${VIRTUAL_ENV-} == "$_VENVARS_GUARD" ]] || _venvars_unset; }' ;;
    off.*.zsh) \emulate zsh -c '
        [[ ${(t)precmd_functions} == *readonly* ]] || precmd_functions=("${(@)precmd_functions:#_venvars_guard}")
        unfunction _venvars_guard; [[ -n $_VENVARS_PROMPT$precmd_functions ]] || unset precmd_functions' ;;
    esac
}
