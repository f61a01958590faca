//! Lines in columns and colours, for a person. A colour never says anything that a word or a mark does not.

use anstyle::{AnsiColor, Effects, Style};
use venvars::words::message::legible;
use zeroize::Zeroizing;

/// What stands in one column of a line.
pub struct Cell(Vec<(Style, Zeroizing<String>)>);

/// A line.
pub type Row = Vec<Cell>;

/// As it should be.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// To be looked at.
pub const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
/// Not as it should be.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What a line is about.
pub const NAME: Style = Style::new().effects(Effects::BOLD);
/// What is only there for those who look for it.
pub const ASIDE: Style = Style::new().effects(Effects::DIMMED);

impl Cell {
    /// `text` in `style`; what would do something to a terminal is taken out of it.
    pub fn new(style: Style, text: &str) -> Self {
        Self(vec![(style, Zeroizing::new(legible(text)))])
    }

    /// The same with `other` right behind it.
    pub fn and(mut self, mut other: Self) -> Self {
        self.0.append(&mut other.0);
        self
    }

    /// The same in no style.
    pub fn plain(text: &str) -> Self {
        Self::new(Style::new(), text)
    }

    /// `text` unchanged: a value that the user asked for.
    pub fn exact(text: &str) -> Self {
        Self(vec![(Style::new(), Zeroizing::new(text.to_owned()))])
    }

    /// The mark of what is as it should be.
    pub fn good() -> Self {
        Self::new(GOOD, "✓")
    }

    /// The mark of what is to be looked at.
    pub fn doubtful() -> Self {
        Self::new(DOUBTFUL, "!")
    }

    /// The mark of what is not as it should be.
    pub fn bad() -> Self {
        Self::new(BAD, "✗")
    }

    fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.chars().count()).sum()
    }
}

/// What is longer makes no column wide.
const WIDEST: usize = 48;

/// `rows` as text: each column as wide as what is longest in it, two blanks between them.
pub fn text(rows: &[Row], is_coloured: bool) -> Zeroizing<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        // What ends a line needs no room behind it.
        let inner = row.split_last().map_or(&[][..], |(_, inner)| inner);
        for (column, cell) in inner.iter().enumerate() {
            widths.resize(widths.len().max(column + 1), 0);
            let width = Some(cell.width()).filter(|width| *width <= WIDEST).unwrap_or(0);
            widths[column] = widths[column].max(width);
        }
    }
    let mut text = Zeroizing::new(String::new());
    for row in rows {
        let filled = row.iter().rposition(|cell| cell.width() > 0).map_or(0, |last| last + 1);
        for (column, cell) in row[..filled].iter().enumerate() {
            for (style, shown) in &cell.0 {
                let style = if is_coloured { *style } else { Style::new() };
                text.push_str(&format!("{style}{}{style:#}", **shown));
            }
            if column + 1 < filled {
                let gap = widths[column].saturating_sub(cell.width()) + 2;
                text.push_str(&" ".repeat(gap));
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_longest_cell() {
        let rows = [
            vec![Cell::good(), Cell::plain("A"), Cell::plain("literal")],
            vec![Cell::bad(), Cell::plain("LONGER"), Cell::plain("a\u{1b}[31mb")],
            vec![Cell::plain("a line of one cell makes no column wide")],
        ];
        assert_eq!(
            *text(&rows, false),
            "✓  A       literal\n✗  LONGER  a\u{fffd}[31mb\na line of one cell makes no column wide\n"
        );
        assert!(text(&rows, true).contains("\u{1b}[32m✓\u{1b}[0m  A"));
    }
}
