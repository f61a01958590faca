//! What became of variables that were rotated.

use venvars::session::rotation::target::Target;
use venvars::session::rotation::turn::Turned;
use venvars::words::message::{counted, short_key};

/// What is left to do about it, if anything.
pub fn next_step(turned: &Turned) -> Option<String> {
    let Target { name, renews, .. } = turned.target;
    let text = if turned.was_generated {
        format!("next: deploy the new value of {name}")
    } else {
        format!("next: revoke the old value of {name} at its provider, and deploy the new one")
    };
    renews.then_some(text)
}

/// Whom a value is encrypted for, if it is, to be put behind what became of it.
pub fn encrypted_for(recipients: &[String]) -> String {
    let recipients: Vec<String> = recipients.iter().map(|one| short_key(one)).collect();
    if recipients.is_empty() { String::new() } else { format!(", encrypted for {}", recipients.join(", ")) }
}

/// Its lines: what became of it, and of its old values.
pub fn lines(turned: &Turned) -> Vec<String> {
    let Target { name, profile, renews } = turned.target;
    let shown = profile.iter().map(|profile| format!(" (profile {profile})")).collect::<String>();
    let mut lines = Vec::new();
    if *renews {
        let kept = encrypted_for(&turned.recipients);
        lines.push(format!(
            "{name}: set to a new value{shown}{kept}; `venvars scan` still looks for the old one"
        ));
    }
    let Some((list, count)) = &turned.fallbacks else { return lines };
    if *renews && turned.is_compromised {
        lines.push(format!(
            "{name}: the old value is compromised, so it is not kept as a fallback: anything signed with it is no longer accepted"
        ));
    }
    let until = format!("`venvars rotate {name} --drop-fallbacks`");
    lines.push(match count {
        0 => format!("{list}: no old values kept{shown}"),
        count => format!("{list}: {} kept{shown}, until {until}", counted(*count, "old value")),
    });
    lines
}
