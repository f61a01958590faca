use proptest::prelude::*;

use super::*;
use crate::engines::search::pattern::GRAM;

fn known(name: &str, value: &str) -> Known {
    Known::test(name, value)
}

/// What a search finds that tries every pattern at every place. Of a foldable pattern a piece has
/// to be whole: one of its anchors, or any gram of them.
fn plain_search(matcher: &Matcher, text: &[u8], is_gram_enough: bool) -> Vec<Match> {
    let mut found = Vec::new();
    let length = matcher.anchor();
    for (number, pattern) in matcher.patterns.iter().enumerate() {
        let anchors = fold::anchors(pattern, length);
        let pieces: Vec<(usize, usize)> = match (pattern.layout != Layout::Exact, is_gram_enough) {
            (false, _) => vec![(0, pattern.bytes.len())],
            (true, false) => anchors.into_iter().map(|start| (start, length)).collect(),
            (true, true) => anchors
                .into_iter()
                .flat_map(|start| (start..=start + length - GRAM).map(|start| (start, GRAM)))
                .collect(),
        };
        for (at, (start, length)) in
            (0..text.len()).flat_map(|at| pieces.iter().map(move |piece| (at, *piece)))
        {
            if text[at..].starts_with(&pattern.bytes[start..start + length])
                && let Some((start, end)) = fold::whole(pattern, text, at, start)
            {
                let known = matcher.owners[number];
                found.push(Match { start, end, known, encoding: pattern.encoding });
            }
        }
    }
    matcher.tidy(&mut found);
    found
}

fn values() -> impl Strategy<Value = Vec<String>> {
    let any = prop_oneof![
        "[ab]{8,24}",
        "[a-zA-Z0-9]{8,40}",
        "[ -~]{8,40}",
        "\\PC{8,12}",
        "([A-Za-z0-9+/]{8,70}\n){1,4}[a-z ]{0,9}",
        "([-+a]{1,7}\n){1,5}[-+a\"# ]{2,7}",
        "[a-z@:/% \\\\\"\n]{4,20}",
    ];
    prop::collection::vec(any, 1..6)
}

