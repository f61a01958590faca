# Written by `venvars apply`, removed by `venvars remove`. The values come from secrets.toml:
# change them there and run `venvars apply`.
_venvars_refused = '''
    PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT PYTHONHOME PS1 PKG_CONFIG_PATH
    TCL_LIBRARY TK_LIBRARY SCRIPT_PATH _ IFS PWD OLDPWD PPID LINENO OPTIND OPTARG OPTERR SHLVL RANDOM
    SECONDS UID EUID GID EGID PS2 PS3 PS4 COLUMNS LINES ENV HOME BASH BASHOPTS BASHPID BASH_ALIASES
    BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_ENV BASH_EXECUTION_STRING
    BASH_LINENO BASH_LOADABLES_PATH BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION
    BASH_XTRACEFD COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME FUNCNEST GROUPS HISTCMD
    HISTCONTROL HISTFILE HISTFILESIZE HISTSIZE PIPESTATUS POSIXLY_CORRECT PROMPT_COMMAND SHELLOPTS SRANDOM
    ARGC CDPATH FIGNORE FPATH HISTCHARS KEYBOARD_HACK MAILPATH MANPATH MODULE_PATH NULLCMD PROMPT PROMPT2
    PROMPT3 PROMPT4 PSVAR READNULLCMD SAVEHIST SPROMPT TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTYIDLE USERNAME
    WORDCHARS ZSH_EVAL_CONTEXT ZSH_SUBSHELL ZSH_VERSION aliases argv builtins cdpath commands fignore fpath
    functions galiases histchars historywords jobdirs jobstates jobtexts mailpath manpath module_path
    modules nameddirs options parameters path pipestatus prompt psvar reswords saliases signals status
    usergroups userdirs zsh_eval_context KSHEGID KSHGID KSHUID KSH_VERSION TMOUT USER_ID PGRP YASH_VERSION
    HANDLED FISH_VERSION fish_kill_signal fish_killring fish_pid fish_read_limit history hostname
    status_generation umask version cwd home shell term user uid gid euid group dirstack owd tcsh ignoreeof
    noclobber noglob nonomatch verbose echo filec savehist time mail TERM USER GROUP HOST HOSTTYPE MACHTYPE
    OSTYPE VENDOR REMOTEHOST SHELL FILE_PWD CURRENT_FILE PROCESS_PATH LAST_EXIT_CODE CMD_DURATION_MS
    NU_VERSION ENV_CONVERSIONS NU_LIB_DIRS NU_PLUGIN_DIRS PROMPT_COMMAND_RIGHT PROMPT_INDICATOR config env
    nu in it CD CMDCMDLINE CMDEXTVERSION DATE ERRORLEVEL TIME PATHEXT COMSPEC PSModulePath
'''.split()


def _venvars_begin(names, refused=frozenset(_venvars_refused)):
    import os
    import re
    env = __xonsh__.env
    if 'VIRTUAL_ENV' not in env:
        return False
    state = {}

    def unset():
        # Gives back what the variables held before activation.
        vars(__xonsh__).pop('_venvars_unset', None)
        vars(__xonsh__).pop('_venvars_keep', None)
        guard = vars(__xonsh__).pop('_venvars_guard', None)
        if guard is not None:
            events.on_pre_prompt.discard(guard)
        for name, (was, value, kind) in state.items():
            for gone in (name, '_VENVARS_OLD_' + name):
                env.pop(gone, None)
                env._vars.pop(gone, None)
            if kind is not None:
                env._vars[name] = kind
            if was:
                env[name] = value
        env.pop('_VENVARS', None)

    def keep(name):
        before = env.detype()
        old = '_VENVARS_OLD_' + name
        state[name] = (name in before, env.get(name), env._vars.get(name))
        env.pop(old, None)
        if name in before:
            env.register(old, type='str')
            env[old] = before[name]
        # A text, whatever its name: xonsh expands what it takes for a path.
        env.register(name, type='str')
        env['_VENVARS'] = env.get('_VENVARS', '') + name + ' '

    if hasattr(__xonsh__, '_venvars_unset'):
        __xonsh__._venvars_unset()
    # What an outer shell's activation has set. Its list was inherited: only names that venvars sets are taken from it.
    for name in str(env.pop('_VENVARS', '')).split():
        known = re.fullmatch('(?!_OLD_VIRTUAL_|_VENVARS|_venvars|BASH_FUNC_|VENVARS_)[A-Za-z_][A-Za-z0-9_]*', name, re.ASCII)
        if not known or name in refused:
            continue
        env.pop(name, None)
        env.pop('_VENVARS_OLD_' + name, None)
        if '_VENVARS_OLD_' + name in os.environ:
            env[name] = os.environ['_VENVARS_OLD_' + name]
    __xonsh__._venvars_unset = unset
    __xonsh__._venvars_keep = keep
    for name in names:
        keep(name)
    return True


def _venvars_missing(name):
    missing = name not in __xonsh__.env.detype()
    if missing:
        __xonsh__._venvars_keep(name)
    return missing


def _venvars_ask(question):
    import json
    import shutil
    import subprocess
    import sys
    env = __xonsh__.env
    if 'VIRTUAL_ENV' not in env:
        return
    if not shutil.which(question[0]):
        question[0] = 'venvars'
    try:
        answer = subprocess.run(question, stdout=subprocess.PIPE, env=env.detype())
    except FileNotFoundError:
        print('venvars: no variable was set: venvars was not found; install it again', file=sys.stderr)
        return
    except OSError as error:
        print('venvars: could not be asked for the values:', error.strerror, file=sys.stderr)
        return
    values = json.loads(answer.stdout) if answer.returncode == 0 and answer.stdout else {}
    if _venvars_begin(values):
        for name, value in values.items():
            env[name] = value


def _venvars_newer(secrets):
    import os
    import sys
    script = os.path.join(str(__xonsh__.env.get('VIRTUAL_ENV', '')), 'bin', 'activate.xsh')
    try:
        stale = os.stat(secrets).st_mtime_ns > os.stat(script).st_mtime_ns
    except OSError:
        return
    if stale:
        print('venvars: this script is older than secrets.toml; run: venvars apply', file=sys.stderr)


def _venvars_prompt():
    # Straight into a venv without these lines, it may not be our `deactivate` that runs.
    env = __xonsh__.env
    venv = env.get('VIRTUAL_ENV')

    def guard(**_):
        if __xonsh__.env.get('VIRTUAL_ENV') != venv and hasattr(__xonsh__, '_venvars_unset'):
            __xonsh__._venvars_unset()

    if env.get('XONSH_INTERACTIVE') and hasattr(__xonsh__, '_venvars_unset'):
        events.on_pre_prompt(guard)
        __xonsh__._venvars_guard = guard


