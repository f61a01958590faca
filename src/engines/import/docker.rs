//! Files for `docker run --env-file`. The rules are those of docker/cli's `pkg/kvfile`: blanks
//! before a name go, a `#` begins a comment only there, and the value is all the rest of the line.
//! <https://docs.docker.com/reference/cli/docker/container/run/#env>

use crate::engines::import::ImportBinding;

pub(super) fn read(text: &str) -> Vec<ImportBinding> {
    text.split('\n')
        .enumerate()
        .filter_map(|(index, line)| {
            let line = line.strip_suffix('\r').unwrap_or(line).trim_start_matches([' ', '\t']);
            if line.is_empty() || line.starts_with('#') {
                return None;
            }
            Some(match line.split_once('=') {
                None => ImportBinding::nameless(
                    index + 1,
                    "a name without a value, which docker takes from the environment; use `venvars set`",
                ),
                Some(("", _)) => ImportBinding::nameless(index + 1, "no name before the ="),
                Some((name, _)) if name.contains([' ', '\t']) => {
                    ImportBinding::nameless(index + 1, "docker does not accept a name with a space in it")
                }
                Some((name, value)) => ImportBinding::literal(name, index + 1, value),
            })
        })
        .collect()
}
