//! Templates: the only place where anything is expanded.

use zeroize::Zeroizing;

use crate::words::name::Name;
use crate::words::secret::LONGEST;

/// A text with variables in it: `${NAME}` is the value of another variable, `$$` a dollar.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq)]
enum Piece {
    Text(Zeroizing<String>),
    Name(Name),
}

impl Template {
    /// Reads `text`.
    ///
    /// # Errors
    /// A dollar that is neither `$$` nor the beginning of a `${NAME}`: what is wrong, for a person
    /// to read, without any of the text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut pieces = Vec::new();
        let mut plain = Zeroizing::new(String::new());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            plain.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            if let Some(after) = after.strip_prefix('$') {
                plain.push('$');
                rest = after;
            } else if let Some(after) = after.strip_prefix('{') {
                let (name, after) = after.split_once('}').ok_or("a `${` without its `}`")?;
                // The text is not shown: it may be part of a secret.
                let name = Name::new(name)
                    .map_err(|_| "the text between `${` and `}` cannot be the name of a variable")?;
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(Piece::Name(name));
                rest = after;
            } else {
                return Err("a dollar that is neither `${NAME}` nor `$$`");
            }
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self { pieces })
    }

    /// The variables in it, in their order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Name(name) => Some(name),
        })
    }

    /// The text with the values that `value` gives; [`None`] if it has none for one of the names. What is longer
    /// than any value may be is cut.
    #[must_use]
    pub fn expand<'a>(&self, value: impl Fn(&Name) -> Option<&'a str>) -> Option<Zeroizing<String>> {
        let mut text = Zeroizing::new(String::new());
        for piece in &self.pieces {
            if text.len() > 4 * LONGEST {
                break;
            }
            text.push_str(match piece {
                Piece::Text(plain) => plain,
                Piece::Name(name) => value(name)?,
            });
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> Result<String, &'static str> {
        let template = Template::parse(text)?;
        Ok(template.expand(|name| (name.as_str() == "A").then_some("${A} $x")).unwrap().to_string())
    }

    #[test]
    fn a_reference_is_replaced_and_a_double_dollar_is_one() {
        assert_eq!(expand("").unwrap(), "");
        assert_eq!(expand("$$${A}$$$$").unwrap(), "$${A} $x$$");
        assert_eq!(expand("x${A}y${A}").unwrap(), "x${A} $xy${A} $x");
        assert_eq!(expand("$${A}").unwrap(), "${A}");
        for wrong in ["$", "a$b", "${", "${A", "${}", "${A-b}", "${A}$", "${a b}", "$(id)"] {
            assert!(expand(wrong).is_err(), "{wrong}");
        }
        assert!(Template::parse("${B}").unwrap().expand(|_| None).is_none());
    }
}
