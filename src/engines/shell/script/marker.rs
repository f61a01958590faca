//! The marker lines that frame a block, and what lies between them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;
use zeroize::Zeroizing;

use crate::engines::shell::block::INLINE_CSH;
use crate::engines::shell::quote::VALUE_NEWLINE;
use crate::engines::shell::script::Unfit;
use crate::engines::shell::script::layout::{Kind, Place};
use crate::engines::shell::script::signature;
use crate::words::profile::{ProfileName, TOP};

/// The two blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Unset,
    Export,
}

impl Part {
    fn begin(self) -> &'static str {
        match self {
            Self::Unset => ">>> venvars unset >>>",
            Self::Export => ">>> venvars export >>>",
        }
    }

    fn end(self) -> &'static str {
        match self {
            Self::Unset => "<<< venvars unset <<<",
            Self::Export => "<<< venvars export <<<",
        }
    }
}

/// Stands on an export block's first line before the permissions that the script had, in octal.
const MODE: &str = "the script's mode was ";
/// Stands there before the profile that was asked for.
const PROFILE: &str = "profile ";
/// Stands there if the block holds no values and asks for them.
const LIVE: &str = "live";

/// What an export block's first line notes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Note {
    /// The permissions that the script had before it held values, if they were others.
    pub mode: Option<u32>,
    /// The profile that was asked for.
    pub profile: Option<String>,
    /// Whether the block holds no values and asks for them.
    pub is_live: bool,
}

impl Note {
    /// Reads the first line of an export block.
    fn read(line: &[u8]) -> Self {
        let line = String::from_utf8_lossy(line);
        let Some((_, notes)) = line.trim().split_once(Part::Export.begin()) else {
            return Self::default();
        };
        let notes = || notes.split(", ").map(str::trim);
        let mode = notes().find_map(|note| u32::from_str_radix(note.strip_prefix(MODE)?, 8).ok());
        let profile = notes().find_map(|note| note.strip_prefix(PROFILE));
        Self {
            mode: mode.filter(|mode| *mode <= 0o7777),
            is_live: notes().any(|note| note == LIVE),
            profile: profile.filter(|name| ProfileName::new(name).is_ok() || *name == TOP).map(str::to_owned),
        }
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let profile = self.profile.as_ref().map(|profile| format!("{PROFILE}{profile}"));
        let mode = self.mode.map(|mode| format!("{MODE}{mode:o}"));
        let notes: Vec<String> =
            self.is_live.then(|| LIVE.to_owned()).into_iter().chain(profile).chain(mode).collect();
        f.write_str(&notes.join(", "))
    }
}

/// A script without blocks, and where they were.
#[derive(Debug, Default)]
pub(super) struct Stripped {
    /// What is left.
    pub base: Vec<u8>,
    /// Whether there was any block.
    pub found: bool,
    /// Where in `base` the unset block stood.
    pub unset_at: Option<Place>,
    /// Where in `base` the export block stood.
    pub export_at: Option<Place>,
    /// Where in `base` the text inside csh's alias stood.
    pub inline_at: Option<usize>,
    /// The export block, marker lines and all.
    pub export: Zeroizing<Vec<u8>>,
    /// What the export block notes.
    pub note: Note,
}

/// What a line is to us.
enum Line {
    Begin(Part),
    End(Part),
    Other,
}

fn read(kind: Kind, line: &[u8]) -> Line {
    let line = line.trim_ascii();
    let Some(text) = line.strip_prefix(kind.comment().as_bytes()).and_then(|rest| rest.strip_prefix(b" "))
    else {
        return Line::Other;
    };
    for part in [Part::Unset, Part::Export] {
        if text.starts_with(part.begin().as_bytes()) {
            return Line::Begin(part);
        }
        if text == part.end().as_bytes() {
            return Line::End(part);
        }
    }
    Line::Other
}

/// Where every block of `text` is. One without an end is none: nobody knows where it would end.
pub(super) fn blocks(kind: Kind, text: &[u8]) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut open = None;
    let mut offset = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match (read(kind, line), open) {
            (Line::Begin(part), _) => open = Some((part, offset)),
            (Line::End(part), Some((opened, start))) if part == opened => {
                blocks.push(start..offset + line.len());
                open = None;
            }
            _ => {}
        }
        offset += line.len();
    }
    blocks
}

/// Takes every block out of `text`.
///
/// # Errors
/// A marker line has no partner, or there is a second block of its kind.
pub(super) fn strip(kind: Kind, text: &[u8]) -> Result<Stripped, Unfit> {
    let mut stripped = Stripped { base: Vec::with_capacity(text.len()), ..Stripped::default() };
    // The block that we are in: which, the number of its first line, where that line begins.
    let mut open: Option<(Part, usize, usize)> = None;
    let mut offset = 0;
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        match (read(kind, line), open) {
            (Line::Begin(part), None) => {
                let place = match part {
                    Part::Unset => &mut stripped.unset_at,
                    Part::Export => &mut stripped.export_at,
                };
                let indent = line.iter().take_while(|byte| **byte == b' ').count();
                if place.replace(Place { offset: stripped.base.len(), indent }).is_some() {
                    return Err(Unfit::HalfBlock(number));
                }
                stripped.found = true;
                if part == Part::Export {
                    stripped.note = Note::read(line);
                }
                open = Some((part, number, offset));
            }
            (Line::End(part), Some((opened, _, begin))) if part == opened => {
                if part == Part::Export {
                    stripped.export = Zeroizing::new(text[begin..offset].to_vec());
                    if kind == Kind::PowerShell {
                        stripped.base.extend_from_slice(&signature::give_back(&text[begin..offset]));
                    }
                }
                if !line.ends_with(b"\n") {
                    // At the end of a file that had no final newline, the block brought one along.
                    let line_end = line_end(&text[begin..]);
                    if stripped.base.ends_with(line_end) {
                        let length = stripped.base.len() - line_end.len();
                        stripped.base.truncate(length);
                        // Both blocks may stand at the end.
                        for place in [&mut stripped.unset_at, &mut stripped.export_at].into_iter().flatten() {
                            place.offset = place.offset.min(length);
                        }
                    }
                }
                open = None;
            }
            (Line::Begin(_) | Line::End(_), Some((_, first, _))) => return Err(Unfit::HalfBlock(first)),
            (Line::End(_), None) => return Err(Unfit::HalfBlock(number)),
            (Line::Other, Some(_)) => {}
            (Line::Other, None) => match inline(kind, line) {
                Some((before, after)) => {
                    stripped.found = true;
                    stripped.base.extend_from_slice(before);
                    stripped.inline_at = Some(stripped.base.len());
                    stripped.base.extend_from_slice(after);
                }
                None => stripped.base.extend_from_slice(line),
            },
        }
        offset += line.len();
    }
    match open {
        None => Ok(stripped),
        Some((_, first, _)) => Err(Unfit::HalfBlock(first)),
    }
}

