//! The texts that a value becomes when other programs write it down.

use std::fmt::Write;

use zeroize::Zeroizing;

/// An encoded value.
pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// The 64 digits of base64, in its two alphabets: RFC 4648, sections 4 and 5.
const ALPHABETS: [&[u8; 64]; 2] = [
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
];

/// What a digit of base64 beside a value has to be: it shares its six bits with the value's neighbour,
/// or with nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shared {
    /// The bits that are the value's; none, if there is no such digit.
    mask: u8,
    /// What they are.
    bits: u8,
}

impl Shared {
    /// Whether there is such a digit.
    pub fn is_there(self) -> bool {
        self.mask != 0
    }

    /// Whether `digit` is one, in either alphabet.
    pub fn fits(self, digit: u8) -> bool {
        let place = |alphabet: &[u8; 64]| alphabet.iter().position(|known| *known == digit);
        let value = ALPHABETS.iter().copied().find_map(place);
        value.is_some_and(|value| value & usize::from(self.mask) == usize::from(self.bits))
    }
}

/// The digits of base64 that `value` alone decides, for each of the three places it may have in a
/// group and each alphabet; and what the digits before and after them have to be.
///
/// The crate `base64` encodes whole texts; it has no word for the digits in their middle.
pub(super) fn base64(value: &[u8]) -> impl Iterator<Item = (Bytes, [Shared; 2])> {
    (0..3).flat_map(move |before| {
        ALPHABETS.map(|alphabet| {
            // The first bit of the first digit that begins inside the value.
            let mut bit = (before * 8usize).next_multiple_of(6) - before * 8;
            let low = (1u8 << bit) - 1;
            let first = value.first().copied().unwrap_or(0);
            let before =
                Shared { mask: low, bits: (first >> (8 - bit.max(1)) >> usize::from(bit == 0)) & low };
            let mut digits = Zeroizing::new(Vec::with_capacity(value.len() * 4 / 3 + 1));
            while bit + 6 <= value.len() * 8 {
                let (byte, shift) = (bit / 8, bit % 8);
                let pair = u16::from_be_bytes([value[byte], value.get(byte + 1).copied().unwrap_or(0)]);
                digits.push(alphabet[usize::from(pair >> (10 - shift)) & 63]);
                bit += 6;
            }
            let high = value.len() * 8 - bit.min(value.len() * 8);
            let last = value.last().copied().unwrap_or(0);
            let mask = 63 & !(63u8 >> high);
            let after = Shared { mask, bits: (last << (6 - high)) & mask };
            (digits, [before, after])
        })
    })
}

/// `value` in hexadecimal digits, small and capital.
pub(super) fn hex(value: &[u8]) -> [Bytes; 2] {
    [false, true]
        .map(|capital| Zeroizing::new(value.iter().flat_map(|byte| hex_digits(*byte, capital)).collect()))
}

fn hex_digits(byte: u8, capital: bool) -> [u8; 2] {
    let digits = if capital { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]
}

/// The punctuation that an encoder leaves as it is, and whether a space becomes a `+`.
const ENCODERS: &[(&str, bool)] = &[
    // RFC 3986, section 2.3: Python's quote(safe=""), curl, PHP's rawurlencode.
    ("-._~", false),
    // Python's quote.
    ("-._~/", false),
    // Python's quote_plus, Go's QueryEscape.
    ("-._~", true),
    // JavaScript's encodeURIComponent and encodeURI (ECMA-262, 19.2.6).
    ("-._~!*'()", false),
    ("-._~!*'();/?:@&=+$,#", false),
    // application/x-www-form-urlencoded of the URL Standard, Java's URLEncoder; PHP's urlencode.
    ("-._*", true),
    ("-._", true),
    // The password of an address: RFC 3986, section 3.2.1, and the URL Standard's userinfo.
    ("-._~!$&'()*+,;=", false),
    ("-._~!$&'()*+,", false),
    // Everything that is no letter and no digit.
    ("", false),
    // What a browser leaves in a query, also of http; in a fragment; in a path: the URL Standard, 1.3.
    ("!$%&'()*+,-./:;=?@[\\]^_`{|}~", false),
    ("!$%&()*+,-./:;=?@[\\]^_`{|}~", false),
    ("!#$%&'()*+,-./:;=?@[\\]^_{|}~", false),
    ("!$%&'()*+,-./:;=@[\\]_|~", false),
];