/// A text of pieces of patterns, whole, cut and broken into lines, among others.
fn text(matcher: &Matcher, pieces: &[(usize, usize, usize, Vec<u8>)]) -> Vec<u8> {
    let mut text = Vec::new();
    for (pattern, from, to, other) in pieces {
        text.extend_from_slice(other);
        if matcher.patterns.is_empty() {
            continue;
        }
        let bytes = &matcher.patterns[pattern % matcher.patterns.len()].bytes;
        match from % 4 {
            0 => text.extend_from_slice(&bytes[..to % bytes.len()]),
            1 => text.extend_from_slice(&bytes[to % bytes.len()..]),
            2 => text.extend_from_slice(bytes),
            _ => {
                let joints = &matcher.patterns[pattern % matcher.patterns.len()].joints;
                let at = if from / 20 % 2 == 1 && !joints.is_empty() {
                    joints[to % joints.len()]
                } else {
                    to % bytes.len()
                };
                text.extend_from_slice(&bytes[..at]);
                let breaks = [&b"\n"[..], b"\r\n   ", b"\\n", b" ", b"\\\\n\",\n+ \""];
                text.extend_from_slice(breaks[from / 4 % 5]);
                text.extend_from_slice(&bytes[at..]);
            }
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn it_finds_what_a_plain_search_finds(
        values in values(),
        pieces in prop::collection::vec((any::<usize>(), any::<usize>(), any::<usize>(), prop::collection::vec(any::<u8>(), 0..9)), 0..9),
    ) {
        let known: Vec<Known> = values.iter().map(|value| known("A", value)).collect();
        let matcher = Matcher::new(&known);
        let text = text(&matcher, &pieces);
        let found = matcher.find(&text);
        let covers = |wide: &[Match], narrow: &[Match]| {
            narrow.iter().all(|one| {
                wide.iter().any(|two| two.known == one.known && two.start <= one.start && one.end <= two.end)
            })
        };
        prop_assert!(covers(&found, &plain_search(&matcher, &text, false)), "missed");
        prop_assert!(covers(&plain_search(&matcher, &text, true), &found), "made up");
        for one in &found {
            prop_assert!(one.end - one.start <= matcher.longest());
            // Cut anywhere inside, its beginning is held back.
            for cut in one.start + 1..one.end {
                prop_assert!(matcher.open(&text[..cut]) <= one.start, "{:?} {} {:?}", one, cut, String::from_utf8_lossy(&text));
            }
        }
    }
}

#[track_caller]
fn findings(value: &str, text: &[u8], expected: &[(Encoding, usize, usize)]) {
    let found = Matcher::new(&[known("A", value)]).find(text);
    let found: Vec<_> = found.iter().map(|one| (one.encoding, one.start, one.end)).collect();
    assert_eq!(found, expected, "{}", String::from_utf8_lossy(text));
}

#[test]
fn a_value_is_found_in_every_form() {
    let value = "p@ss/wörd";
    findings(value, "x p@ss/wörd".as_bytes(), &[(Encoding::Plain, 2, 12)]);
    findings(value, b"p@ss/w\\u00f6rd", &[(Encoding::Json, 0, 14)]);
    findings(value, "p@ss\\/wörd".as_bytes(), &[(Encoding::Json, 0, 11)]);
    findings(value, b"p%40ss%2fw%c3%b6rd", &[(Encoding::Percent, 0, 18)]);
    findings(value, b"p%40ss/w%C3%B6rd", &[(Encoding::Percent, 0, 16)]);
    findings(value, b"704073732f77c3b67264", &[(Encoding::Hex, 0, 20)]);
    findings(value, b"p@ss/w\xf6rd", &[(Encoding::Latin1, 0, 9)]);
    findings(value, b"cEBzcy93w7\nZyZA==", &[(Encoding::Base64, 0, 14)]);
    let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_be_bytes).collect();
    findings(value, &wide, &[(Encoding::Utf16, 0, 18)]);
    // Both byte orders match here, and it is told once wherever it begins.
    let inside = format!("x{value}x");
    for before in 0..8 {
        for of in [u32::to_le_bytes, u32::to_be_bytes] {
            let text = vec![b'.'; before].into_iter().chain(inside.chars().map(u32::from).flat_map(of));
            let found = Matcher::new(&[known("A", value)]).find(&text.collect::<Vec<u8>>());
            let starts: Vec<usize> = found.iter().map(|one| one.start).collect();
            assert!(starts == [before + 4] || (starts.len() == 1 && before % 4 != 0), "{before} {starts:?}");
        }
    }
    findings("100%:a,b\nc", b"::error title=x::100%25:a,b%0Ac", &[(Encoding::Percent, 17, 31)]);
    findings("100%:a,b\nc", b"::error title=100%25%3Aa%2Cb%0Ac::x", &[(Encoding::Percent, 14, 32)]);
    findings("secretvalue", b"c2Vj\x1b[01;31m\x1b[KcmV0dmFsdWU", &[(Encoding::Base64, 0, 25)]);
    findings("one two\nthree", b"one two\r\nthree", &[(Encoding::Lines, 0, 14)]);
    findings("one two\nthree", b"key: |\n  one two\n    three\n", &[(Encoding::Lines, 9, 26)]);
    findings("one two\nthree", b"one two\\nthree", &[(Encoding::Json, 0, 14)]);
    findings("one two\nthree", b"+ one two\n+ three\n", &[(Encoding::Lines, 2, 17)]);
    findings("one two\nthree", b"(\"one two\\n\"\n 'three\\n')", &[(Encoding::Lines, 2, 20)]);
    findings("one two\nthree", b"one two + three one two# three", &[]);
    findings("one two\n\nthree", b"# one two\n#\n# three\n", &[(Encoding::Lines, 2, 19)]);
    findings("------\nabc", b"# ------\n# abc\n", &[(Encoding::Lines, 2, 14)]);
    findings("one two\nthree", b"one two()\n{\n\tthree()", &[]);
    findings("one two\nthree", b"[\"one two\", \"three\"]", &[(Encoding::Lines, 2, 18)]);
    findings("one two\nthree", b" 7\tone two\n 8\tthree\n", &[(Encoding::Lines, 3, 19)]);
    let coloured = b"\x1b[32m+\x1b[m\x1b[32mone two\x1b[m\n\x1b[32m+\x1b[m\x1b[32mthree\x1b[m\n";
    findings("one two\nthree", coloured, &[(Encoding::Lines, 14, 44)]);
    findings("a\\nb c d\nthree", b"  a\\nb c d\n  three\n", &[(Encoding::Lines, 2, 18)]);
    findings("{\n  \"a\": 1234\n}", b" {\n   \"a\": 1234\n }\n", &[(Encoding::Lines, 1, 18)]);
    findings(" secretvalue ", b"secretvalue", &[(Encoding::Plain, 0, 11)]);
    findings("secretvalue\n", b"secretvalue", &[(Encoding::Plain, 0, 11)]);
    findings("secretvalue", b"secretvalu\ne secret-value SECRETVALUE", &[]);
}

/// Text without an order, of `length` bytes that `digits` are.
fn noise(digits: &[u8], length: usize) -> String {
    let mut state = 7u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(state >> 40).unwrap()
    };
    (0..length).map(|_| char::from(digits[next() % digits.len()])).collect()
}

#[test]
fn a_value_is_found_wherever_its_lines_are_broken() {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let in_lines = |text: &str, width: usize| {
        let lines: Vec<&str> =
            text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join("\n")
    };
    let key = noise(digits, 1700);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", in_lines(&key, 64));
    let values =
        [noise(digits, 9), noise(digits, 32), noise(digits, 130), key.clone(), pem, in_lines(&key[..90], 9)];
    for value in values {
        let matcher = Matcher::new(&[known("A", &value)]);
        for width in 60..=80 {
            for before in 0..80 {
                let text = format!("{}{value}~~~", "x".repeat(before));
                let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &text);
                let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
                for (form, text) in [("base64", base64), ("hex", hex)] {
                    for end in ["\n", "\r\n\t", "\\n"] {
                        let text = in_lines(&text, width).replace('\n', end);
                        let found = matcher.find(text.as_bytes());
                        assert_eq!(found.len(), 1, "{form} {} {width} {before} {end:?}", value.len());
                    }
                }
            }
            if value.contains('\n') {
                let text = in_lines(&value.replace('\n', ""), width).replace('\n', "\n    ");
                assert_eq!(matcher.find(text.as_bytes()).len(), 1, "{} {width}", value.len());
            }
        }
        let indented = value.replace('\n', "\n      ");
        assert_eq!(matcher.find(indented.as_bytes()).len(), 1, "{}", value.len());
    }
}

#[test]
fn a_text_in_pieces_is_held_back_where_a_match_may_begin() {
    let matcher = Matcher::new(&[known("A", "secretvalue")]);
    for (text, open) in [("xsecret", 1), ("xsecretvalue", 12), ("secretx", 7), ("", 0), ("see s", 4)] {
        assert_eq!(matcher.open(text.as_bytes()), open, "{text}");
    }
}