/// What stands before and after our text inside a line of csh's.
fn inline(kind: Kind, line: &[u8]) -> Option<(&[u8], &[u8])> {
    const ALIAS: &[u8] = b"alias deactivate '";
    if kind != Kind::Csh {
        return None;
    }
    let after = line.strip_prefix(ALIAS)?.strip_prefix(INLINE_CSH.as_bytes())?;
    Some((&line[..ALIAS.len()], after))
}

/// The names of the variables in an export block, and whether each takes the place of one that is
/// there already.
pub(super) fn names(export: &[u8]) -> impl Iterator<Item = (&str, bool)> {
    macro_rules! list {
        ($before:literal) => {
            LazyLock::new(|| {
                Regex::new(concat!("(?-u)", $before, "((?:[A-Za-z_][A-Za-z0-9_]* )+)"))
                    .expect("a valid pattern")
            })
        };
    }
    // The list that the block sets _VENVARS to; xonsh's block makes that list and has it in a comment.
    static SET: LazyLock<Regex> = list!("(?:_VENVARS[^A-Za-z_\n]+|# Sets: )");
    static UNLESS: LazyLock<Regex> = list!("Set unless they are there: ");
    let names = |list: &Regex, overrides| {
        list.captures(export)
            .and_then(|captures| std::str::from_utf8(captures.get(1)?.as_bytes()).ok())
            .unwrap_or_default()
            .split_ascii_whitespace()
            .map(move |name| (name, overrides))
    };
    names(&SET, true).chain(names(&UNLESS, false))
}

/// The line end that a text uses: that of its first line.
fn line_end(text: &[u8]) -> &'static [u8] {
    match text.iter().position(|byte| *byte == b'\n') {
        Some(at) if at > 0 && text[at - 1] == b'\r' => b"\r\n",
        _ => b"\n",
    }
}

/// Puts `blocks` into `base`, in the order of their places, and csh's text at `inline`.
pub(super) fn insert(
    kind: Kind,
    base: &[u8],
    inline: Option<usize>,
    blocks: &[(Place, Part, &str)],
    note: &Note,
) -> Vec<u8> {
    let line_end = line_end(base);
    let mut insertions: Vec<(usize, Vec<u8>)> = Vec::with_capacity(3);
    let mut keep_until = base.len();
    if let Some(offset) = inline {
        insertions.push((offset, INLINE_CSH.as_bytes().to_vec()));
    }
    for (place, part, block) in blocks {
        let mut kept = Vec::new();
        if kind == Kind::PowerShell
            && *part == Part::Export
            && let Some(start) = signature::start(base)
            // What follows a signature is none of it: then it is no signature, and stays.
            && blocks.iter().all(|(place, ..)| place.offset <= start)
        {
            kept = signature::keep(&base[start..], line_end);
            keep_until = start;
        }
        let open_ended = place.offset == keep_until.min(base.len())
            && place.offset > 0
            && !base[..place.offset].ends_with(b"\n");
        let mut text = Vec::with_capacity(block.len() + kept.len() + 128);
        if open_ended {
            text.extend_from_slice(line_end);
        }
        let mut push = |line: &str| {
            text.extend(std::iter::repeat_n(b' ', place.indent));
            for (index, piece) in line.split(VALUE_NEWLINE).enumerate() {
                if index > 0 {
                    text.push(b'\n');
                }
                text.extend_from_slice(piece.as_bytes());
            }
            text.extend_from_slice(line_end);
        };
        let comment = kind.comment();
        match part {
            Part::Export if *note != Note::default() => push(&format!("{comment} {} {note}", part.begin())),
            _ => push(&format!("{comment} {}", part.begin())),
        }
        block.lines().for_each(&mut push);
        let end = format!("{comment} {}", part.end());
        text.extend_from_slice(&kept);
        text.extend(std::iter::repeat_n(b' ', place.indent));
        text.extend_from_slice(end.as_bytes());
        if !open_ended {
            text.extend_from_slice(line_end);
        }
        insertions.push((place.offset, text));
    }
    insertions.sort_by_key(|(offset, _)| *offset);
    let mut result =
        Vec::with_capacity(base.len() + insertions.iter().map(|(_, text)| text.len()).sum::<usize>());
    let mut done = 0;
    for (offset, text) in insertions {
        result.extend_from_slice(&base[done..offset]);
        result.extend_from_slice(&text);
        done = offset;
    }
    result.extend_from_slice(&base[done..keep_until]);
    result
}