/// `value` with every byte as `%` and two digits, and every one of its UTF-16 as `\u` and four: what escapes
/// without looking at what it escapes. With small and capital digits.
pub(super) fn wholly_escaped(value: &str) -> [Bytes; 4] {
    let percent = |capital| {
        let escape = |byte| [b'%'].into_iter().chain(hex_digits(byte, capital));
        Zeroizing::new(value.bytes().flat_map(escape).collect())
    };
    let json = |capital| {
        let mut text = Vec::with_capacity(value.len() * 6);
        for unit in value.encode_utf16() {
            text.extend_from_slice(b"\\u");
            unit.to_be_bytes().iter().for_each(|byte| text.extend_from_slice(&hex_digits(*byte, capital)));
        }
        Zeroizing::new(text)
    };
    [percent(false), percent(true), json(false), json(true)]
}

/// `value` percent-encoded in every usual way, with small and capital digits.
pub(super) fn percent(value: &[u8]) -> impl Iterator<Item = Bytes> {
    ENCODERS.iter().flat_map(move |(safe, plus)| {
        [false, true].map(|capital| {
            let mut text = Zeroizing::new(Vec::with_capacity(value.len() * 3));
            for byte in value {
                match byte {
                    b' ' if *plus => text.push(b'+'),
                    _ if byte.is_ascii_alphanumeric() || safe.as_bytes().contains(byte) => text.push(*byte),
                    _ => {
                        text.push(b'%');
                        text.extend_from_slice(&hex_digits(*byte, capital));
                    }
                }
            }
            text
        })
    })
}

/// `value` in a command of a GitHub workflow (`::error::…`): its text, and what stands before that (the functions
/// `escapeData` and `escapeProperty` of actions/toolkit).
pub(super) fn workflow(value: &str) -> [Zeroizing<String>; 2] {
    let data = Zeroizing::new(value.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"));
    let property = Zeroizing::new(data.replace(':', "%3A").replace(',', "%2C"));
    [data, property]
}

/// What a writer of JSON does with characters that it may leave as they are.
#[derive(Clone, Copy)]
struct JsonStyle {
    /// Escapes what is not ASCII, as Python and PHP do.
    ascii: bool,
    /// Escapes `/`, as PHP does.
    slash: bool,
    /// Escapes what HTML could take for its own: `<>&`, as Go does, also `'`, as Flask's and
    /// Jinja's `tojson` do, or .NET's longer list.
    html: &'static str,
    /// Writes escapes with capital digits, as .NET does.
    capital: bool,
}

/// `value` inside a JSON string, as the usual writers put it there.
pub(super) fn json(value: &str) -> impl Iterator<Item = Bytes> {
    const HTML: [&str; 4] = ["", "<>&", "<>&'", "<>&\"'+`"];
    // What makes no difference to this value is not tried.
    let is_plain = value.bytes().all(|byte| (b' '..0x7f).contains(&byte));
    let has = |characters: &str| value.contains(|c| characters.contains(c));
    let useful = u8::from(!is_plain) | (u8::from(has("/")) << 1) | (u8::from(!is_plain || has(HTML[3])) << 2);
    let flags = (0..8u8).filter(move |bits| bits & !useful == 0);
    let flags = flags.map(|bits| (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0));
    let styles =
        flags.flat_map(|(ascii, slash, capital)| HTML.map(|html| JsonStyle { ascii, slash, html, capital }));
    styles.map(move |style| {
        let mut text = Zeroizing::new(String::with_capacity(value.len() * 6));
        value.chars().for_each(|c| json_character(&mut text, c, style));
        Zeroizing::new(std::mem::take(&mut *text).into_bytes())
    })
}

/// `once`, which is inside a JSON string, when that is inside another.
pub(super) fn json_again(once: &Bytes) -> Option<Bytes> {
    json(std::str::from_utf8(once).ok()?).next()
}

fn json_character(text: &mut String, c: char, style: JsonStyle) {
    let short = match c {
        '"' if !style.html.contains('"') => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '/' if style.slash => "\\/",
        _ => "",
    };
    let raw = !c.is_control() && !style.html.contains(c) && (c.is_ascii() || !style.ascii);
    // Python escapes DEL where it escapes what is not ASCII; others leave it.
    let raw = raw || (c == '\u{7f}' && !style.ascii);
    if !short.is_empty() {
        text.push_str(short);
    } else if raw {
        text.push(c);
    } else {
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = if style.capital { write!(text, "\\u{unit:04X}") } else { write!(text, "\\u{unit:04x}") };
        }
    }
}

