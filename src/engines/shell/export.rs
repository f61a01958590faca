//! The variables, written for another program.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::engines::shell::{Shell, block, hold};
use crate::words::error::{Error, Result};
use crate::words::table;
use crate::words::variable::Variable;

table! {
    /// The forms that other programs read.
    pub enum ExportFormat {
        /// For `eval` or `.` in sh, bash, zsh, dash, ksh and others.
        Sh = "sh", "For `eval` or `.` in sh, bash, zsh, dash, ksh and others", Some(Shell::Posix);
        /// For `source` in fish.
        Fish = "fish", "For `source` in fish", Some(Shell::Fish);
        /// For `Invoke-Expression` or a script in PowerShell.
        PowerShell = "powershell", "For `Invoke-Expression` or a script in PowerShell", Some(Shell::PowerShell);
        /// For `source` in csh and tcsh.
        Csh = "csh", "For `source` in csh and tcsh", Some(Shell::Csh);
        /// For `source` in Nushell.
        Nu = "nu", "For `source` in Nushell", Some(Shell::Nu);
        /// For `source` in xonsh.
        Xonsh = "xonsh", "For `source` in xonsh", Some(Shell::Xonsh);
        /// A batch file for cmd.exe.
        Cmd = "cmd", "A batch file for cmd.exe", Some(Shell::Cmd);
        /// A .env file, as python-dotenv reads it.
        Dotenv = "dotenv", "A .env file, as python-dotenv reads it", None;
        /// A JSON object.
        Json = "json", "A JSON object", None;
        /// A TOML document.
        Toml = "toml", "A TOML document", None;
        /// For `docker run --env-file`.
        Docker = "docker", "For `docker run --env-file`", None;
        /// For systemd's `EnvironmentFile=`.
        Systemd = "systemd", "For systemd's `EnvironmentFile=`", None;
        /// For the file `$GITHUB_ENV` in GitHub Actions.
        Github = "github", "For the file `$GITHUB_ENV` in GitHub Actions", None;
        /// A Kubernetes Secret.
        Kubernetes = "kubernetes", "A Kubernetes Secret", None;
        /// A Python module.
        Python = "python", "A Python module", None;
    }
    /// The name on the command line.
    name: &'static str = 0;
    /// What it is, in a few words.
    about: &'static str = 1;
    /// The shell that reads it, if one does.
    shell: Option<Shell> = 2;
}

/// `variables` in `format`. `project` names the Kubernetes Secret.
///
/// # Errors
/// The format cannot hold one of the variables; the error names it and says why.
pub fn export(format: ExportFormat, variables: &[Variable], project: &Path) -> Result<Zeroizing<String>> {
    let refusals: Vec<String> = variables
        .iter()
        .filter_map(|variable| {
            let reason = refusal(format, variable)?;
            Some(format!("{}: {reason}", variable.name))
        })
        .collect();
    if !refusals.is_empty() {
        return Err(Error::unsupported(refusals.join("; "))
            .hint("use another --format: json, toml and python can hold every value"));
    }
    let lines = |line: &dyn Fn(&str, &str) -> String| {
        variables
            .iter()
            .map(|variable| line(variable.name.as_str(), variable.value.reveal()))
            .collect::<String>()
    };
    let set = |shell: Shell, end: &str| lines(&|name, value| shell.set(name, value) + end);
    Ok(Zeroizing::new(match format {
        // Registered as a text first: xonsh expands what it takes for a path.
        ExportFormat::Xonsh => lines(&|name, value| {
            format!("__xonsh__.env.register('{name}', type='str')\n{}\n", Shell::Xonsh.set(name, value))
        }),
        ExportFormat::Cmd => set(Shell::Cmd, "\r\n"),
        ExportFormat::Sh => set(Shell::Posix, "\n"),
        ExportFormat::Fish => set(Shell::Fish, "\n"),
        ExportFormat::PowerShell => set(Shell::PowerShell, "\n"),
        ExportFormat::Csh => set(Shell::Csh, "\n"),
        ExportFormat::Nu => set(Shell::Nu, "\n"),
        ExportFormat::Dotenv => lines(&|name, value| format!("{name}={}\n", dotenv(value))),
        ExportFormat::Json => format!("{:#}\n", block::json(variables)),
        ExportFormat::Toml => lines(&|name, value| format!("{name} = {}\n", toml_edit::Value::from(value))),
        ExportFormat::Docker => lines(&|name, value| format!("{name}={value}\n")),
        ExportFormat::Systemd => lines(&|name, value| format!("{name}={}\n", systemd(value))),
        ExportFormat::Github => github(variables),
        ExportFormat::Kubernetes => kubernetes(variables, project)?,
        ExportFormat::Python => lines(&|name, value| format!("{name} = {}\n", Shell::Python.literal(value))),
    }))
}

/// Why `format` cannot hold `variable`, if it cannot.
fn refusal(format: ExportFormat, variable: &Variable) -> Option<&'static str> {
    let (name, value) = (variable.name.as_str(), variable.value.reveal());
    match format {
        ExportFormat::Docker => docker(name, value),
        ExportFormat::Systemd => systemd_refusal(value),
        ExportFormat::Github => github_refusal(name, value),
        ExportFormat::Python => {
            PYTHON_KEYWORDS.contains(&name).then_some("Python keeps this word for itself")
        }
        _ => format.shell().and_then(|shell| hold::refusal(shell, variable)),
    }
}

