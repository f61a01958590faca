//! Values with a line end inside.

use proptest::prelude::*;

use crate::engines::search::matcher::Matcher;
use crate::engines::search::{Encoding, Known};

/// What ends a line inside of a value.
const BREAKS: [&str; 18] = [
    "\n",
    "\r\n",
    "\n      ",
    " \\\n  ",
    "\\\n",
    "\" +\n    \"",
    "\"\n    + \"",
    "'\n 'f",
    "\" \\\n    \"",
    "' .\r\n\t'",
    "' + \\\n  b'",
    "\",\n    \"",
    "`\n    . `",
    "\n# ",
    "\n+    ",
    "\n  17 | ",
    "\\n",
    "\u{1b}[01;31m\u{1b}[K",
];

fn found(value: &str, text: &str) -> Vec<(usize, usize)> {
    let found = Matcher::new(&[Known::test("A", value)]).find(text.as_bytes());
    found.iter().map(|one| (one.start, one.end)).collect()
}

/// `value` in lines of `width` bytes, the first of them shorter, with `end` between them.
fn folded(value: &str, first: usize, width: usize, end: &str) -> String {
    let (first, rest) = value.split_at(first.min(value.len()));
    let rest = rest.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap());
    std::iter::once(first).filter(|first| !first.is_empty()).chain(rest).collect::<Vec<_>>().join(end)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_value_cut_anywhere_is_found_and_none_with_another_character(
        value in prop_oneof!["[A-Za-z0-9]{16,80}", "[A-Za-z0-9/+=_.@:-]{14}[A-Za-z0-9]{2,30}"],
        short in prop_oneof![Just(None), "[a-z]{4,12}".prop_map(Some)],
        cut in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        end in prop::sample::select(&BREAKS[..]),
        // What follows the mark of a literal is no part of the value.
        around in prop::sample::select(&[("x = \"", "\";"), ("~", "~"), ("", ""), ("a b\n", "\n")][..]),
    ) {
        let end = end.trim_end_matches('f');
        let at = 1 + cut.index(value.len() - 1);
        let cut = format!("{}{end}{}", &value[..at], &value[at..]);
        let text = format!("{}{cut}{}", around.0, around.1);
        // A shorter value beside it makes the anchors shorter.
        let mut known = vec![Known::test("A", &value)];
        known.extend(short.map(|short| Known::test("B", &short)));
        let matcher = Matcher::new(&known);
        let find = |text: &str| -> Vec<_> {
            let found = matcher.find(text.as_bytes()).into_iter();
            found.filter(|one| matcher.name(one.known).as_str() == "A").map(|one| (one.start, one.end)).collect()
        };
        let (whole, found) = ((around.0.len(), around.0.len() + cut.len()), find(&text));
        // What joins two literals may be taken for a character of the value that is the same.
        let is_exact = !value.bytes().any(|byte| end.as_bytes().contains(&byte));
        let is_inside = found.len() == 1 && found[0].0 >= whole.0 && found[0].1 <= whole.1;
        prop_assert!(found == [whole] || (is_inside && !is_exact), "{:?} {:?}", text, found);
        // One character is another.
        let mut changed = value.clone().into_bytes();
        let other = other.index(changed.len());
        changed[other] = if changed[other] == b'~' { b'^' } else { b'~' };
        let changed = String::from_utf8(changed).unwrap();
        let text = format!("{}{}{end}{}{}", around.0, &changed[..at], &changed[at..], around.1);
        // The same character may stand in what joins the literals, right beside it.
        let is_joined = (at - 1..=at).contains(&other) && end.as_bytes().contains(&value.as_bytes()[other]);
        prop_assert!(is_joined || find(&text).is_empty(), "{:?}", text);
    }

    #[test]
    fn a_value_in_lines_of_twenty_is_found_wherever_they_begin(
        value in "[A-Za-z0-9]{16,200}",
        first in 0usize..20,
        width in 20usize..50,
        end in prop::sample::select(&["\n", "\" +\n    \"", "\\\n", "\u{1b}[m"][..]),
    ) {
        let text = folded(&value, first, width, end);
        // Behind a first `m` alone, that of a colour is as good.
        let start = if text.starts_with("m\u{1b}[m") { end.len() } else { 0 };
        prop_assert_eq!(found(&value, &text), [(start, text.len())], "{:?}", text);
    }
}

#[test]
fn a_line_end_may_stand_for_a_blank() {
    let value = "correct horse battery staple";
    for text in [
        "key: >-\n  correct horse\n  battery staple\n",
        "key: correct\n  horse battery\n  staple\n",
        "# correct horse \n# battery staple",
        "\"correct horse\" \\\n \" battery staple\"",
    ] {
        assert_eq!(found(value, text).len(), 1, "{text}");
    }
    assert_eq!(found(value, "correct horse\n\n\nbattery stable"), []);
    assert_eq!(found(value, "correct\x1b[mhorse battery staple"), []);
}

#[test]
fn a_cut_value_is_told_as_one_with_other_line_ends() {
    let matcher = Matcher::new(&[Known::test("A", "Zq7RmT2wXk4VbN8s")]);
    let forms = |text: &str| matcher.find(text.as_bytes()).iter().map(|one| one.encoding).collect::<Vec<_>>();
    assert_eq!(forms("Zq7RmT2wXk4VbN8s Zq7RmT2w\nXk4VbN8s"), [Encoding::Plain, Encoding::Lines]);
    // What stands between has to be what ends a line.
    for text in ["Zq7RmT2w Xk4VbN8s", "Zq7RmT2w-\n-x-Xk4VbN8s", "Zq7RmT2w\nx Xk4VbN8s", "Zq7RmT2w+Xk4VbN8s"] {
        assert_eq!(forms(text), [], "{text}");
    }
}

#[test]
fn no_text_makes_a_comparison_take_long() {
    let value = "+".repeat(40) + "a";
    let start = std::time::Instant::now();
    let text = "+\n+ ".repeat(20_000);
    assert_eq!(found(&value, &text), []);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
