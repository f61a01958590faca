//! What an error says, without its place and its hint.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::words::name::Refusal;
use crate::words::secret::Misfit;

/// What went wrong. No variant ever holds a value.
///
/// What recurs is a variant with its data, and its sentence stands here. The others are classes that a caller
/// can tell apart; their sentence stands where it is needed.
#[derive(Debug, Clone, PartialEq)]
pub enum Cause {
    /// There is no such variable.
    NoVariable {
        /// Its name, safe to show: it may be a value that was typed in the wrong place.
        name: String,
        /// Where it was looked for, such as " in profile dev".
        within: String,
    },
    /// A variable cannot have this name.
    BadName(Refusal),
    /// No variable can hold the value.
    Misfit(Misfit),
    /// What is named here holds a NUL.
    Nul(String),
    /// What is named here is not UTF-8.
    NotUtf8(String),
    /// What is named here is in the ledger of compromised values.
    Compromised {
        /// A value, described.
        what: String,
        /// What the ledger says of it.
        details: String,
    },
    /// There is no git repository around the place.
    NoRepository,
    /// It belongs to another user.
    Foreign {
        /// The folder that it lies in.
        folder: PathBuf,
        /// The other user, by number.
        owner: u32,
        /// The user, by number.
        user: u32,
    },
    /// The project asks for what the user has not allowed; every line of it.
    NotAllowed(Vec<String>),
    /// The user said no to a question.
    Declined(String),
    /// A path leads to a folder, a device or a pipe instead of a file.
    NotAFile,
    /// A link leads out of the virtual environment.
    LeadsOutside,
    /// The system did not do what it was asked to.
    Io {
        /// What it was asked to do, such as "read".
        action: String,
        /// The kind of its answer.
        kind: io::ErrorKind,
        /// Its own words.
        words: String,
    },
    /// The system has no random bytes to give; its own words.
    NoRandomness(String),
    /// There is no such program on the PATH.
    NoProgram(String),
    /// A program ended without success.
    Ended {
        /// What it is called.
        program: String,
        /// Its status, in the system's words.
        status: String,
    },
    /// A program took longer than it may.
    TimedOut {
        /// What it is called.
        program: String,
        /// How long it may take, in seconds.
        seconds: f64,
    },
    /// The keyring that holds this entry is locked.
    KeyringLocked(String),
    /// The keyring did not answer.
    KeyringSilent {
        /// The entry that it was asked for.
        entry: String,
        /// How long it was waited for, such as " within 1 second".
        within: String,
    },
    /// Several variables are named, and standard input is the value of one.
    OneOnInput,
    /// The command line asks for something that cannot be; another one helps.
    Usage(String),
    /// A text is not what its format asks for.
    Syntax(String),
    /// It could be done, and venvars declines: a secret would be in danger.
    Refused(String),
    /// Something is there already, or was changed by somebody else.
    Conflict(String),
    /// Something that is needed is not there.
    Missing(String),
    /// A value is not one that the variable may get.
    BadValue(String),
    /// It is right, but cannot be expressed, held or read here.
    Unsupported(String),
    /// Another program failed, or answered something that is not understood.
    Program(String),
    /// Heroku or a keyring answered, and not with what was asked for.
    Service(String),
    /// A mistake in venvars itself.
    Internal(String),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoVariable { name, within } => write!(f, "no variable named {name}{within}"),
            Self::BadName(refusal) => refusal.fmt(f),
            Self::Misfit(misfit) => misfit.fmt(f),
            Self::Nul(what) => {
                write!(f, "{what} contains a NUL character, which an environment variable cannot hold")
            }
            Self::NotUtf8(what) => write!(f, "{what} is not valid UTF-8"),
            Self::Compromised { what, details } => write!(f, "{what} has been compromised {details}"),
            Self::NoRepository => f.write_str("not in a git repository"),
            Self::Foreign { owner, user, .. } => {
                write!(f, "this belongs to uid {owner}, and you are uid {user}")
            }
            Self::NotAllowed(lines) if f.alternate() && lines.len() > 1 => {
                write!(f, "not allowed yet:\n  {}", lines.join("\n  "))
            }
            Self::NotAllowed(lines) => write!(f, "not allowed yet: {}", lines.join("; ")),
            Self::NotAFile => f.write_str("not a regular file"),
            Self::LeadsOutside => f.write_str("this is a link to a file outside the virtual environment"),
            Self::Io { action, words, .. } => write!(f, "could not {action}: {words}"),
            Self::NoRandomness(words) => write!(f, "the system has no random bytes: {words}"),
            Self::NoProgram(program) => write!(f, "{program} is not on the PATH"),
            Self::Ended { program, status } => write!(f, "{program} failed ({status})"),
            Self::TimedOut { program, seconds } => write!(f, "{program} took longer than {seconds} s"),
            Self::KeyringLocked(entry) => write!(f, "the keyring with {entry} is locked"),
            Self::KeyringSilent { entry, within } => {
                write!(f, "the keyring did not answer about {entry}{within}")
            }
            Self::OneOnInput => f.write_str("standard input is the value of one variable"),
            Self::Declined(text)
            | Self::Usage(text)
            | Self::Syntax(text)
            | Self::Refused(text)
            | Self::Conflict(text)
            | Self::Missing(text)
            | Self::BadValue(text)
            | Self::Unsupported(text)
            | Self::Program(text)
            | Self::Service(text)
            | Self::Internal(text) => f.write_str(text),
        }
    }
}
