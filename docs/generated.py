"""The pages of the site that are made when it is built, so that none can be out of date.

The start page is the README, the pages under "Project" and "Security" are the files of the repository's root, and the
reference is what the program itself prints: `venvars` on the PATH, or the one that $VENVARS names.
"""

import json
import os
import pathlib
import re
import subprocess

from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).resolve().parent.parent

# The files of the root, and what they are called on the site.
FROM_ROOT = {
    "README.md": "index.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "STYLE.md": "style.md",
    "ARCHITECTURE.md": "architecture.md",
    "LICENSE": "license.md",
}


def on_files(files, config):
    for name, page in FROM_ROOT.items():
        text = (ROOT / name).read_text()
        if name == "LICENSE":
            text = f"# License\n\n```text\n{text}```\n"
        # The root's files point to each other and into docs/.
        text = re.sub(r"\]\((?:docs/)?([^):#]+)(#[^)]*)?\)", from_root, text)
        files.append(File.generated(config, page, content=text))
    files.append(File.generated(config, "commands.md", content=commands()))
    files.append(File.generated(config, "schemas.md", content=schemas()))
    for file in ["secrets", "settings"]:
        files.append(File.generated(config, f"{file}.schema.json", content=venvars("schema", file)))
    return files


def from_root(link):
    target, anchor = link[1], link[2] or ""
    return f"]({FROM_ROOT.get(target, target)}{anchor})"


def on_page_markdown(markdown, page, **_):
    """The pages of docs/ point to the root's files as they do in the repository."""
    return re.sub(r"\]\(\.\./([^)#]+)", lambda link: f"]({FROM_ROOT[link[1]]}", markdown)


def venvars(*arguments):
    program = os.environ.get("VENVARS", "venvars")
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def commands():
    """The help of every command."""
    pages = ["# Commands\n\nWhat `venvars help COMMAND` prints.\n"]
    add_help([], pages)
    return "\n".join(pages)


def add_help(words, pages):
    text = venvars(*words, "--help")
    sections = text.split("\n\n")
    if words:
        sections = [section for section in sections if not section.startswith("Global options:")]
    shown = "\n\n".join(sections).rstrip()
    pages.append(f"## {' '.join(['venvars', *words])}\n\n```text\n{shown}\n```\n")
    usage = next(index for index, section in enumerate(sections) if section.startswith("Usage:"))
    for section in sections[usage + 1 :]:
        title, *lines = section.splitlines()
        if re.search("options:|arguments:|^Examples:|^Values of", title, re.IGNORECASE):
            break
        for line in lines:
            name = re.match(r"  ([a-z]+)(?: |$)", line)
            if name and name[1] != "help":
                add_help([*words, name[1]], pages)


def schemas():
    """What the schemas of both files say, as tables."""
    settings = json.loads(venvars("schema", "settings"))
    declared = settings["properties"]["variables"]["additionalProperties"]
    secrets = json.loads(venvars("schema", "secrets"))
    forms = [form for form in secrets["$defs"]["value"]["anyOf"] if "properties" in form]
    pages = [
        "# Schemas",
        "JSON Schemas, from which editors complete: [secrets.schema.json](secrets.schema.json) for `secrets.toml`, "
        "[settings.schema.json](settings.schema.json) for `venvars.toml` and `[tool.venvars]`. They are what "
        "`venvars schema secrets` and `venvars schema settings` print.",
        "## Settings: [tool.venvars]",
        table(settings),
        "## Declared variables: [tool.venvars.variables.NAME]",
        table(declared),
        "## Values in secrets.toml",
        secrets["$defs"]["literal"]["description"] + ". Or a table with one of these:",
        *(table(form) for form in forms),
    ]
    return "\n\n".join(pages) + "\n"


def table(schema):
    return "\n".join(["| key | value | meaning |", "|---|---|---|", *rows(schema, "")])


def rows(schema, prefix):
    for name, value in schema["properties"].items():
        yield f"| `{prefix}{name}` | {kind(value)} | {value.get('description', '')} |"
        if "properties" in value:
            yield from rows(value, f"{prefix}{name}.")


def kind(schema):
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(kind(one) for one in schema["anyOf"])
    if "allOf" in schema:
        return kind(schema["allOf"][0])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    words = {"array": "list", "object": "table"}
    return " or ".join(words.get(one, one) for one in kinds)
