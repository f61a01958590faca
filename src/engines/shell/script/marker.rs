//! The marker lines that frame a block, and what lies between them.

use std::borrow::Cow;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::engines::shell::Shell;
use crate::engines::shell::block::{INLINE_CSH, OLD_INLINE_CSH, UNLESS};
use crate::engines::shell::quote::VALUE_NEWLINE;
use crate::engines::shell::script::Unfit;
use crate::engines::shell::script::layout::{Place, ScriptKind, Slots};
use crate::engines::shell::script::note::Note;
use crate::engines::shell::script::signature;
use crate::words::table;

table! {
    /// What is ours in a script.
    pub enum Part {
        /// What the version before wrote inside `deactivate`.
        OldUnset = ">>> venvars unset >>>", "<<< venvars unset <<<";
        /// What the version before wrote where the generator's activation is done.
        OldExport = ">>> venvars export >>>", "<<< venvars export <<<";
        /// The program, the same for all values.
        Program = ">>> venvars >>>", "<<< venvars <<<";
        /// The values, or the question for them. A note stands behind its first marker.
        Data = ">>> venvars >>>", "<<< venvars <<<";
        /// The one line inside `deactivate`, which has no markers.
        Inside = "", "";
    }
    /// The marker of its first line.
    begin: &'static str = 0;
    /// The marker of its last line.
    end: &'static str = 1;
}

impl Part {
    fn holds_values(self) -> bool {
        matches!(self, Self::Data | Self::OldExport)
    }
}

/// How our line inside `deactivate` ends, behind the shell's sign for a comment, and what is in it.
const INSIDE: (&str, &str) = (" venvars", "_venvars_");

/// A script without blocks, and where they were.
#[derive(Debug, Default)]
pub(super) struct Stripped {
    /// What is left.
    pub base: Vec<u8>,
    /// Whether there was any block.
    pub found: bool,
    /// Where in `base` they stood.
    pub at: Slots,
    /// The data block, without its last marker line.
    pub data: Zeroizing<Vec<u8>>,
    /// Whether the data is of the version before.
    pub is_old: bool,
    /// What the data block notes.
    pub note: Note,
}

/// What a line is to us.
enum ScriptLine<'a> {
    /// With what stands behind the marker.
    Begin(Part, Cow<'a, str>),
    End(Part),
    Inside,
    Other,
}

fn read(kind: ScriptKind, line: &[u8]) -> ScriptLine<'_> {
    let line = line.trim_ascii();
    let comment = kind.comment().as_bytes();
    let Some(text) = line.strip_prefix(comment).and_then(|rest| rest.strip_prefix(b" ")) else {
        let code = line.strip_suffix(INSIDE.0.as_bytes()).and_then(|rest| rest.strip_suffix(comment));
        let names_ours = |code: &[u8]| code.windows(INSIDE.1.len()).any(|at| at == INSIDE.1.as_bytes());
        let is_ours = kind.has_inside() && code.is_some_and(names_ours);
        return if is_ours { ScriptLine::Inside } else { ScriptLine::Other };
    };
    for part in Part::ALL.into_iter().filter(|part| *part != Part::Inside) {
        if text == part.end().as_bytes() {
            return ScriptLine::End(part);
        }
        let Some(behind) = text.strip_prefix(part.begin().as_bytes()) else {
            continue;
        };
        match part {
            Part::Program if !behind.is_empty() => {}
            Part::Data if !behind.starts_with(b" ") => {}
            _ => return ScriptLine::Begin(part, String::from_utf8_lossy(behind.trim_ascii_start())),
        }
    }
    ScriptLine::Other
}

/// Whether a last line of `end` is that of a block whose first line is of `begin`.
fn is_pair(begin: Part, end: Part) -> bool {
    begin.end() == end.end()
}

