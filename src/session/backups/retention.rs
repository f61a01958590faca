//! Which backups are kept.

use std::collections::HashSet;

/// How many of the newest are kept.
const LAST: usize = 10;
/// For how many days the last of each is kept.
const DAYS: i64 = 30;
const DAY: i64 = 24 * 60 * 60;

/// A backup, as far as it counts here.
#[derive(Debug, Clone)]
pub struct Aged {
    /// When it was made, in seconds.
    pub at: i64,
    /// The values that must not be lost with it, each as a number of its own.
    pub needs: Vec<u128>,
    /// All that can be found in it.
    pub has: HashSet<u128>,
}

/// Which of `all`, from the newest to the oldest, are kept: the last ten, the last of each day for 30 days, and the
/// newest that holds a value found nowhere newer.
#[must_use]
pub fn kept(all: &[Aged], now: i64) -> Vec<bool> {
    let (mut seen, mut days) = (HashSet::<u128>::new(), HashSet::new());
    let kept = all.iter().enumerate().map(|(index, one)| {
        let day = one.at.div_euclid(DAY);
        let is_last = days.insert(day) && now.div_euclid(DAY) - day < DAYS;
        let is_only = one.needs.iter().any(|value| !seen.contains(value));
        seen.extend(&one.has);
        index < LAST || is_last || is_only
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn aged(at: i64, values: &[u128]) -> Aged {
        Aged { at, needs: values.to_vec(), has: values.iter().copied().collect() }
    }

    #[test]
    fn ten_and_one_a_day_and_the_only_copies() {
        let hour = |hours: i64| 1000 * DAY - hours * 60 * 60;
        // 100 hours of the same text: ten, and the last of the four days before.
        let all: Vec<Aged> = (1..=100).map(|hours| aged(hour(hours), &[1])).collect();
        let kept = |all: &[Aged]| -> Vec<usize> {
            let kept = super::kept(all, hour(0));
            kept.iter().enumerate().filter(|(_, kept)| **kept).map(|(index, _)| index).collect()
        };
        assert_eq!(kept(&all), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 24, 48, 72, 96]);
        let mut all = all;
        all[50] = aged(all[50].at, &[1, 2]);
        all[60] = aged(all[60].at, &[2]);
        assert_eq!(kept(&all), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 24, 48, 50, 72, 96]);
        let old: Vec<Aged> = (0..40).map(|days| aged(hour(24 * days), &[1])).collect();
        assert_eq!(kept(&old).len(), 30);
        // Eleven values, each set over the one before.
        let each: Vec<Aged> =
            (0..40).map(|index| aged(hour(0) - index, &[index.unsigned_abs().into()])).collect();
        assert_eq!(kept(&each).len(), 40);
    }

    proptest! {
        #[test]
        fn no_value_is_lost(values in prop::collection::vec(prop::collection::vec(0u128..6, 0..4), 0..40), step in 1i64..200_000) {
            let all: Vec<Aged> = values.iter().zip(0i64..).map(|(values, index)| aged(-index * step, values)).collect();
            let kept = kept(&all, 0);
            for (index, one) in all.iter().enumerate() {
                for value in &one.needs {
                    let newest = all.iter().position(|other| other.has.contains(value));
                    prop_assert!(newest.is_some_and(|newest| newest <= index && kept[newest]));
                }
                let is_newest_of_day = all[..index].iter().all(|other| other.at.div_euclid(DAY) != one.at.div_euclid(DAY));
                prop_assert!(kept[index] || index >= LAST && (!is_newest_of_day || one.at.div_euclid(DAY) <= -DAYS));
                if kept[index] && index >= LAST && !is_newest_of_day {
                    let newer = |value: &u128| all[..index].iter().any(|other| other.has.contains(value));
                    prop_assert!(!one.needs.iter().all(newer));
                }
            }
        }
    }
}
