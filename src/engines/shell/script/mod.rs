//! Putting blocks into scripts and taking them out again: bytes in, bytes out.

mod layout;
mod marker;
mod note;
mod signature;

use std::path::Path;

use zeroize::Zeroizing;

use crate::engines::shell::block::Blocks;
use crate::words::error::{Error, Position};

pub use layout::ScriptKind;
use layout::Slots;
pub use marker::blocks;
use marker::{Part, Stripped};
pub use note::Note;

/// Why a script is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// Its layout is not recognised: what was looked for and is not there exactly once.
    UnknownLayout(&'static str),
    /// A marker line has no partner: its line, from 1.
    HalfBlock(usize),
    /// It does not work in any current version of its shell, so there is nothing to add to.
    Obsolete(&'static str),
}

impl Unfit {
    /// It as an error about `file`, with its place and the way out.
    #[must_use]
    pub fn about(&self, file: &Path) -> Error {
        let (what, hint) = match self {
            Self::UnknownLayout(looked_for) => (
                format!("layout not recognised: expected {looked_for}"),
                "recreate the virtual environment, or skip this script with --shell",
            ),
            Self::HalfBlock(_) => (
                "incomplete venvars block: this marker has no counterpart".to_owned(),
                "delete the rest of the block by hand, or recreate the virtual environment",
            ),
            Self::Obsolete(why) => ((*why).to_owned(), "recreate the virtual environment with a newer tool"),
        };
        let error = Error::syntax(what).in_file(file).hint(hint);
        match self {
            Self::HalfBlock(line) => error.at(Position { line: *line, column: 1 }),
            Self::UnknownLayout(_) | Self::Obsolete(_) => error,
        }
    }
}

/// A script, taken apart.
pub struct Script {
    kind: ScriptKind,
    stripped: Stripped,
}

impl Script {
    /// Takes `content` apart.
    ///
    /// # Errors
    /// It holds half a block.
    pub fn parse(kind: ScriptKind, content: &[u8]) -> Result<Self, Unfit> {
        Ok(Self { kind, stripped: marker::strip(kind, content)? })
    }

    /// Whether there is any block in it.
    #[must_use]
    pub fn is_applied(&self) -> bool {
        self.stripped.found
    }

    /// The generator's own text, with all that was edited by hand outside the blocks.
    #[must_use]
    pub fn without_blocks(&self) -> &[u8] {
        &self.stripped.base
    }

    /// Whether it has blocks that the version before wrote.
    #[must_use]
    pub fn is_old(&self) -> bool {
        self.stripped.is_old
    }

    /// What its data block notes.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.stripped.note
    }

    /// The script with `blocks`; a block that is there already stays where it is. `note` is written
    /// into it for [`Script::note`].
    ///
    /// # Errors
    /// The layout is not recognised.
    pub fn with_blocks(&self, blocks: &Blocks, note: &Note) -> Result<Vec<u8>, Unfit> {
        if blocks.data.is_empty() {
            return Ok(self.stripped.base.clone());
        }
        let Slots { program, inside, data, inline } = self.places()?;
        let mut parts = Vec::with_capacity(3);
        let mut add = |place: Option<_>, part, text| parts.extend(place.map(|place| (place, part, text)));
        add(program.filter(|_| !blocks.program.is_empty()), Part::Program, blocks.program);
        add(inside, Part::Inside, blocks.inside);
        add(data, Part::Data, blocks.data.as_str());
        Ok(marker::insert(self.kind, &self.stripped.base, inline, &parts, note))
    }

    fn places(&self) -> Result<Slots, Unfit> {
        let signature = signature::start(&self.stripped.base).filter(|_| self.kind == ScriptKind::PowerShell);
        let Slots { program, inside, data, inline } = self.stripped.at;
        let known = Slots {
            program: program.filter(|_| self.kind.has_inside() || self.kind.is_way_back()),
            inside: inside.filter(|_| self.kind.has_inside()),
            // The data keeps the signature, so it stands where that does.
            data: data.filter(|at| signature.is_none_or(|start| start == at.offset)),
            inline,
        };
        // All are where they belong: no need to look for their places again.
        if self.kind.has_all(known) {
            return Ok(known);
        }
        let places = layout::places(self.kind, &self.stripped.base)?;
        Ok(Slots {
            program: known.program.filter(|_| places.program.is_some()).or(places.program),
            inside: known.inside.filter(|_| places.inside.is_some()).or(places.inside),
            data: known.data.filter(|_| places.data.is_some()).or(places.data),
            inline: places.inline,
        })
    }

    /// The data block that it holds; empty if it holds none.
    #[must_use]
    pub fn data(&self) -> Zeroizing<String> {
        Zeroizing::new(String::from_utf8_lossy(&self.stripped.data).into_owned())
    }

    /// `content`, which is the script as it is, with a comment in the place of the values that the version
    /// before wrote.
    #[must_use]
    pub fn without_old_values(&self, content: &[u8]) -> Vec<u8> {
        let data = &self.stripped.data;
        let marker = data.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        let comment = format!("{} Written by an older venvars: not shown.\n", self.kind.comment());
        match content.windows(data.len().max(1)).position(|at| at == &data[..]) {
            Some(at) => [&content[..at], marker, comment.as_bytes(), &content[at + data.len()..]].concat(),
            None => self.stripped.base.clone(),
        }
    }

    /// The names of the variables in its data block, if it holds values, and whether each takes the place
    /// of one that is there already.
    #[must_use]
    pub fn names(&self) -> Vec<(&str, bool)> {
        marker::names(self.kind.shell(), &self.stripped.data)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pieces that scripts are made of, and pieces that should confuse us.
    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        const PIECES: [&[u8]; 24] = [
            b"deactivate () {\n",
            b"function deactivate\n",
            b"function global:deactivate ([switch]$NonDestructive) {\r\n",
            b"alias deactivate 'test 1'\n",
            b"setenv PATH \"x\"\n",
            b"export-env {\n    load-env $new_env\n}\n",
            b"    def deactivate(self):\n",
            b"@set \"PATH=%VIRTUAL_ENV%\\bin;%PATH%\"\r\n",
            b"@set VIRTUAL_ENV=\r\n",
            b"# SIG # Begin signature block\r\n# MII\r\n# SIG # End signature block",
            b"# >>> venvars unset >>>\n",
            b"# <<< venvars unset <<<\n",
            b"# >>> venvars export >>>\n",
            b"# <<< venvars export <<<",
            b"# >>> venvars >>>\n",
            b"# >>> venvars >>> 1 /a profile=b\n",
            b"# <<< venvars <<<",
            b"    _venvars_unset # venvars\n",
            b"#venvars+ x\n#venvars- \n",
            b"\n",
            b"\r\n",
            b"\r",
            b"\xff\x00 text",
            b"    indented\n",
        ];
        let piece = prop::sample::select(&PIECES[..]);
        let any = prop::collection::vec(any::<u8>(), 0..12);
        prop::collection::vec(prop_oneof![4 => piece.prop_map(<[u8]>::to_vec), 1 => any], 0..14)
            .prop_map(|pieces| pieces.concat())
    }

    fn blocks() -> Blocks {
        Blocks {
            program: "program () {\n\n}\n",
            inside: "_venvars_unset # venvars\n",
            data: Zeroizing::new("A='one\0'\"\"'# <<< venvars export <<<'\n".to_owned()),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        /// Whatever the bytes: no panic, and taking out what was put in gives them back.
        #[test]
        fn remove_after_apply_gives_the_input_back(text in pieces(), index in 0usize..10, mode in prop::option::of(0u32..0o10000), profile in prop::option::of("[a-z][a-z0-9_.-]{0,9}"), is_live: bool) {
            let note = Note { project: "/a b".into(), profile, is_live, mode };
            let kind = ScriptKind::ALL[index];
            let Ok(script) = Script::parse(kind, &text) else { return Ok(()) };
            let base = script.without_blocks().to_vec();
            let Ok(applied) = script.with_blocks(&blocks(), &note) else { return Ok(()) };
            let again = Script::parse(kind, &applied).unwrap();
            prop_assert_eq!(again.without_blocks(), &base[..]);
            if kind.holds_values() {
                prop_assert_eq!(again.note(), &note);
                prop_assert!(!again.is_old());
            }
            prop_assert_eq!(again.with_blocks(&blocks(), &note).unwrap(), applied);
            if !script.is_applied() {
                prop_assert_eq!(base, text);
            }
        }
    }

    /// Scripts to which the version before was applied, and the generator's own.
    #[test]
    fn blocks_of_the_version_before_are_replaced_and_taken_out() {
        macro_rules! scripts {
            ($($name:literal)*) => {[$((
                $name,
                &include_bytes!(concat!("../../../../tests/it/old/", $name))[..],
                &include_bytes!(concat!("../../../../tests/it/old/", $name, ".applied"))[..],
            )),*]};
        }
        let scripts = scripts!(
            "activate" "activate.csh" "deactivate.csh" "activate.nu" "activate.xsh" "activate.bat"
            "deactivate.bat" "activate_this.py"
        );
        for (name, own, old) in scripts {
            let kind = ScriptKind::of(name).unwrap();
            let script = Script::parse(kind, old).unwrap();
            assert!(script.is_applied(), "{name}");
            assert_eq!(script.without_blocks(), own, "{name}");
            if kind.holds_values() {
                assert!(script.is_old(), "{name}");
                assert_eq!(script.note().mode, Some(0o644), "{name}");
            }
            let shown = script.without_old_values(old);
            assert!(!String::from_utf8_lossy(&shown).contains("of the version before"), "{name}");
            let note = Note { project: "/p".into(), ..Note::default() };
            let anew = script.with_blocks(&blocks(), &note).unwrap();
            let fresh = Script::parse(kind, own).unwrap().with_blocks(&blocks(), &note).unwrap();
            assert_eq!(anew, fresh, "{name}");
        }
    }
}