/// Where every block of `text` is, marker lines and all, in bytes. One without an end is none: nobody knows where it
/// would end.
#[must_use]
pub fn blocks(kind: ScriptKind, text: &[u8]) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut open = None;
    let mut offset = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match (read(kind, line), open) {
            (ScriptLine::Begin(part, _), _) => open = Some((part, offset)),
            (ScriptLine::End(part), Some((opened, start))) if is_pair(opened, part) => {
                blocks.push(start..offset + line.len());
                open = None;
            }
            _ => {}
        }
        offset += line.len();
    }
    blocks
}

impl Stripped {
    /// Notes that `part` stood here, `indent` spaces from the left.
    fn note_place(&mut self, kind: ScriptKind, part: Part, indent: usize) -> Result<(), ()> {
        // The version before wrote its marker lines at the very left.
        let is_inside = matches!(part, Part::Inside | Part::OldUnset) && kind.has_inside();
        let indent = if is_inside { indent.max(4) } else { indent };
        let place = Place { offset: self.base.len(), indent };
        let place_of = match part {
            Part::Program => &mut self.at.program,
            Part::Data | Part::OldExport => &mut self.at.data,
            // These scripts have no `deactivate` around it.
            Part::OldUnset if kind.is_way_back() => &mut self.at.program,
            Part::Inside | Part::OldUnset => &mut self.at.inside,
        };
        self.found = true;
        if place_of.replace(place).is_some() { Err(()) } else { Ok(()) }
    }

    /// At the end of a file that had no final newline, what is ours brought one along: `line_end`.
    fn take_line_end(&mut self, line_end: &[u8]) {
        if self.base.ends_with(line_end) {
            let length = self.base.len() - line_end.len();
            self.base.truncate(length);
            // Several may stand at the end.
            let Slots { program, inside, data, .. } = &mut self.at;
            for place in [program, inside, data].into_iter().flatten() {
                place.offset = place.offset.min(length);
            }
        }
    }
}

