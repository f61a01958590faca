//! What the pages' readers have already, and what is true in the end.

/// What belongs to a page and is hidden from its readers, who would paste it.
#[derive(Clone, Copy)]
pub struct Hidden {
    pub page: &'static str,
    /// Makes what the reader has already: bash.
    pub before: &'static str,
    /// Fails unless it is true in the end: bash.
    pub after: &'static str,
    /// What the commands print.
    pub says: &'static [&'static str],
    /// What `scripts/test` installs, whose programs they call.
    pub tools: &'static [&'static str],
}

/// A project with an environment, in a repository.
const PROJECT: &str = "
    git init --quiet
    python3 -m venv --without-pip .venv
    echo .venv >.gitignore
    venvars init
    venvars set SECRET_KEY --generate
    venvars set PORT=5000
    venvars apply
";

const HIDDEN: &[Hidden] = &[
    Hidden {
        page: "README.md",
        before: "",
        after: r#"
            [ ${#SECRET_KEY} = 64 ]
            if [ -x "$WEB/bin/flask" ]; then
                "$WEB/bin/flask" --app app routes
                DJANGO_SETTINGS_MODULE=settings "$WEB/bin/python" -c '
import os
from django.conf import settings
assert settings.SECRET_KEY == os.environ["SECRET_KEY"]'
            fi"#,
        says: &["64\n"],
        tools: &[],
    },
    Hidden {
        page: "docs/ci-docker.md",
        before: r"
            venvars init
            venvars set PORT=5000
            export GITHUB_ENV=$HOME/github-env
            gh() { cat >sent-to-github; }
            fly() { cat >sent-to-fly; }
            docker() { cat $3 >sent-to-docker; }",
        after: "
            [ $PORT = 5000 ]
            for file in sent-to-github sent-to-fly sent-to-docker github-env; do grep 5000 $file; done",
        says: &["\"PORT\": \"5000\"", "::add-mask::5000"],
        tools: &[],
    },
    Hidden { page: "docs/doctor.md", before: PROJECT, ..NONE },
    Hidden { page: "docs/find-leaks.md", before: PROJECT, after: "[ ! -e .git/hooks/pre-push ]", ..NONE },
    Hidden {
        page: "docs/getting-started.md",
        after: "[ \"$(venvars get SECRET_KEY)\" = 'nothing in single quotes is changed: $, \\n and \"quotes\" stay' ]",
        says: &["64\n", "in sync"],
        ..NONE
    },
    Hidden {
        page: "docs/import.md",
        before: "
            python3 -m venv --without-pip .venv
            echo 'export PASTED=by-hand' >>.venv/bin/activate
            venvars init",
        after: "
            [ \"$(venvars get MINE)\" = hunter2-of-mine ]
            [ \"$(venvars get PASTED)\" = by-hand ]
            [ \"$(grep -c 'export PASTED=' .venv/bin/activate)\" = 1 ]",
        ..NONE
    },
    Hidden {
        page: "docs/onboarding.md",
        before: "git init --quiet",
        after: "[ -e .git/hooks/pre-push ]",
        ..NONE
    },
    Hidden {
        page: "docs/package-managers.md",
        before: r#"
            for tool in uv-newest poetry pipenv hatch; do PATH=$PATH:$CACHE/$tool/bin; done
            # Where they keep environments when there is no .venv yet.
            export POETRY_VIRTUALENVS_IN_PROJECT=false PIPENV_VENV_IN_PROJECT=0
            printf '%s\n' '[project]' 'name = "demo"' 'version = "1"' 'requires-python = ">=3.9"' \
                '[tool.hatch.envs.default]' 'skip-install = true' >pyproject.toml
            poetry env use --quiet python3
            pipenv --quiet --python python3
            hatch --quiet env create
            venvars init
            venvars set SECRET_KEY --generate"#,
        after: r#"
            poetry=$(poetry env info --path) pipenv=$(pipenv --venv) hatch=$(hatch env find)
            for venv in .venv "$poetry" "$pipenv" "$hatch"; do
                (. "$venv/bin/activate" && [ ${#SECRET_KEY} = 64 ])
            done
            uv sync
            venvars status
            for other in "poetry run" "pipenv run" "hatch run" "uv run"; do
                if $other printenv SECRET_KEY; then exit 1; fi
            done"#,
        says: &["True\nTrue\n"],
        tools: &["uv-newest", "poetry", "pipenv", "hatch"],
    },
    Hidden {
        page: "docs/password-managers.md",
        before: r#"
            ssh-keygen -q -t ed25519 -N '' -f key
            printf 'recipients = ["%s"]\n' "$(cat key.pub)" >venvars.toml"#,
        after: "[ \"$(VENVARS_AGE_IDENTITY=key venvars get MAIL_KEY)\" = 'a mail key' ]",
        says: &["from-a-command"],
        ..NONE
    },
    Hidden { page: "docs/precedence.md", before: PROJECT, says: &["8000\n"], ..NONE },
    Hidden {
        page: "docs/profiles.md",
        before: "python3 -m venv --without-pip .venv",
        after: "(. .venv/bin/activate && [ $PORT = 5000 ])",
        says: &["postgresql://app:for tests@localhost/app"],
        ..NONE
    },
    Hidden {
        page: "docs/restore.md",
        before: "
            venvars init
            printf one | venvars set SECRET_KEY
            printf two | venvars set SECRET_KEY",
        after: "
            [ \"$(venvars get SECRET_KEY)\" = one ]
            venvars backups clear --yes",
        ..NONE
    },
    Hidden {
        page: "docs/rotate.md",
        before: PROJECT,
        after: "grep -q '\"SECRET_KEY\"' venvars.compromised.toml",
        says: &["it was in a log"],
        ..NONE
    },
    Hidden {
        page: "docs/run.md",
        before: r#"
            venvars init
            venvars set SECRET_KEY --generate
            python3 -m venv --without-pip .venv
            printf '#!/bin/sh\n[ -n "$SECRET_KEY" ] && echo an editor\n' >.venv/bin/code
            chmod +x .venv/bin/code"#,
        says: &["True\n", "<SECRET_KEY>\n", "an editor\n"],
        ..NONE
    },
    Hidden {
        page: "docs/settings.md",
        before: "venvars init && echo '[profile.dev]' >>secrets.toml",
        ..NONE
    },
    Hidden {
        page: "docs/shells.md",
        before: "export SHELL=/bin/bash",
        after: "[ -e .local/share/man/man1/venvars-set.1 ]",
        ..NONE
    },
    Hidden {
        page: "docs/uninstall.md",
        before: "
            git init --quiet
            python3 -m venv --without-pip .venv
            echo .venv >.gitignore
            cp -a .venv/bin before
            venvars init
            venvars set SECRET_KEY --generate
            venvars apply
            venvars hook install
            export SHELL=/bin/bash
            venvars completions --install",
        after: "
            diff -r before .venv/bin
            [ ! -e .git/hooks/pre-push ]",
        ..NONE
    },
    Hidden { page: "docs/values.md", before: "venvars init && python3 -m venv --without-pip .venv", ..NONE },
];

pub const NONE: Hidden = Hidden { page: "", before: "", after: "", says: &[], tools: &[] };

pub fn hidden(page: &str) -> Hidden {
    HIDDEN.iter().find(|hidden| hidden.page == page).copied().unwrap_or(NONE)
}
