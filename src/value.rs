//! A secret in memory.

use std::fmt;

use zeroize::Zeroizing;

/// The value of a variable. Debugging prints never show it, and its memory is cleared when it is
/// dropped. It never holds a NUL: no environment can.
#[derive(Clone, PartialEq, Eq)]
pub struct Value(Zeroizing<String>);

impl Value {
    /// Takes over `text`, or nothing if it holds a NUL.
    #[must_use]
    pub fn new(text: String) -> Option<Self> {
        let text = Zeroizing::new(text);
        (!text.contains('\0')).then_some(Self(text))
    }

    /// The plain text, for whoever writes it where it belongs.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(…)")
    }
}
