//! The names that a variable may have.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// The name of a variable: `[A-Za-z_][A-Za-z0-9_]*`, and no name that a shell or the activation
/// keeps for itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Checks `text`.
    ///
    /// # Errors
    /// Why the text can be no name, for a person to read, and the way out.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        let mut bytes = text.bytes();
        let well_formed = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
            && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !well_formed {
            return Err(Refusal::Malformed);
        }
        match owner(text) {
            Some(owner) => Err(Refusal::Reserved(owner)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Whether programs that have nothing to do with the project do what a variable of this name says: load code,
    /// ask another host, take another program.
    #[must_use]
    pub fn is_obeyed(&self) -> bool {
        let name = self.0.to_ascii_uppercase();
        OBEYED.iter().any(|one| is_named(&name, one)) || self.is_loaded()
    }

    /// Whether a variable of this name has code loaded into every program that starts, names a program that others
    /// run, or says what venvars itself goes by.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        let name = self.0.to_ascii_uppercase();
        LOADED.iter().any(|one| is_named(&name, one))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// Its hash is that of its text.
impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not the name of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is no identifier.
    Malformed,
    /// It belongs to what is named here.
    Reserved(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str(
                "a name can only contain letters, digits and underscores, and cannot start with a digit",
            ),
            Self::Reserved(owner) => write!(f, "the name is reserved by {owner}"),
        }
    }
}

/// Names that programs obey, with a `*` at one end: interpreters, package managers, git, what finds other programs
/// and hosts.
const OBEYED: &[&str] = &[
    "PYTHON*",
    "PIP_*",
    "UV_*",
    "*_PROXY",
    "GIT_*",
    "NODE_OPTIONS",
    "NODE_PATH",
    "NODE_EXTRA_CA_CERTS",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "NPM_CONFIG_*",
    "RUBYOPT",
    "RUBYLIB",
    "PERL5*",
    "JAVA_TOOL_OPTIONS",
    "_JAVA_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "CLASSPATH",
    "DOTNET_*",
    "COR_*",
    "CORECLR_*",
    "MAVEN_OPTS",
    "GRADLE_OPTS",
    "GOPATH",
    "GOPROXY",
    "GOFLAGS",
    "CARGO_*",
    "RUSTC*",
    "RUSTFLAGS",
    "CC",
    "CXX",
    "MAKEFLAGS",
    "MAKEFILES",
    "GEM_*",
    "BUNDLE_*",
    "LUA_*",
    "ERL_*",
    "R_PROFILE*",
    "R_ENVIRON*",
    "PHPRC",
    "PHP_INI_SCAN_DIR",
    "TCLLIBPATH",
    "CPATH",
    "LIBRARY_PATH",
    "MANPATH",
    "INFOPATH",
    "GI_TYPELIB_PATH",
    "QT_PLUGIN_PATH",
    "LESSKEY*",
    "VIMINIT",
    "EXINIT",
    "PSQLRC",
    "TERMINFO*",
    "TERMCAP",
    "SSH_*",
    "SUDO_*",
    "DOCKER_HOST",
    "DBUS_*",
    "OPENSSL_*",
    "GNUPGHOME",
    "NETRC",
    "KUBECONFIG",
    "ANSIBLE_*",
    "TMPDIR",
    "TMP",
    "TEMP",
    "SSL_CERT_*",
    "REQUESTS_CA_BUNDLE",
    "CURL_*",
    "WGETRC",
    "GCONV_PATH",
    "HOSTALIASES",
    "ZDOTDIR",
    "INPUTRC",
    "FISH_FUNCTION_PATH",
    "FISH_COMPLETE_PATH",
    "LOCPATH",
    "NLSPATH",
    "GLIBC_TUNABLES",
    "XDG_*",
];

