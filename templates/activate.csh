# Written by `venvars apply`, removed by `venvars remove`. The values come from secrets.toml:
# change them there and run `venvars apply`.
# No patterns meanwhile: bsd-csh takes quoted words for some, and an inherited list may hold any.
set _venvars_glob = $?noglob
set noglob
# A live script asks venvars. The answer is a command a line, a newline of a value is $_venvars_n in it.
set _venvars_n = '\
'
set _venvars_answer = ( )
if ( $#_venvars_question ) then
    if ( ! -x $_venvars_question[1]:q ) then
        set _venvars_question[1] = venvars
        if ( ! { sh -c 'command -v venvars >/dev/null || { echo "venvars: no variable was set: venvars was not found; install it again" >&2; false; }' } ) set _venvars_question = ( )
    endif
endif
if ( $#_venvars_question ) then
    if ( ! $?tcsh ) set _venvars_question = ( $_venvars_question:q --bsd )
    # Between backticks the words would be read twice.
    alias _venvars_ask '$_venvars_question:q'
    set _venvars_answer = ( "`_venvars_ask`" )
    unalias _venvars_ask
endif
if ( $#_venvars_answer ) then
    eval $_venvars_answer[1]:q
endif
# What an outer shell's activation has set is undone first. That list was inherited: only names that venvars sets count.
set _venvars_refused = ' PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT PYTHONHOME PS1 PKG_CONFIG_PATH TCL_LIBRARY TK_LIBRARY SCRIPT_PATH _ IFS PWD OLDPWD PPID LINENO OPTIND OPTARG OPTERR SHLVL RANDOM SECONDS UID EUID GID EGID PS2 PS3 PS4 COLUMNS LINES ENV HOME BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_ENV BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION BASH_XTRACEFD COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME FUNCNEST GROUPS HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTSIZE PIPESTATUS POSIXLY_CORRECT PROMPT_COMMAND SHELLOPTS SRANDOM ARGC CDPATH FIGNORE FPATH HISTCHARS KEYBOARD_HACK MAILPATH MANPATH MODULE_PATH NULLCMD PROMPT PROMPT2 PROMPT3 PROMPT4 PSVAR READNULLCMD SAVEHIST SPROMPT TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTYIDLE USERNAME WORDCHARS ZSH_EVAL_CONTEXT ZSH_SUBSHELL ZSH_VERSION aliases argv builtins cdpath commands fignore fpath functions galiases histchars historywords jobdirs jobstates jobtexts mailpath manpath module_path modules nameddirs options parameters path pipestatus prompt psvar reswords saliases signals status usergroups userdirs zsh_eval_context KSHEGID KSHGID KSHUID KSH_VERSION TMOUT USER_ID PGRP YASH_VERSION HANDLED FISH_VERSION fish_kill_signal fish_killring fish_pid fish_read_limit history hostname status_generation umask version cwd home shell term user uid gid euid group dirstack owd tcsh ignoreeof noclobber noglob nonomatch verbose echo filec savehist time mail TERM USER GROUP HOST HOSTTYPE MACHTYPE OSTYPE VENDOR REMOTEHOST SHELL FILE_PWD CURRENT_FILE PROCESS_PATH LAST_EXIT_CODE CMD_DURATION_MS NU_VERSION ENV_CONVERSIONS NU_LIB_DIRS NU_PLUGIN_DIRS PROMPT_COMMAND_RIGHT PROMPT_INDICATOR config env nu in it CD CMDCMDLINE CMDEXTVERSION DATE ERRORLEVEL TIME PATHEXT COMSPEC PSModulePath '
set _venvars_list = ( )
if ( $?_VENVARS ) then
    set _venvars_list = ( $_VENVARS:x )
endif
while ( $#_venvars_list )
    set _venvars_name = $_venvars_list[1]:q
    shift _venvars_list
    if ( x$_venvars_name:q =~ x*[^abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789]* ) continue
    if ( $_venvars_name =~ [0123456789]* || $_venvars_name =~ _VENVARS* || $_venvars_name =~ _venvars* ) continue
    if ( $_venvars_name =~ _OLD_VIRTUAL_* || $_venvars_name =~ BASH_FUNC_* || $_venvars_name =~ VENVARS_* ) continue
    if ( $_venvars_refused:q =~ *\ $_venvars_name\ * ) continue
    set _venvars_found = 0
    # bsd-csh reads no name of more than 30 characters.
    if ( $?tcsh || $_venvars_name !~ ??????????????????* ) eval "set _venvars_found = "\$"?_VENVARS_OLD_$_venvars_name"
    if ( $_venvars_found ) eval "setenv $_venvars_name "\$"_VENVARS_OLD_${_venvars_name}:q"
    if ( ! $_venvars_found ) unsetenv $_venvars_name
    unsetenv _VENVARS_OLD_$_venvars_name
end
# The way back is a list of words for eval, chosen now. (An alias for each would end in bsd-csh's "Alias loop".)
foreach _venvars_name ( $_venvars_defaults )
    eval "set _venvars_found = "\$"?$_venvars_name"
    if ( ! $_venvars_found ) set _venvars_names = ( $_venvars_names $_venvars_name )
end
setenv _VENVARS "$_venvars_names "
set _venvars_undo = ( 'unsetenv _VENVARS' ';' 'unset _venvars_undo' ';' )
foreach _venvars_name ( $_venvars_names )
    eval "set _venvars_found = "\$"?$_venvars_name"
    if ( $_venvars_found ) then
        @ _venvars_count = $#_venvars_undo
        eval "set _venvars_old_$_venvars_count = "\$"${_venvars_name}:q; setenv _VENVARS_OLD_$_venvars_name "\$"${_venvars_name}:q"
        set _venvars_undo = ( $_venvars_undo:q "setenv $_venvars_name "\$"_venvars_old_${_venvars_count}:q" ';' )
        set _venvars_undo = ( $_venvars_undo:q "unset _venvars_old_$_venvars_count" ';' "unsetenv _VENVARS_OLD_$_venvars_name" ';' )
    else
        set _venvars_undo = ( $_venvars_undo:q "unsetenv $_venvars_name" ';' )
    endif
end
if ( ! $#_venvars_names ) eval $_venvars_undo:q
while ( $#_venvars_answer > 1 )
    shift _venvars_answer
    eval $_venvars_answer[1]:q
end
if ( ! $_venvars_glob ) unset noglob
unset _venvars_glob _venvars_n _venvars_answer _venvars_question _venvars_refused _venvars_list _venvars_name
unset _venvars_names _venvars_defaults _venvars_found _venvars_count
