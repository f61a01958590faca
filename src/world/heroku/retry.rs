//! When to ask again.

use std::time::Duration;

/// How often a request is tried at most.
pub(super) const ATTEMPTS: u32 = 4;

/// The wait before the second attempt; it doubles with each further one.
const FIRST: Duration = Duration::from_millis(250);

/// The longest wait that Heroku can ask for: an account's tokens come back at 75 a minute, so who
/// has to wait longer is better told.
pub(super) const LONGEST: Duration = Duration::from_secs(30);

/// How long to wait before attempt number `next` (the second is 2): what the server asked for, else
/// twice as long each time. `random` (0 to 255) adds up to half as much again, so that many who were
/// turned away together do not come back together.
pub(super) fn delay(next: u32, asked: Option<Duration>, random: u8) -> Duration {
    let base = asked.unwrap_or_else(|| FIRST * 2u32.saturating_pow(next.saturating_sub(2)));
    base.saturating_add(base.min(FIRST * 8) * u32::from(random) / 512)
}

/// What a `Retry-After` header asks for: a number of seconds (RFC 9110, 10.2.3). The other form, a
/// date, is not used by Heroku and counts as none.
pub(super) fn asked(header: &str) -> Option<Duration> {
    header.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_what_is_asked_for_is_kept() {
        let waits: Vec<_> = (2..=4).map(|next| delay(next, None, 0).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000]);
        assert_eq!(delay(2, None, 255).as_millis(), 374);
        assert_eq!(delay(2, asked("7"), 0), Duration::from_secs(7));
        assert!(delay(4, asked("7"), 255) <= Duration::from_secs(8));
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("-1"), None);
        assert!(delay(99, asked("18446744073709551615"), 255) > LONGEST);
    }
}