/// Names that have code loaded, or a program run, by whatever starts next; and those by which venvars itself finds
/// what the user has allowed, and tells whose files to believe.
const LOADED: &[&str] = &[
    "LD_*",
    "DYLD_*",
    "PYTHONSTARTUP",
    "PYTHONHOME",
    "GIT_SSH_COMMAND",
    "GIT_SSH",
    "GIT_CONFIG*",
    "GIT_EXEC_PATH",
    "GIT_EXTERNAL_DIFF",
    "GIT_PROXY_COMMAND",
    "SVN_SSH",
    "*_RSH",
    "*_ASKPASS",
    "*EDITOR",
    "VISUAL",
    "*PAGER",
    "LESSOPEN",
    "LESSCLOSE",
    "BROWSER",
    "OPENSSL_CONF",
    "OPENSSL_MODULES",
    "OPENSSL_ENGINES",
    "GTK_MODULES",
    "XDG_STATE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "SUDO_UID",
    "APPDATA",
    "LOCALAPPDATA",
    "USERPROFILE",
    "BASH_ENV",
    "ENV",
];

/// Whether `name` is `pattern`, which may have a `*` at one end.
#[must_use]
pub fn is_named(name: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (_, Some(begin)) => name.starts_with(begin),
        _ => name == pattern,
    }
}

/// Names by whom they belong to. Each was seen to be special, read-only, typed or tied in the real
/// shell, or is set by the activate scripts.
const RESERVED: &[(&str, &str)] = &[
    (
        "the activate scripts",
        "PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT PYTHONHOME PS1 \
         PKG_CONFIG_PATH TCL_LIBRARY TK_LIBRARY SCRIPT_PATH",
    ),
    (
        "every shell",
        "_ IFS PWD OLDPWD PPID LINENO OPTIND OPTARG OPTERR SHLVL RANDOM SECONDS UID EUID GID EGID \
         PS2 PS3 PS4 COLUMNS LINES ENV HOME",
    ),
    (
        "bash",
        "BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND \
         BASH_COMPAT BASH_ENV BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_REMATCH \
         BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION BASH_XTRACEFD COMP_WORDBREAKS \
         DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME FUNCNEST GROUPS HISTCMD HISTCONTROL HISTFILE \
         HISTFILESIZE HISTSIZE PIPESTATUS POSIXLY_CORRECT PROMPT_COMMAND SHELLOPTS SRANDOM",
    ),
    (
        "zsh",
        "ARGC CDPATH FIGNORE FPATH HISTCHARS KEYBOARD_HACK MAILPATH MANPATH MODULE_PATH NULLCMD \
         PROMPT PROMPT2 PROMPT3 PROMPT4 PSVAR READNULLCMD SAVEHIST SPROMPT TRY_BLOCK_ERROR \
         TRY_BLOCK_INTERRUPT TTYIDLE USERNAME WORDCHARS ZSH_EVAL_CONTEXT ZSH_SUBSHELL ZSH_VERSION \
         aliases argv builtins cdpath commands fignore fpath functions galiases histchars \
         historywords jobdirs jobstates jobtexts mailpath manpath module_path modules nameddirs \
         options parameters path pipestatus prompt psvar reswords saliases signals status \
         usergroups userdirs zsh_eval_context",
    ),
    ("ksh and mksh", "KSHEGID KSHGID KSHUID KSH_VERSION TMOUT USER_ID PGRP"),
    ("yash", "YASH_VERSION DIRSTACK HANDLED"),
    (
        "fish",
        "FISH_VERSION SHLVL fish_kill_signal fish_killring fish_pid fish_read_limit history \
         hostname pipestatus status status_generation umask version",
    ),
    (
        "csh",
        "cwd home shell term user uid gid euid group dirstack owd tcsh ignoreeof noclobber noglob \
         nonomatch verbose echo filec savehist time mail TERM USER GROUP HOST HOSTTYPE MACHTYPE \
         OSTYPE VENDOR REMOTEHOST SHELL",
    ),
    (
        "Nushell",
        "FILE_PWD CURRENT_FILE PROCESS_PATH LAST_EXIT_CODE CMD_DURATION_MS NU_VERSION \
         ENV_CONVERSIONS NU_LIB_DIRS NU_PLUGIN_DIRS PROMPT_COMMAND_RIGHT PROMPT_INDICATOR config \
         env nu in it",
    ),
    ("cmd.exe", "CD CMDCMDLINE CMDEXTVERSION DATE ERRORLEVEL TIME PATHEXT COMSPEC"),
    ("PowerShell", "PSModulePath"),
];