/// Takes all that is ours out of `text`.
///
/// # Errors
/// A marker line has no partner, or there is a second block of its kind.
pub(super) fn strip(kind: ScriptKind, text: &[u8]) -> Result<Stripped, Unfit> {
    let mut stripped = Stripped { base: Vec::with_capacity(text.len()), ..Stripped::default() };
    // The block that we are in: which, the number of its first line, where that line begins.
    let mut open: Option<(Part, usize, usize)> = None;
    let mut offset = 0;
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        let indent = || line.iter().take_while(|byte| **byte == b' ').count();
        match (read(kind, line), open) {
            (ScriptLine::Begin(part, note), None) => {
                stripped.note_place(kind, part, indent()).map_err(|()| Unfit::HalfBlock(number))?;
                match part {
                    Part::Data => stripped.note = Note::read(kind, &note),
                    Part::OldExport => stripped.note = Note::read_old(&note),
                    Part::Program | Part::Inside | Part::OldUnset => {}
                }
                open = Some((part, number, offset));
            }
            (ScriptLine::End(end), Some((part, _, begin))) if is_pair(part, end) => {
                if part.holds_values() {
                    stripped.is_old = part == Part::OldExport;
                    stripped.data = Zeroizing::new(text[begin..offset].to_vec());
                    if kind == ScriptKind::PowerShell {
                        stripped.base.extend_from_slice(&signature::give_back(&text[begin..offset]));
                    }
                }
                if !line.ends_with(b"\n") {
                    stripped.take_line_end(line_end(&text[begin..]));
                }
                open = None;
            }
            (ScriptLine::Begin(..) | ScriptLine::End(_), Some((_, first, _))) => {
                return Err(Unfit::HalfBlock(first));
            }
            (ScriptLine::End(_), None) => return Err(Unfit::HalfBlock(number)),
            (ScriptLine::Other | ScriptLine::Inside, Some(_)) => {}
            (ScriptLine::Inside, None) => {
                stripped.note_place(kind, Part::Inside, indent()).map_err(|()| Unfit::HalfBlock(number))?;
                if !line.ends_with(b"\n") {
                    stripped.take_line_end(line_end(text));
                }
            }
            (ScriptLine::Other, None) => match inline(kind, line) {
                Some((before, after)) => {
                    stripped.found = true;
                    stripped.base.extend_from_slice(before);
                    stripped.at.inline = Some(stripped.base.len());
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
fn inline(kind: ScriptKind, line: &[u8]) -> Option<(&[u8], &[u8])> {
    const ALIAS: &[u8] = b"alias deactivate '";
    if kind != ScriptKind::Csh {
        return None;
    }
    let text = line.strip_prefix(ALIAS)?;
    let after =
        [INLINE_CSH, OLD_INLINE_CSH].iter().find_map(|inline| text.strip_prefix(inline.as_bytes()))?;
    Some((&line[..ALIAS.len()], after))
}

/// The names of the variables that `data` sets, and whether each takes the place of one that is there
/// already.
pub(super) fn names(shell: Shell, data: &[u8]) -> Vec<(&str, bool)> {
    let [before, between, _] = shell.assignment();
    let lines = || data.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    let unless: Vec<&str> = lines()
        .filter_map(|line| line.split_once(UNLESS)?.1.trim().into())
        .flat_map(str::split_ascii_whitespace)
        .collect();
    // A line of a value never begins so: each literal begins its own with a quote.
    let name = |line: &'_ str| -> Option<usize> {
        let rest = line.trim_start_matches([' ', '\\']).strip_prefix(before)?;
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let (name, behind) = rest.split_at(length);
        (!name.is_empty() && behind.starts_with(between)).then_some(line.len() - rest.len())
    };
    lines()
        .filter_map(|line| {
            let rest = &line[name(line)?..];
            let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
            // Where the program stands with the data, it sets what is its own.
            let is_ours = name.starts_with("_venvars") || name.starts_with("_VENVARS");
            (!is_ours).then(|| (name, !unless.contains(&name)))
        })
        .collect()
}

/// The line end that a text uses: that of its first line.
fn line_end(text: &[u8]) -> &'static [u8] {
    match text.iter().position(|byte| *byte == b'\n') {
        Some(at) if at > 0 && text[at - 1] == b'\r' => b"\r\n",
        _ => b"\n",
    }
}

/// Puts `parts` into `base`, in the order of their places, and csh's text at `inline`.
pub(super) fn insert(
    kind: ScriptKind,
    base: &[u8],
    inline: Option<usize>,
    parts: &[(Place, Part, &str)],
    note: &Note,
) -> Vec<u8> {
    let line_end = line_end(base);
    let mut insertions: Vec<(usize, Vec<u8>)> = Vec::with_capacity(4);
    let mut keep_until = base.len();
    if let Some(offset) = inline {
        insertions.push((offset, INLINE_CSH.as_bytes().to_vec()));
    }
    for (place, part, block) in parts {
        let mut kept = Vec::new();
        if kind == ScriptKind::PowerShell
            && part.holds_values()
            && let Some(start) = signature::start(base)
            // What follows a signature is none of it: then it is no signature, and stays.
            && parts.iter().all(|(place, ..)| place.offset <= start)
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
        let push = |text: &mut Vec<u8>, line: &str| {
            if !line.is_empty() {
                text.extend(std::iter::repeat_n(b' ', place.indent));
            }
            text.extend(
                line.bytes().map(|byte| if VALUE_NEWLINE.as_bytes() == [byte] { b'\n' } else { byte }),
            );
            text.extend_from_slice(line_end);
        };
        let comment = kind.comment();
        let begin = part.begin();
        match part {
            Part::Inside => {}
            Part::Data => push(&mut text, &format!("{comment} {begin} {}", note.write(kind))),
            Part::Program | Part::OldUnset | Part::OldExport => {
                push(&mut text, &format!("{comment} {begin}"));
            }
        }
        block.lines().for_each(|line| push(&mut text, line));
        text.extend_from_slice(&kept);
        if *part != Part::Inside {
            push(&mut text, &format!("{comment} {}", part.end()));
        }
        if open_ended {
            text.truncate(text.len() - line_end.len());
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
