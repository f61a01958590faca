    # Written by `venvars apply`, removed by `venvars remove`. The values come from secrets.toml:
    # change them there and run `venvars apply`.
    # What another activation has set (straight from venv to venv, or in the shell that started this one) is
    # undone first; `overlay hide` undoes what is set here. The list may be inherited: only names that venvars
    # sets are taken from it.
    def --env _venvars_unset [] {
        let refused = ("
            PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT PYTHONHOME PS1 PKG_CONFIG_PATH
            TCL_LIBRARY TK_LIBRARY SCRIPT_PATH _ IFS PWD OLDPWD PPID LINENO OPTIND OPTARG OPTERR SHLVL RANDOM
            SECONDS UID EUID GID EGID PS2 PS3 PS4 COLUMNS LINES ENV HOME BASH BASHOPTS BASHPID BASH_ALIASES
            BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_ENV BASH_EXECUTION_STRING
            BASH_LINENO BASH_LOADABLES_PATH BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION
            BASH_XTRACEFD COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME FUNCNEST GROUPS HISTCMD
            HISTCONTROL HISTFILE HISTFILESIZE HISTSIZE PIPESTATUS POSIXLY_CORRECT PROMPT_COMMAND SHELLOPTS
            SRANDOM ARGC CDPATH FIGNORE FPATH HISTCHARS KEYBOARD_HACK MAILPATH MANPATH MODULE_PATH NULLCMD
            PROMPT PROMPT2 PROMPT3 PROMPT4 PSVAR READNULLCMD SAVEHIST SPROMPT TRY_BLOCK_ERROR
            TRY_BLOCK_INTERRUPT TTYIDLE USERNAME WORDCHARS ZSH_EVAL_CONTEXT ZSH_SUBSHELL ZSH_VERSION aliases
            argv builtins cdpath commands fignore fpath functions galiases histchars historywords jobdirs
            jobstates jobtexts mailpath manpath module_path modules nameddirs options parameters path pipestatus
            prompt psvar reswords saliases signals status usergroups userdirs zsh_eval_context KSHEGID KSHGID
            KSHUID KSH_VERSION TMOUT USER_ID PGRP YASH_VERSION HANDLED FISH_VERSION fish_kill_signal
            fish_killring fish_pid fish_read_limit history hostname status_generation umask version cwd home
            shell term user uid gid euid group dirstack owd tcsh ignoreeof noclobber noglob nonomatch verbose
            echo filec savehist time mail TERM USER GROUP HOST HOSTTYPE MACHTYPE OSTYPE VENDOR REMOTEHOST SHELL
            FILE_PWD CURRENT_FILE PROCESS_PATH LAST_EXIT_CODE CMD_DURATION_MS NU_VERSION ENV_CONVERSIONS
            NU_LIB_DIRS NU_PLUGIN_DIRS PROMPT_COMMAND_RIGHT PROMPT_INDICATOR config env nu in it CD CMDCMDLINE
            CMDEXTVERSION DATE ERRORLEVEL TIME PATHEXT COMSPEC PSModulePath
        " | split row --regex '\s+')
        for name in ($env._VENVARS? | default '' | into string | split row ' ') {
            if $name in $refused or $name !~ '^(?!_OLD_VIRTUAL_|_VENVARS|_venvars|BASH_FUNC_|VENVARS_)[A-Za-z_][A-Za-z0-9_]*$' {
                continue
            }
            let old = $'_VENVARS_OLD_($name)'
            hide-env --ignore-errors $name
            if $old in $env {
                load-env {($name): ($env | get $old)}
                hide-env --ignore-errors $old
            }
        }
        hide-env --ignore-errors _VENVARS
    }
    # Keeps what these variables hold, for shells started from here.
    def --env _venvars_keep [...names: string] {
        for name in $names {
            let old = $'_VENVARS_OLD_($name)'
            hide-env --ignore-errors $old
            if $name in $env {
                load-env {($old): ($env | get $name)}
            }
            load-env {_VENVARS: $"($env._VENVARS? | default '')($name) "}
        }
    }
    # Asks venvars. Nushell evaluates no text: the answer is JSON.
    def --env _venvars_ask [program: string, arguments: list<string>] {
        let there = ($program | path exists)
        if not $there and (which --all venvars | where type == external | is-empty) {
            print --stderr 'venvars: no variable was set: venvars was not found; install it again'
            return
        }
        let program = if $there { $program } else { 'venvars' }
        let answer = (try { ^$program ...$arguments nu | from json } catch { null } | default {})
        _venvars_keep ...($answer | columns)
        load-env $answer
    }
    def _venvars_newer [secrets: string] {
        let script = ($env.VIRTUAL_ENV | path join 'bin' 'activate.nu')
        if ($secrets | path exists) and ($script | path exists) and ((ls -D $secrets | first).modified > (ls -D $script | first).modified) {
            print --stderr 'venvars: this script is older than secrets.toml; run: venvars apply'
        }
    }
    _venvars_unset
