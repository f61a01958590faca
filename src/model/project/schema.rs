//! The forms of our two files as JSON Schemas, for editors to complete from.
//! <https://json-schema.org/draft/2020-12/schema>

use serde_json::{Value as Json, json};

use crate::model::project::Type;
use crate::model::secrets::generate::PATTERN as KIND;
use crate::words::name::reserved;
use crate::words::profile::TOP;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const PROFILE: &str = "^[A-Za-z0-9_.][A-Za-z0-9_.-]*$";

/// A name that a variable may have.
fn name() -> Json {
    let (names, beginnings) = reserved();
    json!({
        "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
        "not": { "anyOf": [{ "enum": names }, { "pattern": format!("^({})", beginnings.join("|")) }] },
    })
}

fn profile_name() -> Json {
    json!({ "type": "string", "pattern": PROFILE, "not": { "const": TOP } })
}

/// `form`, with what it is for.
fn described(description: &str, form: Json) -> Json {
    let mut described = json!({ "description": description });
    if let (Json::Object(all), Json::Object(form)) = (&mut described, form) {
        all.extend(form);
    }
    described
}

fn text(description: &str) -> Json {
    described(description, json!({ "type": "string" }))
}

fn truth(description: &str) -> Json {
    described(description, json!({ "type": "boolean" }))
}

/// The form of `secrets.toml`.
#[must_use]
pub fn secrets() -> Json {
    let source = |key: &str, description: &str, form: Json, options: Json| {
        let mut properties = options;
        properties[key] = form;
        properties[key]["description"] = description.into();
        json!({ "type": "object", "properties": properties, "required": [key], "additionalProperties": false })
    };
    let filled = || json!({ "type": "string", "minLength": 1 });
    let kept = |key: &str| json!({ "type": "object", "properties": { key: filled() }, "required": [key], "additionalProperties": false });
    json!({
        "$schema": DIALECT,
        "title": "secrets.toml",
        "description": "The secrets of a project, kept by venvars; git must not have this file",
        "type": "object",
        "properties": {
            "profile": {
                "anyOf": [
                    {
                        "description": "Variables that go above those of the top level",
                        "type": "object",
                        "propertyNames": profile_name(),
                        "additionalProperties": { "$ref": "#/$defs/profile" },
                    },
                    { "$ref": "#/$defs/literal" },
                ],
            },
            "rotated": {
                "anyOf": [
                    {
                        "description": "Old values that `venvars rotate` set aside; they are not variables",
                        "type": "array",
                        "items": { "$ref": "#/$defs/rotated" },
                    },
                    { "$ref": "#/$defs/value" },
                ],
            },
        },
        "propertyNames": name(),
        "additionalProperties": { "$ref": "#/$defs/value" },
        "$defs": {
            "rotated": {
                "type": "object",
                "properties": {
                    "name": { "allOf": [{ "type": "string" }, name()] },
                    "profile": profile_name(),
                    "at": { "description": "When it was put aside: a date with a time" },
                    "value": {
                        "description": "The old value, or where it is kept",
                        "anyOf": [
                            { "$ref": "#/$defs/literal" },
                            kept("keyring"),
                            kept("age"),
                        ],
                    },
                },
                "required": ["name", "at", "value"],
                "additionalProperties": false,
            },
            "literal": {
                "description": "The value itself: nothing in a text is ever expanded",
                "type": ["string", "number", "boolean"],
            },
            "profile": {
                "type": "object",
                "properties": {
                    "extends": text("The profile that this one extends, instead of the top level"),
                },
                "propertyNames": name(),
                "additionalProperties": { "$ref": "#/$defs/value" },
            },
            "value": {
                "anyOf": [
                    { "$ref": "#/$defs/literal" },
                    source(
                        "template",
                        "A text in which ${NAME} is another variable and $$ a dollar",
                        json!({ "type": "string", "pattern": r"^([^$]|\$\$|\$\{[A-Za-z_][A-Za-z0-9_]*\})*$" }),
                        json!({}),
                    ),
                    source(
                        "file",
                        "A file whose content is the value; relative to this file",
                        filled(),
                        json!({ "trim": truth("Drop one final newline") }),
                    ),
                    source(
                        "keyring",
                        "An entry of the user's keyring, as SERVICE/ACCOUNT",
                        json!({ "type": "string", "pattern": "[^/].*/[^/]+$" }),
                        json!({}),
                    ),
                    source("age", "A value that age has encrypted, in its text form", filled(), json!({})),
                    source(
                        "command",
                        "A program and its arguments: what it prints is the value, less one final newline",
                        json!({ "type": "array", "minItems": 1, "items": { "type": "string" }, "prefixItems": [filled()] }),
                        json!({ "timeout": {
                            "description": "Seconds that it may take",
                            "type": "number", "minimum": 0.001, "maximum": 86400,
                        } }),
                    ),
                ],
            },
        },
    })
}

/// The form of `[tool.venvars]` and of `venvars.toml`.
#[must_use]
pub fn settings() -> Json {
    let types: Vec<&str> = Type::ALL.iter().map(|type_| type_.name()).collect();
    let plain = |description| described(description, json!({ "type": ["string", "number", "boolean"] }));
    let list = |description, items| described(description, json!({ "type": "array", "items": items }));
    let string = || json!({ "type": "string" });
    let pattern = |description, text| described(description, json!({ "type": "string", "pattern": text }));
    let overrides = || truth("Whether a variable takes the place of one that the environment has already");
    json!({
        "$schema": DIALECT,
        "title": "The settings of venvars: [tool.venvars] of pyproject.toml, or venvars.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "venv": {
                "description": "The virtual environments, relative to the project",
                "anyOf": [string(), { "type": "array", "items": string() }],
            },
            "secrets": text("The secrets file, relative to the project"),
            "default_profile": pattern("The profile where none is named", PROFILE),
            "mode": {
                "description": "What goes into the scripts: the values, the question for them, or whichever is safe",
                "enum": ["auto", "embed", "live"],
            },
            "override": overrides(),
            "guard": truth("Whether the values go as well when another venv is activated that venvars never saw (true)"),
            "recipients": list("The public keys, of age or ssh, that values are encrypted for", string()),
            "scan": {
                "description": "What `venvars scan` looks for",
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "min_length": {
                        "description": "The fewest characters of a value that is looked for (8)",
                        "type": "integer", "minimum": 0,
                    },
                },
            },
            "variables": {
                "description": "The variables that the project needs",
                "type": "object",
                "propertyNames": name(),
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "description": text("What it is for"),
                        "required": truth("Whether it has to have a value (true)"),
                        "type": { "description": "What its value is (string)", "enum": types },
                        "pattern": text("A regular expression that all of the value matches"),
                        "choices": list("The values that it may have", plain("One of them")),
                        "default": plain("Default value, for non-secrets"),
                        "generate": pattern("How to make a new value", KIND),
                        "example": plain("What a value may look like"),
                        "profiles": list("The profiles in which it is required (all)", string()),
                        "override": overrides(),
                        "secret": truth("Whether it is a secret, which `venvars scan` looks for (what its value looks like)"),
                        "fallbacks": {
                            "description": "The variable that keeps its old values, as a JSON list, for what is signed with them",
                            "allOf": [{ "type": "string" }, name()],
                        },
                    },
                },
            },
        },
    })
}
