//! `${NAME}` and `${NAME:-default}` in a .env file: python-dotenv's `variables.py` and
//! `resolve_variables` of its `main.py`, kept as a template of ours where that means the same.
//!
//! python-dotenv goes from top to bottom and looks a name up among the lines above, then in the
//! environment. A template of ours looks it up among all variables. The two agree on a name whose
//! last line stands above; what an earlier line of that name said is put in as text; and what only
//! the environment can tell is left out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::engines::import::{Explanation, ImportBinding, TOO_LONG, What};
use crate::words::name::Name;
use crate::words::secret::{LONGEST, length};

/// A statement.
pub(super) struct Binding<'a> {
    /// Its name; nothing for a line that python-dotenv passes over with a warning.
    pub name: Option<&'a str>,
    /// What stands behind the `=`, if there is one.
    pub value: Option<Cow<'a, str>>,
    pub line: usize,
}

/// A piece of a value.
#[derive(Clone)]
enum Fragment {
    Text(zeroize::Zeroizing<String>),
    /// The variable of this name, which is imported.
    Variable(String),
}

/// What a line says its name is.
enum NameState {
    /// A name without `=`: nothing, and in a reference an empty text.
    Nothing,
    Pieces(Pieces),
    LeftOut(Explanation),
}

#[derive(Clone, Default)]
struct Pieces {
    list: Vec<Fragment>,
    /// The length of the value with all put in, as the system counts; stops at the longest that there can be.
    length: usize,
    /// The length of the template, likewise.
    written: usize,
    nul: bool,
}

impl Pieces {
    fn text(&mut self, text: &str) {
        let length = length(text);
        self.length = self.length.saturating_add(length);
        self.written = self.written.saturating_add(length);
        self.nul |= text.contains('\0');
        if self.written > LONGEST || text.is_empty() {
            return;
        }
        match self.list.last_mut() {
            Some(Fragment::Text(last)) => last.push_str(text),
            _ => self.list.push(Fragment::Text(text.to_owned().into())),
        }
    }

    fn variable(&mut self, name: &str, length: usize) {
        self.length = self.length.saturating_add(length);
        self.written = self.written.saturating_add(name.len() + "${}".len());
        if self.written <= LONGEST {
            self.list.push(Fragment::Variable(name.to_owned()));
        }
    }

    fn append(&mut self, other: &Self) {
        let (length, written) = (self.length, self.written);
        for piece in &other.list {
            match piece {
                Fragment::Text(text) => self.text(text),
                Fragment::Variable(name) => self.variable(name, 0),
            }
        }
        self.nul |= other.nul;
        self.length = length.saturating_add(other.length);
        self.written = written.saturating_add(other.written);
    }

    fn too_long(&self) -> bool {
        self.length > LONGEST || self.written > LONGEST
    }

    fn what(&self) -> What {
        let template = self.list.iter().any(|piece| matches!(piece, Fragment::Variable(_)));
        let bytes = self.list.iter().map(|piece| match piece {
            Fragment::Text(text) => text.len(),
            Fragment::Variable(name) => name.len() + "${}".len(),
        });
        let mut text = zeroize::Zeroizing::new(String::with_capacity(bytes.sum()));
        for piece in &self.list {
            match piece {
                Fragment::Text(plain) if template => text.push_str(&plain.replace('$', "$$")),
                Fragment::Text(plain) => text.push_str(plain),
                Fragment::Variable(name) => {
                    text.push_str("${");
                    text.push_str(name);
                    text.push('}');
                }
            }
        }
        if template { What::Template(text) } else { What::Literal(text) }
    }
}

/// What the lines come to, in their order.
pub(super) fn resolve(bindings: Vec<Binding<'_>>) -> Vec<ImportBinding> {
    let names = bindings.iter().enumerate();
    let last: HashMap<&str, usize> = names.filter_map(|(index, one)| Some((one.name?, index))).collect();
    // By name, the line that counts so far. Only what is referred to is ever looked up.
    let mut so_far: HashMap<&str, (usize, NameState)> = HashMap::new();
    let refers = bindings.iter().any(|one| one.value.as_ref().is_some_and(|value| value.contains("${")));
    let mut found = Vec::with_capacity(bindings.len());
    for (index, Binding { name, value, line }) in bindings.into_iter().enumerate() {
        let Some(name) = name else {
            let reason = "python-dotenv cannot read this line, and passes over it";
            found.push(ImportBinding::nameless(line, reason));
            continue;
        };
        let Some(value) = value else {
            let value = Err("a name without a value".into());
            found.push(ImportBinding { name: Some(name.to_owned()), shown: false, line, value });
            so_far.insert(name, (index, NameState::Nothing));
            continue;
        };
        if !refers {
            found.push(ImportBinding::literal(name, line, value));
            continue;
        }
        let state = expand(&value, |wanted| {
            let (at, state) = so_far.get(wanted)?;
            Some((state, last.get(wanted) == Some(at)))
        });
        let what = match &state {
            NameState::Pieces(pieces) => Ok(pieces.what()),
            NameState::LeftOut(reason) => Err(reason.clone()),
            NameState::Nothing => Err("a name without a value".into()),
        };
        found.push(ImportBinding::new(name, line, what));
        so_far.insert(name, (index, state));
    }
    found
}

/// A reference, as python-dotenv's own pattern has it.
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"\$\{(?<name>[^}:]*)(?::-(?<default>[^}]*))?\}";
    // A literal, which the tests compile.
    Regex::new(pattern).expect("a valid pattern")
});

/// `value` with its references settled. `lookup` tells what a name is so far, and whether that is
/// the last word on it.
fn expand<'s>(value: &str, lookup: impl Fn(&str) -> Option<(&'s NameState, bool)>) -> NameState {
    let mut pieces = Pieces::default();
    let mut end = 0;
    for found in REFERENCE.captures_iter(value) {
        let (whole, name, default) = (found.get_match(), &found["name"], found.name("default"));
        pieces.text(&value[end..whole.start()]);
        end = whole.end();
        match lookup(name) {
            Some((NameState::Nothing, _)) => {}
            Some((NameState::LeftOut(_), _)) => {
                return NameState::LeftOut(format!("it refers to {}, which is left out", shown(name)).into());
            }
            Some((NameState::Pieces(other), last)) => {
                let fits = name.len() + other.length + 2 <= LONGEST && !other.nul;
                let importable = last && fits && Name::new(name).is_ok();
                if importable { pieces.variable(name, other.length) } else { pieces.append(other) }
            }
            // No environment has a variable of such a name; `,` is the one that our own export writes.
            None if matches!(name, "" | ",") || name.contains(['=', '\0']) => {
                // A default is plain text: what looks like a reference in it is none.
                pieces.text(default.map_or("", |default| default.as_str()));
            }
            None => {
                return NameState::LeftOut(
                    format!(
                        "it takes {} from the environment{}; set it with `venvars set`, or have a line \
                         above give that name a value",
                        shown(name),
                        if default.is_some() { ", else a default" } else { "" },
                    )
                    .into(),
                );
            }
        }
        if pieces.too_long() {
            return NameState::LeftOut(TOO_LONG.into());
        }
    }
    pieces.text(&value[end..]);
    // A text alone that is too long is refused like any other, but nothing may be cut off.
    if pieces.written > LONGEST {
        return NameState::LeftOut(TOO_LONG.into());
    }
    NameState::Pieces(pieces)
}

/// A name that is referred to, safe to print.
fn shown(name: &str) -> &str {
    match Name::new(name) {
        Err(crate::words::name::Refusal::Malformed) => "something",
        _ => name,
    }
}
