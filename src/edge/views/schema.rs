//! The forms of what `--json` prints, as one JSON Schema with a definition for each command.
//! <https://json-schema.org/draft/2020-12/schema>

use serde_json::{Map, Value as Json, json};

/// An object that has all of these keys, and no others but the optional `more`.
fn object<const N: usize, const M: usize>(keys: [(&str, Json); N], more: [(&str, Json); M]) -> Json {
    let required: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
    let properties: Map<String, Json> =
        keys.into_iter().chain(more).map(|(key, form)| (key.to_owned(), form)).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

#[allow(clippy::needless_pass_by_value, reason = "it is used like the macro that makes the items")]
fn list(items: Json) -> Json {
    json!({ "type": "array", "items": items })
}

fn one_of(words: &[&str]) -> Json {
    json!({ "enum": words })
}

fn definition(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// The schema.
pub fn output() -> Json {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "integer", "minimum": 0 });
    let truth = || json!({ "type": "boolean" });
    let optional = || json!({ "type": ["string", "null"] });
    let place = || json!({ "type": ["integer", "null"], "minimum": 1 });
    let origin = || {
        [
            ("name", text()),
            ("source", text()),
            ("line", number()),
            ("column", number()),
            ("kind", one_of(&["literal", "template", "file", "command", "keyring", "age"])),
            ("layer", one_of(&["profile", "project", "user", "default"])),
            ("profile", optional()),
        ]
    };
    let [name, source, line, column, kind, layer, profile] = origin();
    let link = object(
        [
            name,
            source,
            line,
            column,
            kind,
            layer,
            profile,
            ("reference", optional()),
            ("made_of", list(definition("link"))),
        ],
        [
            ("in_place_of", list(definition("variable"))),
            ("override", truth()),
            (
                "declared",
                json!({ "anyOf": [{ "type": "null" }, object(
                    [
                        ("source", text()),
                        ("line", number()),
                        ("type", text()),
                        ("required", truth()),
                        ("description", optional()),
                    ],
                    [],
                )] }),
            ),
        ],
    );
    let entry = || [("name", text()), ("date", text()), ("reason", optional())];
    let [name, date, reason] = entry();
    let listed = object([name, date, reason, ("in_use", json!({ "type": ["boolean", "null"] }))], []);
    let script = object(
        [
            ("file", text()),
            ("shell", text()),
            ("state", one_of(&["in_sync", "out_of_date", "not_applied", "unknown_layout", "left_alone"])),
            ("reason", optional()),
            ("profile", optional()),
            ("live", truth()),
        ],
        [],
    );
    let left_out = || list(object([("name", text()), ("shell", text()), ("reason", text())], []));
    let changes =
        || list(object([("name", text()), ("state", one_of(&["added", "changed", "removed"]))], []));
    let applied = object(
        [
            ("venv", text()),
            ("profile", optional()),
            ("live", truth()),
            (
                "scripts",
                list(object(
                    [
                        ("file", text()),
                        ("shell", text()),
                        ("state", one_of(&["changed", "unchanged", "unknown_layout", "left_alone"])),
                        ("reason", optional()),
                    ],
                    [],
                )),
            ),
            ("variables", changes()),
        ],
        [],
    );
    let secrets = object(
        [
            ("file", text()),
            ("private", json!({ "type": ["boolean", "null"] })),
            ("encrypted", truth()),
            ("git", one_of(&["outside", "ignored", "exposed", "tracked"])),
        ],
        [],
    );
    let commit =
        || list(object([("commit", text()), ("author", text()), ("email", text()), ("date", text())], []));
    let finding = object(
        [
            ("name", text()),
            ("old", truth()),
            ("profile", optional()),
            ("encoding", text()),
            ("in", one_of(&["content", "file_name", "commit", "tag", "reference"])),
            ("file", text()),
            ("line", place()),
            ("column", place()),
        ],
        [("pushed", truth()), ("added", commit()), ("removed", commit())],
    );
    let commands = [
        "get",
        "list",
        "apply",
        "remove",
        "status",
        "check",
        "explain",
        "scan",
        "doctor",
        "compromised",
        "restore",
        "import",
        "allow",
        "heroku-diff",
        "heroku-push",
        "heroku-pull",
    ]
    .map(definition);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What venvars prints with --json",
        "description": "Each command has a definition with its name: keys are added, but never renamed or removed",
        "anyOf": commands,
        "$defs": {
            "variable": object(origin(), [("value", text())]),
            "link": link,
            "get": object([("name", text()), ("value", text())], []),
            "list": object([("profile", optional()), ("variables", list(definition("variable")))], []),
            "apply": object([("venvs", list(applied)), ("left_out", left_out())], []),
            "remove": definition("apply"),
            "status": object(
                [
                    ("secrets", secrets),
                    ("profile", optional()),
                    ("variables", list(definition("variable"))),
                    ("compromised", list(object(entry(), []))),
                    ("in_sync", truth()),
                    ("scripts", list(script)),
                    ("moved", list(object([("venv", text()), ("from", text())], []))),
                    ("allowed", list(text())),
                    ("not_allowed", list(text())),
                    ("left_out", left_out()),
                ],
                [],
            ),
            "check": object(
                [
                    ("profile", optional()),
                    ("ok", truth()),
                    ("findings", list(object(
                        [
                            ("name", text()),
                            ("problem", one_of(&["missing", "wrong", "compromised"])),
                            ("message", text()),
                            ("description", optional()),
                        ],
                        [],
                    ))),
                    ("errors", list(text())),
                ],
                [],
            ),
            "explain": definition("link"),
            "scan": object(
                [
                    ("finds", list(finding)),
                    ("more", number()),
                    ("unreachable", number()),
                    ("shallow", truth()),
                    ("partial", truth()),
                    ("values", number()),
                    ("left_out", list(object([("name", text()), ("reason", text())], []))),
                    ("errors", list(text())),
                ],
                [],
            ),
            "doctor": object(
                [
                    ("findings", list(object(
                        [("what", text()), ("mend", text()), ("fixable", truth()), ("advice", truth())],
                        [],
                    ))),
                    ("mended", list(text())),
                    ("well", truth()),
                    ("backups", json!({ "type": ["integer", "null"], "minimum": 0 })),
                ],
                [],
            ),
            "compromised": object(
                [("compromised", list(listed))],
                [],
            ),
            "restore": object(
                [("backups", list(object(
                    [("number", number()), ("time", text()), ("variables", list(text())), ("error", optional())],
                    [],
                )))],
                [],
            ),
            "import": object(
                [
                    ("file", text()),
                    ("variables", list(object(
                        [("name", text()), ("line", number()), ("state", one_of(&["new", "changed", "same"]))],
                        [],
                    ))),
                    ("left_out", list(object(
                        [("name", optional()), ("line", number()), ("reason", text())],
                        [],
                    ))),
                ],
                [],
            ),
            "allow": object(
                [("lines", list(object(
                    [("file", text()), ("line", place()), ("text", text()), ("allowed", truth())],
                    [],
                )))],
                [],
            ),
            "heroku-push": object(
                [
                    ("app", text()),
                    ("variables", changes()),
                    ("left_out", list(object([("name", text()), ("reason", text())], []))),
                ],
                [],
            ),
            "heroku-pull": definition("heroku-push"),
            "heroku-diff": object(
                [
                    ("app", text()),
                    ("same", truth()),
                    ("variables", list(object(
                        [("name", text()), ("state", one_of(&["only_here", "differs", "only_there", "same"]))],
                        [],
                    ))),
                ],
                [],
            ),
        },
    })
}