/// Beginnings of names by whom they belong to.
const RESERVED_PREFIXES: &[(&str, &str)] = &[
    ("_OLD_VIRTUAL_", "the activate scripts"),
    ("_VENVARS", "venvars"),
    ("_venvars", "venvars"),
    ("BASH_FUNC_", "bash"),
    // They say what venvars does: no project says that of another one.
    ("VENVARS_", "venvars"),
];

/// The names that are reserved, and the beginnings of names that are.
pub(crate) fn reserved() -> (Vec<&'static str>, Vec<&'static str>) {
    let names = RESERVED.iter().flat_map(|(_, names)| names.split_ascii_whitespace()).collect();
    (names, RESERVED_PREFIXES.iter().map(|(prefix, _)| *prefix).collect())
}

/// The names that Windows reserves in any case, because names that differ only by case are one there: the spelling of
/// Windows itself is `Path`.
pub(crate) fn reserved_on_windows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let owners = ["the activate scripts", "cmd.exe", "PowerShell"];
    let rows = RESERVED.iter().copied().filter(move |(owner, _)| owners.contains(owner));
    let rows = rows.chain([("Windows", "SYSTEMROOT WINDIR SYSTEMDRIVE PROMPT")]);
    rows.flat_map(|(owner, names)| names.split_ascii_whitespace().map(move |name| (owner, name)))
}

fn owner(name: &str) -> Option<&'static str> {
    /// Each reserved name with its owner: a file may have thousands of names to look up.
    static OWNERS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        // The first who is named owns a name that several know.
        let listed = RESERVED.iter().rev();
        listed.flat_map(|(owner, names)| names.split(' ').map(|name| (name, *owner))).collect()
    });
    let listed =
        OWNERS.get(name).copied().or_else(|| if cfg!(windows) { owner_on_windows(name) } else { None });
    listed.or_else(|| {
        RESERVED_PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, owner)| *owner)
    })
}

/// Who owns `name`, in whatever case, on Windows.
fn owner_on_windows(name: &str) -> Option<&'static str> {
    let upper = name.to_ascii_uppercase();
    let listed = reserved_on_windows().find(|(_, one)| one.eq_ignore_ascii_case(name));
    let begun = RESERVED_PREFIXES.iter().find(|(prefix, _)| upper.starts_with(&prefix.to_ascii_uppercase()));
    listed.map(|(owner, _)| owner).or(begun.map(|(_, owner)| *owner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_identifier_that_nobody_owns() {
        for good in ["A", "_x", "SECRET_KEY", "a1"] {
            assert!(Name::new(good).is_ok(), "{good}");
        }
        assert_eq!(Name::new("Path").is_ok(), !cfg!(windows));
        for bad in ["", "1A", "A-B", "A B", "É", "A\n", "A="] {
            assert_eq!(Name::new(bad), Err(Refusal::Malformed), "{bad:?}");
        }
        for reserved in ["PATH", "UID", "path", "status", "config", "_OLD_VIRTUAL_X", "_VENVARS_OLD_A"] {
            assert!(matches!(Name::new(reserved), Err(Refusal::Reserved(_))), "{reserved}");
        }
    }

    #[test]
    fn windows_reserves_names_in_any_case() {
        for reserved in
            ["Path", "pathext", "ComSpec", "SystemRoot", "windir", "SystemDrive", "Prompt", "Venvars_x"]
        {
            assert!(owner_on_windows(reserved).is_some(), "{reserved}");
        }
        for free in ["SECRET_KEY", "VERBOSE", "Home"] {
            assert_eq!(owner_on_windows(free), None);
        }
    }
}