/// The reserved words of Python 3, from its language reference, 2.3.1.
const PYTHON_KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// As python-dotenv reads it from 0.21 on, and so that no shell that sources the file runs anything in it: a text
/// in single quotes, or where it holds what those cannot, in double quotes.
///
/// python-dotenv expands `${NAME:-default}` in both. What it or a shell would take for more than a character is the
/// default of a variable that cannot be there.
fn dotenv(value: &str) -> String {
    let is_double = value.contains(['\'', '\r']);
    let mut text = String::with_capacity(value.len() + 2);
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        match (is_double, c) {
            (true, '\\') => text.push_str("\\\\"),
            (true, '"') => text.push_str("\\\""),
            (true, '\r') => text.push_str("\\r"),
            (true, '\n') => text.push_str("\\n"),
            (true, '$') => text.push_str("${:-$}"),
            // zsh takes `${:-x}` for x, and would run what is between two of them.
            (true, '`') => text.push_str("${,:-`}"),
            (false, '$') if next == Some('{') => text.push_str("${:-$}"),
            // It reads two as one, and up to 1.2.2 the last one as an escape of the quote.
            (false, '\\') if matches!(next, Some('\\') | None) => text.push_str("${:-\\}"),
            _ => text.push(c),
        }
    }
    if is_double && value.ends_with('\\') {
        text.push_str("${:-}");
    }
    let quote = if is_double { '"' } else { '\'' };
    format!("{quote}{text}{quote}")
}

/// Whether a shell that sources the dotenv form of `value` reads another value, or none.
#[must_use]
pub fn is_for_python_dotenv_only(value: &str) -> bool {
    let text = dotenv(value);
    text.contains("${") || text.starts_with('"') && value.contains(['\r', '\n'])
}

/// The commands with which GitHub's runner masks each line of each value in the log.
#[must_use]
pub fn github_masks<'a>(variables: impl Iterator<Item = &'a Variable>) -> Zeroizing<String> {
    let lines = variables.flat_map(|variable| variable.value.reveal().split('\n'));
    let escaped = |line: &str| line.replace('%', "%25").replace('\r', "%0D");
    // The runner refuses to mask blanks.
    let masks = lines.filter(|line| !line.trim().is_empty());
    Zeroizing::new(masks.map(|line| format!("::add-mask::{}\n", escaped(line))).collect())
}

/// A line of the file is `NAME=value`, the value as it stands.
/// <https://docs.docker.com/reference/cli/docker/container/run/#env>; its reader takes lines of
/// less than 64 KiB and drops a CR at the end of one.
fn docker(name: &str, value: &str) -> Option<&'static str> {
    const LONGEST: usize = 65_535;
    if value.contains('\n') {
        Some("a docker env file cannot hold a line break in a value")
    } else if value.ends_with('\r') {
        Some("a docker env file cannot hold a value that ends in a carriage return")
    } else if name.len() + 1 + value.len() > LONGEST {
        Some("a line of a docker env file can contain at most 65,535 bytes")
    } else {
        None
    }
}

/// In double quotes a backslash escapes `"`, `\`, `` ` `` and `$`. See systemd.exec(5),
/// EnvironmentFile=.
fn systemd(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '`' | '$') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// Why systemd drops a variable with this value, if it does.
pub(crate) fn systemd_refusal(value: &str) -> Option<&'static str> {
    value
        .chars()
        .any(|c| (c < ' ' && c != '\t' && c != '\n') || c == '\u{7f}')
        .then_some("systemd takes no control characters but tab and newline in a variable")
}

/// The names that a workflow cannot set, and what the runner's line reader loses.
/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>
fn github_refusal(name: &str, value: &str) -> Option<&'static str> {
    if name.starts_with("GITHUB_") || name.starts_with("RUNNER_") || name == "NODE_OPTIONS" {
        Some("GitHub Actions does not let a workflow set a variable of this name")
    } else if value.ends_with('\r') {
        Some("GitHub's runner on Windows drops a carriage return at the end of a value")
    } else {
        None
    }
}

fn github(variables: &[Variable]) -> String {
    // Any line of a value that is the delimiter would end it, so it must occur in none.
    let taken =
        |delimiter: &str| variables.iter().any(|variable| variable.value.reveal().contains(delimiter));
    let mut delimiter = "VENVARS_END".to_owned();
    while taken(&delimiter) {
        delimiter.push('_');
    }
    variables
        .iter()
        .map(|variable| format!("{}<<{delimiter}\n{}\n{delimiter}\n", variable.name, variable.value.reveal()))
        .collect()
}

/// A Secret, its values in base64, which is its own form for any bytes.
/// <https://kubernetes.io/docs/concepts/configuration/secret/>
fn kubernetes(variables: &[Variable], project: &Path) -> Result<String> {
    /// What all data of a Secret may come to, in bytes.
    const LARGEST: usize = 1_048_576;

    let size: usize = variables.iter().map(|variable| variable.value.reveal().len()).sum();
    if size > LARGEST {
        return Err(Error::unsupported(
            "the values come to more than the 1 MiB that a Kubernetes Secret holds",
        ));
    }
    let mut lines: Vec<String> = variables
        .iter()
        .map(|variable| {
            format!("\n  \"{}\": \"{}\"", variable.name, STANDARD.encode(variable.value.reveal()))
        })
        .collect();
    lines.sort();
    let data = lines.concat();
    let data = if data.is_empty() { " {}" } else { &data };
    let name = dns_label(project);
    Ok(format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"{name}\"\ntype: Opaque\ndata:{data}\n"))
}

/// The folder's name as an RFC 1123 label, which the name of a Secret has to be.
fn dns_label(project: &Path) -> String {
    let name = project.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let label: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(63).collect();
    let label = label.trim_matches('-');
    if label.is_empty() { "venvars".to_owned() } else { label.to_owned() }
}
