//! Putting old values aside, at the end of `secrets.toml`.

use std::path::Path;

use toml_edit::{ArrayOfTables, Item};
use zeroize::Zeroizing;

use crate::model::secrets::Secrets;
use crate::model::secrets::change::Aside;
use crate::model::secrets::edit;
use crate::model::secrets::rotated::ROTATED;
use crate::words::error::{Error, Result};

/// `text`, the content of `file`, with old values put aside at its end.
///
/// # Errors
/// The text is not valid, or a variable has the name of the tables.
pub fn put_aside(file: &Path, text: &str, asides: &[Aside]) -> Result<Zeroizing<String>> {
    let before = Secrets::parse(file, text)?;
    let mut document = edit::parse(text)?;
    let mut last = edit::tables_mut(&mut document).filter_map(|table| table.position()).max();
    for aside in asides {
        last = Some(last.map_or(0, |last| last + 1));
        let mut table = aside.table();
        table.set_position(last);
        // Comments at the end of the file stay above what is added after them.
        let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
        let gap = if document.is_empty() && trailing.is_empty() { "" } else { "\n" };
        let broken = if trailing.is_empty() || trailing.ends_with('\n') { "" } else { "\n" };
        table.decor_mut().set_prefix(trailing + broken + gap);
        document.set_trailing("");
        document
            .entry(ROTATED)
            .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
            .as_array_of_tables_mut()
            .ok_or_else(|| {
                Error::syntax(format!("{ROTATED} is a variable here, not a table"))
                    .in_file(file)
                    .hint("use another name: old values are kept in tables of that name")
            })?
            .push(table);
    }
    let edited = Zeroizing::new(document.to_string());
    edit::confirm(&before, &edited, None, |_| None, asides)?;
    Ok(edited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secrets::change::New;
    use crate::model::secrets::edit::tests::{TEXT, set, unset};
    use crate::words::name::Name;
    use crate::words::profile::ProfileName;

    proptest::proptest! {
        #[test]
        fn any_text_is_put_aside(value in "\\PC*|[ -~\n\r\t\u{1b}\u{7f}'\"\\\\#]*", comments in "(#[a-z]*\n|\n| )*#?") {
            let asides = || [Aside { value: New::text(&value), ..aside(Some("p")) }];
            let once = put_aside(Path::new("f"), &format!("A = 1\n{comments}"), &asides()).unwrap();
            let twice = put_aside(Path::new("f"), &once, &asides()).unwrap();
            let rotated = Secrets::parse(Path::new("f"), &twice).unwrap().rotated;
            proptest::prop_assert_eq!(rotated.len(), 2);
            proptest::prop_assert!(New::text(&value).is(&rotated[0].source));
        }
    }

    const ASIDE: &str = "\n[[rotated]]\nname = \"A\"\nat = 2026-11-25T00:00:00Z\nvalue = \"old\"\n";

    fn aside(profile: Option<&str>) -> Aside {
        Aside {
            name: Name::new("A").unwrap(),
            profile: profile.map(|name| ProfileName::new(name).unwrap()),
            at: "2026-11-25T00:00:00Z".to_owned(),
            value: New::text("old"),
        }
    }

    #[test]
    fn old_values_go_to_the_end_and_stay() {
        let file = Path::new("f");
        let put = |text: &str, profile| put_aside(file, text, &[aside(profile)]).unwrap().to_string();
        let once = put(TEXT, None);
        assert_eq!(once, format!("{TEXT}{ASIDE}"));
        let in_profile = ASIDE.replace("at =", "profile = \"test\"\nat =");
        let twice = put(&once, Some("test"));
        assert_eq!(twice, format!("{TEXT}{ASIDE}{in_profile}"));
        assert_eq!(put("A = 1 # a", None), format!("A = 1 # a\n{ASIDE}"));
        assert_eq!(put("", None), ASIDE[1..]);
        let rotated = Secrets::parse(file, &twice).unwrap().rotated;
        assert_eq!(rotated.iter().map(|one| one.position.line).collect::<Vec<_>>(), [12, 18]);
        // All other edits leave them alone.
        let set = |text: &str, profile, key: &str| set(text, profile, key, "new");
        let with_d = TEXT.replace("# last\n", "D = \"new\"\n# last\n");
        assert_eq!(set(&once, None, "D"), format!("{with_d}{ASIDE}"));
        assert_eq!(set(&once, Some("p"), "D"), format!("{once}\n[profile.p]\nD = \"new\"\n"));
        let between = format!("A = 1\n\n[profile.p]\nB = 2\n{ASIDE}# end\n");
        assert_eq!(set(&between, Some("p"), "D"), between.replace("B = 2\n", "B = 2\nD = \"new\"\n"));
        assert_eq!(set(ASIDE, None, "A"), format!("\nA = \"new\"\n{ASIDE}"));
        let after = format!("{ASIDE}\n[profile.p]\nB = 2\n# end\n");
        assert_eq!(put(&after, None), format!("{after}{ASIDE}"));
        assert_eq!(unset(&once, None, "C"), once.replace("C = \"c\"\n", ""));
        assert!(put_aside(file, "rotated = 1\n", &[aside(None)]).is_err());
    }
}