/// The forms of a text of several lines: each line end as CRLF, as a space, and as nothing; none for
/// a text of one line.
pub(super) fn lines(value: &str) -> Vec<Zeroizing<String>> {
    let unix = Zeroizing::new(value.replace("\r\n", "\n"));
    if !unix.contains('\n') {
        return Vec::new();
    }
    let with = |end: &str| Zeroizing::new(unix.replace('\n', end));
    vec![unix.clone(), with("\r\n"), with(" "), with("")]
}

/// `value` in UTF-16, little and big endian.
pub(super) fn utf16(value: &str) -> [Bytes; 2] {
    let bytes = |of: fn(u16) -> [u8; 2]| Zeroizing::new(value.encode_utf16().flat_map(of).collect());
    [bytes(u16::to_le_bytes), bytes(u16::to_be_bytes)]
}

/// `value` in UTF-32, little and big endian.
pub(super) fn utf32(value: &str) -> [Bytes; 2] {
    let bytes = |of: fn(u32) -> [u8; 4]| Zeroizing::new(value.chars().map(u32::from).flat_map(of).collect());
    [bytes(u32::to_le_bytes), bytes(u32::to_be_bytes)]
}

/// `value` in ISO 8859-1, if it has all of its characters.
pub(super) fn latin1(value: &str) -> Option<Bytes> {
    value.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    #[test]
    fn the_digits_of_base64_stand_in_every_text_that_holds_the_value() {
        let value = b"\xfb\xff\xbe?>~secret~\xff\xfe";
        let cores: Vec<(Bytes, [Shared; 2])> = base64(value).collect();
        for before in 0..7usize {
            for after in 0..7usize {
                for neighbour in [b'\0', 0xff, b'a'] {
                    let whole = [vec![neighbour; before], value.to_vec(), vec![neighbour; after]].concat();
                    for (at, engine) in [STANDARD, URL_SAFE].iter().enumerate() {
                        let (core, [first, last]) = &cores[before % 3 * 2 + at];
                        let text = engine.encode(&whole).into_bytes();
                        let start = memchr::memmem::find(&text, core).unwrap();
                        let end = start + core.len();
                        assert!(!first.is_there() || first.fits(text[start - 1]), "{before} {after}");
                        assert!(!last.is_there() || last.fits(text[end]), "{before} {after}");
                        let bits = |shared: &Shared| shared.mask.count_ones() as usize;
                        assert_eq!(core.len() * 6 + bits(first) + bits(last), value.len() * 8);
                        assert!(core.len() + 2 >= value.len() * 4 / 3);
                    }
                }
            }
        }
    }

    #[test]
    fn json_is_read_back_as_the_value() {
        let value = "a\"b\\c/d\n\r\t\u{8}\u{c}\u{1}\u{7f}é€🚒<>&'+`";
        for text in json(value) {
            let text = String::from_utf8(text.to_vec()).unwrap();
            assert_eq!(serde_json::from_str::<String>(&format!("\"{text}\"")).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn percent_is_read_back_as_the_value() {
        let value = "p@ss w0rd/+%é~!*'()&=;,".as_bytes();
        for text in percent(value) {
            // Only a form takes `+` for a space, and it writes no other space.
            let spaces = text.windows(3).filter(|three| *three == b"%20").count();
            let text: Vec<u8> =
                text.iter().map(|byte| if spaces == 0 && *byte == b'+' { b' ' } else { *byte }).collect();
            assert_eq!(percent_encoding::percent_decode(&text).collect::<Vec<u8>>(), value);
        }
    }
}
