# Written by `venvars apply`, removed by `venvars remove`. The values come from secrets.toml:
# change them there and run `venvars apply`.
function _venvars_keep # remembers what the variables named $argv hold now, for _venvars_unset to restore
    set -gx _VENVARS "$_VENVARS$argv "
    set -gua _venvars_names $argv
    set -eg _VENVARS_OLD_$argv
    for _venvars_name in $argv
        set -qg $_venvars_name; and _venvars_move $_venvars_name _VENVARS_OLD_$_venvars_name
    end
end
function _venvars_move # renames a global variable; a list stays a list, and what was not exported is not exported
    set -l _venvars_kind -g --unexport
    set -qgx $argv[1]; and set _venvars_kind -gx
    set -qg --path $argv[1]; and set -a _venvars_kind --path
    set $_venvars_kind $argv[2] $$argv[1]
    set -eg $argv[1]
end
function _venvars_watch # restores them as well when the script of a venv without these lines takes over
    set -l _venvars_here $VIRTUAL_ENV
    function _venvars_guard --on-variable VIRTUAL_ENV --inherit-variable _venvars_here
        # In `VIRTUAL_ENV=x command` it is a local variable: nothing is activated.
        set -ql VIRTUAL_ENV; or test "$VIRTUAL_ENV" = "$_venvars_here"; or _venvars_unset
    end
end
function _venvars_unset # $argv is that of `deactivate`
    builtin functions --erase _venvars_guard
    if set -q _VENVARS
        # Inherited from another shell it is a text: no name in it that belongs to a shell or to the activation is ours.
        set -l _venvars_reserved (string replace --all ' ' '|' 'PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT PYTHONHOME PS1 PKG_CONFIG_PATH TCL_LIBRARY TK_LIBRARY SCRIPT_PATH _ IFS PWD OLDPWD PPID LINENO OPTIND OPTARG OPTERR SHLVL RANDOM SECONDS UID EUID GID EGID PS2 PS3 PS4 COLUMNS LINES ENV HOME BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_ENV BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION BASH_XTRACEFD COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME FUNCNEST GROUPS HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTSIZE PIPESTATUS POSIXLY_CORRECT PROMPT_COMMAND SHELLOPTS SRANDOM ARGC CDPATH FIGNORE FPATH HISTCHARS KEYBOARD_HACK MAILPATH MANPATH MODULE_PATH NULLCMD PROMPT PROMPT2 PROMPT3 PROMPT4 PSVAR READNULLCMD SAVEHIST SPROMPT TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTYIDLE USERNAME WORDCHARS ZSH_EVAL_CONTEXT ZSH_SUBSHELL ZSH_VERSION aliases argv builtins cdpath commands fignore fpath functions galiases histchars historywords jobdirs jobstates jobtexts mailpath manpath module_path modules nameddirs options parameters path pipestatus prompt psvar reswords saliases signals status usergroups userdirs zsh_eval_context KSHEGID KSHGID KSHUID KSH_VERSION TMOUT USER_ID PGRP YASH_VERSION HANDLED FISH_VERSION fish_kill_signal fish_killring fish_pid fish_read_limit history hostname status_generation umask version cwd home shell term user uid gid euid group dirstack owd tcsh ignoreeof noclobber noglob nonomatch verbose echo filec savehist time mail TERM USER GROUP HOST HOSTTYPE MACHTYPE OSTYPE VENDOR REMOTEHOST SHELL FILE_PWD CURRENT_FILE PROCESS_PATH LAST_EXIT_CODE CMD_DURATION_MS NU_VERSION ENV_CONVERSIONS NU_LIB_DIRS NU_PLUGIN_DIRS PROMPT_COMMAND_RIGHT PROMPT_INDICATOR config env nu in it CD CMDCMDLINE CMDEXTVERSION DATE ERRORLEVEL TIME PATHEXT COMSPEC PSModulePath')
        set -l _venvars_pattern "(?<!\S)(?!(?:$_venvars_reserved|(?:_OLD_VIRTUAL_|_VENVARS|_venvars|BASH_FUNC_|VENVARS_)\S*)(?!\S))[A-Za-z_][A-Za-z0-9_]*(?!\S)"
        set -qgu _venvars_names; or set -gu _venvars_names (string match --all --regex $_venvars_pattern -- "$_VENVARS")
        set -eg $_venvars_names
        for _venvars_name in $_venvars_names
            set -qg _VENVARS_OLD_$_venvars_name; and _venvars_move _VENVARS_OLD_$_venvars_name $_venvars_name
        end
    end
    set -eg _VENVARS _venvars_names
    if test "$argv" != nondestructive
        builtin functions --erase _venvars_keep _venvars_move _venvars_watch _venvars_unset
    end
end
