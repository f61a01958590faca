//! What is wrong, and what is to be done about it.

use venvars::session::doctor::Trouble;
use venvars::words::message::counted;

use crate::edge::table::{ASIDE, BAD, Cell, DOUBTFUL, GOOD, Row};

/// What was `fixed`, then what is left, each with the way to fix it below.
pub fn rows(fixed: &[String], findings: &[Trouble]) -> Vec<Row> {
    let mut rows: Vec<Row> =
        fixed.iter().map(|what| vec![Cell::new(GOOD, &format!("✓ fixed: {what}"))]).collect();
    for Trouble { what, remedy, is_advice, .. } in findings {
        let (style, mark) = if *is_advice { (DOUBTFUL, "! advice:") } else { (BAD, "✗") };
        rows.push(vec![Cell::new(style, &format!("{mark} {what}"))]);
        if !remedy.is_empty() {
            rows.push(vec![Cell::new(ASIDE, &format!("    {remedy}"))]);
        }
    }
    rows
}

/// How many there are.
pub fn summary(findings: &[Trouble]) -> String {
    let advice = findings.iter().filter(|finding| finding.is_advice).count();
    let problems = findings.len() - advice;
    let mut text = if problems == 0 { "no problems found".to_owned() } else { counted(problems, "problem") };
    if advice > 0 {
        text += &format!(", {}", counted(advice, "suggestion"));
    }
    match findings.iter().filter(|finding| finding.fix.is_some()).count() {
        0 => text,
        fixable => format!("{text}; `venvars doctor --fix` can fix {fixable}"),
    }
}
