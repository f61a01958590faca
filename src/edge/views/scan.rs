//! What a scan has found.

use venvars::engines::search::finding::Findings;
use venvars::session::scan::text::described;

use crate::edge::table::{ASIDE, BAD, Cell, NAME, Row};

/// A line for each finding, and one below it for each of its commits.
pub fn rows(findings: &Findings) -> Vec<Row> {
    let mut rows = Vec::new();
    for finding in described(findings) {
        rows.push(vec![
            Cell::new(NAME, &finding.place).and(Cell::plain(": ")).and(Cell::new(BAD, &finding.sentence)),
        ]);
        rows.extend(finding.commits.iter().map(|commit| vec![Cell::new(ASIDE, &format!("    {commit}"))]));
    }
    rows
}
