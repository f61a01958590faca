//! The floors of `src/`: what stands on one knows only the ones below, and no two files know each other.
//!
//! Every path in every file is read, in `use` and elsewhere; comments, texts and macros' own names are none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::support::built;
use libtest_mimic::Trial;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// From the ground up.
const FLOORS: [&str; 6] = ["words", "engines", "world", "model", "session", "edge"];
/// A longer file holds more than one idea.
const MOST_LINES: usize = 400;

pub fn trials() -> Vec<Trial> {
    trials![
        no_file_knows_one_above_it,
        no_files_know_each_other,
        no_name_is_handed_on_across_floors,
        no_file_is_long,
        no_type_name_stands_for_two_things,
        the_tests_see_what_is_wrong
    ]
}

/// A module: its path from the root of `src/`, and the paths that its file names.
struct Module {
    name: Vec<String>,
    lines: usize,
    /// Whether a `pub use` names the path, and the path.
    names: Vec<(bool, Vec<String>)>,
    /// The names of the types that the file declares.
    types: Vec<String>,
}

fn source() -> Vec<Module> {
    let root = built(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut modules = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&root).unwrap().with_extension("");
                let mut name: Vec<String> =
                    below.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
                if name.last().is_some_and(|last| last == "mod") {
                    name.pop();
                }
                if name != ["lib"] && name != ["main"] {
                    modules.push(read(name, &fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    modules.sort_by(|one, other| one.name.cmp(&other.name));
    modules
}

fn read(name: Vec<String>, text: &str) -> Module {
    let tokens: TokenStream = text.parse().unwrap();
    let mut walk =
        Walk { own: name, children: Vec::new(), depth: 0, groups: 0, names: Vec::new(), types: Vec::new() };
    walk.tokens(tokens);
    let Walk { own: name, names, types, .. } = walk;
    Module { name, lines: text.lines().count(), names, types }
}

struct Walk {
    /// The module that `super` is above.
    own: Vec<String>,
    /// Modules that the file declares: a path may begin with one.
    children: Vec<String>,
    /// How many modules inside the file we are in.
    depth: usize,
    /// How many brackets we are in.
    groups: usize,
    names: Vec<(bool, Vec<String>)>,
    types: Vec<String>,
}

impl Walk {
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let word = |at: usize| match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
            _ => None,
        };
        let is = |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == c);
        let mut at = 0;
        let mut is_handed_on = false;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Punct(punct) if punct.as_char() == ';' => is_handed_on = false,
                TokenTree::Group(group) => {
                    let is_inner = at >= 2 && word(at - 2).as_deref() == Some("mod");
                    self.depth += usize::from(is_inner);
                    self.groups += 1;
                    self.tokens(group.stream());
                    self.groups -= 1;
                    self.depth -= usize::from(is_inner);
                }
                TokenTree::Ident(ident) => {
                    let ident = ident.to_string();
                    match (ident.as_str(), word(at + 1)) {
                        ("mod", Some(child)) if is(at + 2, ';') => self.children.push(child),
                        // Inside brackets `type` is what a trait asks for; inside a module are tests.
                        ("type", Some(name)) if self.groups == 0 => self.types.push(name),
                        ("struct" | "enum" | "trait", Some(name)) if self.depth == 0 => self.types.push(name),
                        ("use", _) => {
                            is_handed_on = at > 0
                                && (word(at - 1).as_deref() == Some("pub")
                                    || matches!(&tokens[at - 1], TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis));
                        }
                        _ => {}
                    }
                    let is_declared = at >= 1 && word(at - 1).as_deref() == Some("mod");
                    let goes_on = is_declared || (at >= 2 && is(at - 1, ':') && is(at - 2, ':'));
                    if !goes_on && let Some(start) = self.start(&ident) {
                        self.path(&tokens, at + 1, start, is_handed_on);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// What a path that begins with `word` begins with, seen from the root of `src/`.
    fn start(&self, word: &str) -> Option<Vec<String>> {
        match word {
            "crate" | "venvars" => Some(Vec::new()),
            "super" => {
                let mut own = self.own.clone();
                if self.depth == 0 {
                    own.pop();
                }
                Some(own)
            }
            "self" => Some(self.own.clone()),
            _ if self.children.iter().any(|child| child == word) => {
                Some(self.own.iter().cloned().chain([word.to_owned()]).collect())
            }
            _ => None,
        }
    }

    /// Notes the paths that go on from `start` with the tokens from `at`.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize, start: Vec<String>, is_handed_on: bool) {
        let mut path = start;
        let colons = |at: usize| {
            [at, at + 1]
                .iter()
                .all(|at| matches!(tokens.get(*at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':'))
        };
        while colons(at) {
            at += 2;
            match tokens.get(at) {
                Some(TokenTree::Ident(ident)) if *ident == "super" => {
                    path.pop();
                }
                Some(TokenTree::Ident(ident)) => path.push(ident.to_string()),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    let parts = inside
                        .split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','));
                    for part in parts {
                        if let Some(TokenTree::Ident(ident)) = part.first() {
                            let mut start = path.clone();
                            if *ident != "self" {
                                start.push(ident.to_string());
                            }
                            self.path(part, 1, start, is_handed_on);
                        }
                    }
                    return;
                }
                _ => break,
            }
            at += 1;
        }
        self.names.push((is_handed_on, path));
    }
}

