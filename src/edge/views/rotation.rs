//! What became of variables that were rotated.

use venvars::session::rotation::target::Target;
use venvars::session::rotation::turn::Turned;

/// Its lines: what became of it, and of its old values.
pub fn lines(turned: &Turned) -> Vec<String> {
    let Target { name, profile, renews } = turned.target;
    let shown = profile.iter().map(|profile| format!(" (profile {profile})")).collect::<String>();
    let mut lines = Vec::new();
    if *renews {
        lines.push(format!("{name}: has a new value{shown}; the old one is put aside for `venvars scan`"));
    }
    if *renews {
        lines.push(format!(
            "left to do: revoke the old value of {name} at its provider, if it has one; deploy the new one"
        ));
    }
    let Some((list, count)) = &turned.fallbacks else { return lines };
    if *renews && turned.is_compromised {
        lines.push(format!(
            "{name}: the old value is compromised and is not kept up: what is signed with it opens no more"
        ));
    }
    let until = format!("`venvars rotate {name} --drop-fallbacks`");
    lines.push(match count {
        0 => format!("{list}: keeps no old value{shown}"),
        1 => format!("{list}: keeps 1 old value up{shown}, until {until}"),
        _ => format!("{list}: keeps {count} old values up{shown}, until {until}"),
    });
    lines
}
