use super::*;

fn secrets(text: &str) -> Result<Secrets> {
    Secrets::parse(Path::new("f"), text)
}

#[test]
fn what_is_no_string_is_the_text_as_written() {
    let text = "A = 1.10\nB = 0x_f\n";
    assert!(secrets(text).is_err());
    let text = "A = 1.10\nB = 0xdead_beef\nC = true\nD = 1979-05-27 07:32:00Z\nE = +1e3 # x\n";
    let values: Vec<_> = secrets(text)
        .unwrap()
        .definitions
        .iter()
        .map(|definition| match &definition.source {
            Source::Literal(value) => value.reveal().to_owned(),
            _ => String::new(),
        })
        .collect();
    assert_eq!(values, ["1.10", "0xdead_beef", "true", "1979-05-27 07:32:00Z", "+1e3"]);
}

#[test]
fn every_error_has_its_place_and_no_value() {
    for (text, line, column) in [
        ("A = { template = \"${hunter2\" }\n", 1, 7),
        ("A = { file = \"hunter2\", trim = \"hunter2\" }\n", 1, 25),
        ("A = { command = [\"hunter2\"], timeout = 0 }\n", 1, 30),
        ("[profile.a.b]\nA = \"hunter2\"\n", 1, 1),
        ("[rotated]\nA = \"hunter2\"\n", 1, 1),
        ("[[rotated]]\nvalue = \"hunter2\"\n", 1, 1),
        ("[[rotated]]\nname = \"A\"\nat = \"hunter2\"\nvalue = \"hunter2\"\n", 3, 1),
        ("[[rotated]]\nname = \"hunter 2\"\nat = 2026-11-25T00:00:00Z\nvalue = \"hunter2\"\n", 2, 1),
        ("[[rotated]]\nname = \"A\"\nat = 2026-11-25T00:00:00Z\n", 1, 1),
        ("[[rotated]]\nname = \"A\"\nat = 2026-11-25T00:00:00Z\nvalue = { file = \"hunter2\" }\n", 4, 9),
        ("[[rotated]]\nname = \"A\"\nhunter = 1\nat = 2026-11-25T00:00:00Z\nvalue = \"hunter2\"\n", 3, 1),
        ("  \"a-b\" = \"hunter2\"\n", 1, 3),
    ] {
        let shown = secrets(text).unwrap_err().to_string();
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.starts_with(&format!("f:{line}:{column}: ")), "{text}: {shown}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(3000))]

    /// Whatever the text: no panic, and no error that shows a value. (`hunter-2` is no name.)
    #[test]
    fn no_error_shows_the_text(pieces in proptest::collection::vec("hunter-2|\\[\\[rotated\\]\\]\n|name = |value = |at = 2026-11-25T00:00:00Z|\\[profile\\.[ab]\\]\n|extends = |\"[ab]\"|template|file|command|trim|timeout|[A-Z]{1,3}|[ =\"'\\\\\\[\\]{}#,.\n\r\t\u{0}-]|\\\\u0000|1\\.10|true|\u{e9}", 0..20)) {
        if let Err(error) = secrets(&pieces.concat()) {
            let said = format!("{error}{}{error:?}", error.remedy().unwrap_or_default());
            proptest::prop_assert!(!said.contains("hunter-2"), "{}", said);
        }
    }
}