/// The module that `path` leads into: the longest beginning of it that is one.
fn target<'m>(modules: &'m [Module], path: &[String]) -> Option<&'m Module> {
    (1..=path.len()).rev().find_map(|end| modules.iter().find(|module| module.name == path[..end]))
}

fn floor(name: &[String]) -> usize {
    FLOORS.iter().position(|floor| name.first().is_some_and(|first| first == floor)).unwrap_or(FLOORS.len())
}

/// Each module with what it knows.
fn arrows(modules: &[Module]) -> BTreeMap<String, BTreeSet<String>> {
    let known = |module: &Module| {
        let targets = module.names.iter().filter_map(|(_, path)| target(modules, path));
        targets.map(|target| target.name.join("/")).filter(|name| *name != module.name.join("/")).collect()
    };
    modules.iter().map(|module| (module.name.join("/"), known(module))).collect()
}

fn upward(modules: &[Module]) -> Vec<String> {
    let parts = |name: &str| name.split('/').map(str::to_owned).collect::<Vec<_>>();
    arrows(modules)
        .iter()
        .flat_map(|(from, targets)| targets.iter().map(move |to| (from, to)))
        .filter(|(from, to)| floor(&parts(to)) > floor(&parts(from)))
        .map(|(from, to)| format!("{from} → {to}"))
        .collect()
}

/// The modules that lie on a circle: those that can be reached from themselves. The files in a folder may use the
/// types of the folder's own file, which uses them: that is one room, and no circle.
fn round(modules: &[Module]) -> Vec<String> {
    let mut arrows = arrows(modules);
    for (from, targets) in &mut arrows {
        targets.retain(|to| !from.starts_with(&format!("{to}/")));
    }
    let is_round = |start: &String| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&String> = arrows[start].iter().collect();
        while let Some(name) = next.pop() {
            if name == start {
                return true;
            }
            if seen.insert(name) {
                next.extend(&arrows[name]);
            }
        }
        false
    };
    arrows.keys().filter(|name| is_round(name)).cloned().collect()
}

fn handed_on(modules: &[Module]) -> Vec<String> {
    let across = |module: &Module| {
        let names = module.names.iter().filter(|(is_handed_on, _)| *is_handed_on);
        let others =
            names.filter(|(_, path)| floor(path) != floor(&module.name) && floor(path) < FLOORS.len());
        others
            .map(|(_, path)| format!("{} hands on {}", module.name.join("/"), path.join("::")))
            .collect::<Vec<_>>()
    };
    modules.iter().flat_map(across).collect()
}

fn shared(modules: &[Module]) -> Vec<String> {
    let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for module in modules {
        for name in &module.types {
            files.entry(name).or_default().push(module.name.join("/"));
        }
    }
    let shared = files.into_iter().filter(|(_, files)| files.len() > 1);
    shared.map(|(name, files)| format!("{name}: {}", files.join(", "))).collect()
}

fn no_file_knows_one_above_it() {
    let modules = source();
    assert!(modules.iter().all(|module| floor(&module.name) < FLOORS.len()), "a file stands on no floor");
    let upward = upward(&modules);
    assert!(upward.is_empty(), "{upward:#?}");
}

fn no_files_know_each_other() {
    let round = round(&source());
    assert!(round.is_empty(), "{round:#?}");
}

fn no_name_is_handed_on_across_floors() {
    let handed_on = handed_on(&source());
    assert!(handed_on.is_empty(), "{handed_on:#?}");
}

fn no_file_is_long() {
    let long: Vec<String> = source()
        .iter()
        .filter(|module| module.lines > MOST_LINES)
        .map(|module| format!("{}: {} lines", module.name.join("/"), module.lines))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

fn no_type_name_stands_for_two_things() {
    let shared = shared(&source());
    assert!(shared.is_empty(), "{shared:#?}");
}

/// Each of the above fails on a source that breaks its rule.
fn the_tests_see_what_is_wrong() {
    let module = |name: &str, text: &str| read(name.split('/').map(str::to_owned).collect(), text);
    let modules = [
        module("words/error", "use crate::session::plan::Plan; struct A;"),
        module("session/plan", "// crate::edge::cli\nconst A: &str = \"crate::edge::cli\"; struct A;"),
        module("world/disk", "mod lock; fn f() { let a = lock::take(); }"),
        module("world/disk/lock", "use super::{self, read};"),
        module("world/git/pack", "fn f() { super::store::g() }"),
        module("world/git/store", "use crate::world::git::{delta::D, pack::Pack};"),
        // Round by a folder's own file.
        module("world/age", "mod keys; use keys::Key;"),
        module("world/age/keys", "use super::Message; use crate::world::prompt;"),
        module("world/prompt", "use crate::world::age::Message;"),
        module("model/secrets", "pub use crate::words::{error::Error, name};"),
        module("engines/search", "fn f() -> super::super::world::disk::lock::Lock { g() }"),
    ];
    assert_eq!(upward(&modules), ["engines/search → world/disk/lock", "words/error → session/plan"]);
    assert_eq!(
        round(&modules),
        ["world/age", "world/age/keys", "world/git/pack", "world/git/store", "world/prompt"]
    );
    assert_eq!(handed_on(&modules).len(), 2);
    assert_eq!(shared(&modules), ["A: words/error, session/plan"]);
}
