//! Values that have broken quoting somewhere.

/// virtualenv's own name for trouble.
pub const TROUBLE: &str = "'\";&&e-$ èрт🚒♞中片-j";

/// Every value that the contract speaks of, by name.
pub fn nasty() -> Vec<(String, String)> {
    let mut values: Vec<(&str, String)> = [
        ("SECRET_KEY", "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf"),
        ("EMPTY", ""),
        ("QUOTES", "it's \"quoted\" 'twice' \"\" '' '''"),
        ("ONLY_QUOTE", "'"),
        ("TWO_QUOTES", "''"),
        ("DOUBLE", "\""),
        ("BACKSLASHES", r"\ \\ \n \' \"),
        ("TAIL_BACKSLASH", "c:\\dir\\"),
        ("DOLLARS", "$HOME ${HOME} $(id) $((1+1)) $'x' $\"y\" $$"),
        ("BACKTICKS", "`id` ``"),
        ("BANGS", "!! !$ !-1 hello!world \\!"),
        ("PERCENTS", "100% %PATH% %%PATH%% %1 %~dp0"),
        ("CARETS", "^a^b ^^ ^&"),
        ("NEWLINES", "one\ntwo\n\nfour"),
        ("FINAL_NEWLINE", "line\n"),
        ("ONLY_NEWLINE", "\n"),
        ("MARKER", "x\n# <<< venvars export <<<\n@rem <<< venvars export <<<\n    # >>> venvars unset >>>\n"),
        ("CARRIAGE", "a\rb\r\nc\r"),
        ("TABS", "\ta\t\tb\t"),
        ("SPACES", "  two  spaces  "),
        ("ESCAPES", "\u{1b}[31mred\u{1b}[0m\u{7}\u{8}"),
        ("SMART_QUOTES", "\u{2018}a\u{2019} \u{201a}b\u{201b} \u{201c}c\u{201d}"),
        ("INJECT_SH", "'; echo INJECTED; #"),
        ("INJECT_FISH", "\\'; echo INJECTED; #"),
        ("INJECT_PS", "\u{2019}; Write-Output INJECTED; #"),
        ("INJECT_CMD", "\" & echo INJECTED & rem \""),
        ("GLOBS", "* ? [a-z]* ~ ~root {a,b} =ls"),
        ("HASH", "# no comment"),
        ("DASH", "-n"),
        ("EQUALS", "=a=b="),
        ("JSON_KEY", "{\"type\": \"service_account\", \"key\": \"-----BEGIN\\nPRIVATE KEY-----\\n\"}"),
        ("DATABASE_URL", "postgresql://u:p%40ss@localhost:5432/db?sslmode=require&x=1"),
        ("HOME_PATH", "~/a:$HOME/b:/c d"),
        ("CONFIG_DIRS", "~:/x::/y"),
        ("NON_ASCII", "Grüße, Жук, 日本語, العربية"),
        ("EMOJI", "🚒♞👩‍👩‍👧‍👦"),
        ("COMBINING", "e\u{301} \u{202e}rtl \u{feff}bom \u{a0}nbsp \u{2028}ls"),
        ("PLANE_16", "\u{10ffff}\u{10000}\u{e000}"),
        ("NUMBER", "007"),
        ("BOOLEAN", "false"),
        ("NOTHING", "null"),
        ("lower_case", "lower"),
        ("_underscore", "under"),
        ("a", "short"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect();
    values.push(("TROUBLE", TROUBLE.to_owned()));
    values.push(("CONTROLS", (1..=31).chain([127]).filter_map(char::from_u32).collect()));
    values.push(("C1_CONTROLS", (128..160).filter_map(char::from_u32).collect()));
    values.push(("LATIN", (160..256).filter_map(char::from_u32).collect()));
    values.push((
        "PEM",
        "-----BEGIN `A` KEY-----\n".to_owned() + &"it's $x \"+/=!* \\0123456789abcdefghij\n".repeat(90),
    ));
    values.push(("LONG", "0123456789 abcdef'\\\"$!\n".repeat(4300)));
    values.push(("LONG_EMOJI", "🚒♞中".repeat(5000)));
    // No variable of Windows is longer than 32,766 units of UTF-16.
    values.retain(|(_, value)| !cfg!(windows) || value.encode_utf16().count() < 32_767);
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Values for a second venv: some names of the first, some of its own.
pub fn second() -> Vec<(String, String)> {
    [("SECRET_KEY", "b's own"), ("QUOTES", "\"b\" isn't a\n"), ("ONLY_B", "only\\b")]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Values that are there before activation, for names of both venvs.
pub fn preset() -> Vec<(String, String)> {
    let old = "old 'value' \"$HOME\" `x` \\ ! % * ~\n\nwith lines\u{2019} 🚒";
    [
        ("SECRET_KEY", "plain"),
        ("EMPTY", "was not empty"),
        ("QUOTES", old),
        ("NEWLINES", ""),
        ("HOME_PATH", "/old:/path"),
        ("ONLY_B", old),
        ("NUMBER", "8"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}
