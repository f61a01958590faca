//! "Did you mean …?"

/// The one of `known` that is most like `word`, if any is like it at all.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&word.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= 1.max(word.chars().count() / 3))
        .min()
        .map(|(_, name)| name)
}

/// The hint that names the one of `known` that is most like `word`, or else says `otherwise`.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: impl Into<String>,
) -> String {
    nearest(word, known).map_or_else(|| otherwise.into(), |near| format!("did you mean {near}?"))
}
