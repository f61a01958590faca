# Written by `venvars apply`, removed by `venvars remove`. The values come from secrets.toml:
# change them there and run `venvars apply`.
function global:_venvars_watch { # has the prompt look whether the script of another venv, without these lines, took over
    $look = {
        try { & $_venvars_guard.Prompt } # first: it may ask for `$?`
        finally { if ($_venvars_guard.Venv -and $_venvars_guard.Venv -cne $env:VIRTUAL_ENV) { _venvars_unset } }
    }
    # A generator with a prompt of its own gives the one from before back: then that is the one that has to look.
    $before = $function:_OLD_VIRTUAL_PROMPT
    $_venvars_guard = @{ Venv = $env:VIRTUAL_ENV; Prompt = if ($before) { $before } else { $function:prompt } }
    $global:_venvars_guard = $_venvars_guard
    # With the table bound to it, it works for as long as anything calls it; only full language, mode 0, can do that.
    if (-not $ExecutionContext.SessionState.LanguageMode) { $look = $look.GetNewClosure() }
    if ($before) { ${function:global:_OLD_VIRTUAL_PROMPT} = $look } elseif ($function:prompt) { ${function:global:prompt} = $look }
    ${function:global:_venvars_look} = $look
}
function global:_venvars_newer ($Secrets, $Script) { # where the secrets are newer than the script
    $newer = if (-not $ExecutionContext.SessionState.LanguageMode) {
        [IO.File]::GetLastWriteTimeUtc($Secrets) -gt [IO.File]::GetLastWriteTimeUtc($Script)
    } else { & { # without .NET, and slower
        Microsoft.PowerShell.Management\Test-Path -LiteralPath $Secrets -NewerThan (Microsoft.PowerShell.Management\Get-Item -LiteralPath $Script).LastWriteTime
    } }
    if ($newer) { Microsoft.PowerShell.Utility\Write-Warning 'venvars: this script is older than secrets.toml; run: venvars apply' }
}
function global:_venvars_unset ($NonDestructive) {
    $WhatIfPreference = $false; $ConfirmPreference = 'None'; $VerbosePreference = 'SilentlyContinue'
    if ($function:_venvars_look) {
        $global:_venvars_guard['Venv'] = $null
        if ("$function:prompt" -ceq $function:_venvars_look) { ${function:global:prompt} = $global:_venvars_guard['Prompt'] }
        if ("$function:_OLD_VIRTUAL_PROMPT" -ceq $function:_venvars_look) { ${function:global:_OLD_VIRTUAL_PROMPT} = $global:_venvars_guard['Prompt'] }
    }
    if ($null -ne $env:_VENVARS) {
        # The list may be inherited: a name in it that belongs to a shell or to the activation is not ours.
        $reserved = 'PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT PYTHONHOME PS1 PKG_CONFIG_PATH TCL_LIBRARY TK_LIBRARY SCRIPT_PATH _ IFS PWD OLDPWD PPID LINENO OPTIND OPTARG OPTERR SHLVL RANDOM SECONDS UID EUID GID EGID PS2 PS3 PS4 COLUMNS LINES ENV HOME BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_ENV BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION BASH_XTRACEFD COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME FUNCNEST GROUPS HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTSIZE PIPESTATUS POSIXLY_CORRECT PROMPT_COMMAND SHELLOPTS SRANDOM ARGC CDPATH FIGNORE FPATH HISTCHARS KEYBOARD_HACK MAILPATH MANPATH MODULE_PATH NULLCMD PROMPT PROMPT2 PROMPT3 PROMPT4 PSVAR READNULLCMD SAVEHIST SPROMPT TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTYIDLE USERNAME WORDCHARS ZSH_EVAL_CONTEXT ZSH_SUBSHELL ZSH_VERSION aliases argv builtins cdpath commands fignore fpath functions galiases histchars historywords jobdirs jobstates jobtexts mailpath manpath module_path modules nameddirs options parameters path pipestatus prompt psvar reswords saliases signals status usergroups userdirs zsh_eval_context KSHEGID KSHGID KSHUID KSH_VERSION TMOUT USER_ID PGRP YASH_VERSION HANDLED FISH_VERSION fish_kill_signal fish_killring fish_pid fish_read_limit history hostname status_generation umask version cwd home shell term user uid gid euid group dirstack owd tcsh ignoreeof noclobber noglob nonomatch verbose echo filec savehist time mail TERM USER GROUP HOST HOSTTYPE MACHTYPE OSTYPE VENDOR REMOTEHOST SHELL FILE_PWD CURRENT_FILE PROCESS_PATH LAST_EXIT_CODE CMD_DURATION_MS NU_VERSION ENV_CONVERSIONS NU_LIB_DIRS NU_PLUGIN_DIRS PROMPT_COMMAND_RIGHT PROMPT_INDICATOR config env nu in it CD CMDCMDLINE CMDEXTVERSION DATE ERRORLEVEL TIME PATHEXT COMSPEC PSModulePath'
        $names = $env:_VENVARS -split ' ' -cmatch '^[A-Za-z_][A-Za-z0-9_]*\z'
        if (" $reserved " -cmatch " (?:$($names -join '|')) " -or $env:_VENVARS -cmatch '(?:^| )(?:_OLD_VIRTUAL_|_VENVARS|_venvars|BASH_FUNC_|VENVARS_)') {
            $names = $names -cnotmatch "^(?:$($reserved -replace ' ', '|'))\z|^(?:_OLD_VIRTUAL_|_VENVARS|_venvars|BASH_FUNC_|VENVARS_)"
        }
        $env:_VENVARS = $null
        if ($names) { Microsoft.PowerShell.Management\Remove-Item -LiteralPath $(foreach ($name in $names) { "Env:$name" }) -ErrorAction Ignore }
        if (Microsoft.PowerShell.Management\Test-Path -Path Env:_VENVARS_OLD_*) { & { foreach ($old in Microsoft.PowerShell.Management\Get-Item -Path Env:_VENVARS_OLD_*) {
            $name = $old.Name.Substring('_VENVARS_OLD_'.Length)
            if ($names -ccontains $name) { Microsoft.PowerShell.Management\Set-Item -LiteralPath Env:$name -Value $old.Value }
            Microsoft.PowerShell.Management\Remove-Item -LiteralPath Env:$($old.Name)
        } } }
    }
    if (-not $NonDestructive) { Microsoft.PowerShell.Management\Remove-Item -LiteralPath Variable:_venvars_guard, Function:_venvars_look, Function:_venvars_watch, Function:_venvars_newer, Function:_venvars_unset -ErrorAction Ignore }
}
