//! `urlParse` and `urlJoin`: Go's net/url between a text and a map of its parts.

use dinghy_govalue::{Map, Value};

use super::ip::check_literal;
use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed};
use crate::slot::kind_name;
use crate::text::quote;

pub(super) static TABLE: &[Func] =
    &[fixed("urlJoin", &[Ty::Map], url_join), fixed("urlParse", &[Ty::Str], url_parse)];

/// The parts of a URL, decoded.
#[derive(Default)]
struct Url {
    scheme: Vec<u8>,
    opaque: Vec<u8>,
    /// User name, and password if there is a colon.
    user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    host: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    fragment: Vec<u8>,
}

/// Which characters stay as they are in a part of a URL.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    User,
    Host,
    Zone,
    Path,
    Fragment,
}

fn url_parse(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let text = args.bytes(0);
    let url = Url::parse(text).map_err(|message| format!("unable to parse url: {message}"))?;
    let userinfo = url.userinfo();
    let hostname = url.hostname().to_vec();
    Ok(Value::map([
        ("scheme", Value::str(url.scheme)),
        ("host", Value::str(url.host)),
        ("hostname", Value::str(hostname)),
        ("path", Value::str(url.path)),
        ("query", Value::str(url.query)),
        ("opaque", Value::str(url.opaque)),
        ("fragment", Value::str(url.fragment)),
        ("userinfo", Value::str(userinfo)),
    ]))
}

fn url_join(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let part = |key: &str| part_of(args.map(0), key);
    let mut url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        user: None,
    };
    let userinfo = part("userinfo")?;
    if !userinfo.is_empty() {
        let text = [b"proto://", &userinfo[..], b"@host"].concat();
        let parsed =
            Url::parse(&text).map_err(|message| format!("unable to parse userinfo in dict: {message}"))?;
        url.user = parsed.user;
    }
    Ok(Value::str(url.show()))
}

fn part_of(map: Option<&Map>, key: &str) -> Result<Vec<u8>, String> {
    match map.and_then(|map| map.get(key.as_bytes())).as_deref() {
        None => Ok(Vec::new()),
        Some(Value::Str(text)) => Ok(text.to_vec()),
        Some(Value::Nil) => {
            Err("runtime error: invalid memory address or nil pointer dereference".to_owned())
        }
        Some(other) => {
            let kind = kind_name(other);
            Err(format!("unable to parse {key} key, must be of type string, but {kind} found"))
        }
    }
}

impl Url {
    fn parse(text: &[u8]) -> Result<Url, String> {
        let (before, fragment) = cut(text, b'#');
        let error = |text| move |message| format!("parse {}: {message}", quote(text));
        let mut url = Url::parse_before_fragment(before).map_err(error(before))?;
        if let Some(fragment) = fragment {
            url.fragment = unescape(fragment, Part::Fragment).map_err(error(text))?;
        }
        Ok(url)
    }

    fn parse_before_fragment(text: &[u8]) -> Result<Url, String> {
        if text.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let mut url = Url::default();
        if text == b"*" {
            url.path = text.to_vec();
            return Ok(url);
        }
        let (scheme, rest) = scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        let (mut rest, query) = cut(rest, b'?');
        url.query = query.unwrap_or_default().to_vec();
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        if !(url.scheme.is_empty() && rest.starts_with(b"///"))
            && let Some(behind) = rest.strip_prefix(b"//")
        {
            let end = behind.iter().position(|byte| *byte == b'/').unwrap_or(behind.len());
            rest = &behind[end..];
            url.parse_authority(&behind[..end])?;
        }
        url.path = unescape(rest, Part::Path)?;
        Ok(url)
    }

    fn parse_authority(&mut self, authority: &[u8]) -> Result<(), String> {
        let Some(at) = authority.iter().rposition(|byte| *byte == b'@') else {
            self.host = host(&self.scheme, authority)?;
            return Ok(());
        };
        self.host = host(&self.scheme, &authority[at + 1..])?;
        let userinfo = &authority[..at];
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
        if !userinfo.iter().all(allowed) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        let (name, password) = cut(userinfo, b':');
        let password = password.map(|password| unescape(password, Part::User)).transpose()?;
        self.user = Some((unescape(name, Part::User)?, password));
        Ok(())
    }

    fn userinfo(&self) -> Vec<u8> {
        let Some((name, password)) = &self.user else { return Vec::new() };
        let mut out = escape(name, Part::User);
        if let Some(password) = password {
            out.push(b':');
            out.extend_from_slice(&escape(password, Part::User));
        }
        out
    }

    /// The host without a port and without the brackets of an IPv6 address.
    fn hostname(&self) -> &[u8] {
        let mut host = &self.host[..];
        if let Some(colon) = host.iter().rposition(|byte| *byte == b':')
            && valid_port(&host[colon..])
        {
            host = &host[..colon];
        }
        host.strip_prefix(b"[").and_then(|inner| inner.strip_suffix(b"]")).unwrap_or(host)
    }

    fn show(&self) -> Vec<u8> {
        let mut out = self.scheme.clone();
        if !out.is_empty() {
            out.push(b':');
        }
        if self.opaque.is_empty() {
            let some = !self.host.is_empty() || !self.path.is_empty() || self.user.is_some();
            if some && (!self.scheme.is_empty() || !self.host.is_empty() || self.user.is_some()) {
                out.extend_from_slice(b"//");
                if self.user.is_some() {
                    out.extend_from_slice(&self.userinfo());
                    out.push(b'@');
                }
                out.extend_from_slice(&escape(&self.host, Part::Host));
            }
            let path = if self.path == b"*" { b"*".to_vec() } else { escape(&self.path, Part::Path) };
            if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
                out.push(b'/');
            }
            if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
                out.extend_from_slice(b"./");
            }
            out.extend_from_slice(&path);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend_from_slice(&escape(&self.fragment, Part::Fragment));
        }
        out
    }
}

fn cut(text: &[u8], sep: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(sep, text) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

fn scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok((b"", text))
}

/// Empty, or a colon and digits.
fn valid_port(port: &[u8]) -> bool {
    match port {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn host(scheme: &[u8], text: &[u8]) -> Result<Vec<u8>, String> {
    let check_port = |port: &[u8]| {
        if valid_port(port) { Ok(()) } else { Err(format!("invalid port {} after host", quote(port))) }
    };
    match text.iter().rposition(|byte| *byte == b'[') {
        Some(0) => {
            let end = text.iter().rposition(|byte| *byte == b']').ok_or("missing ']' in host")?;
            let (inner, port) = (&text[1..end], &text[end + 1..]);
            check_port(port)?;
            // In a zone (`%25eth0`) nearly anything may be escaped, elsewhere in the host next to nothing.
            let zone = memchr::memmem::find(inner, b"%25").unwrap_or(inner.len());
            let mut address = unescape(&inner[..zone], Part::Host)?;
            address.extend(unescape(&inner[zone..], Part::Zone)?);
            check_literal(&address)?;
            return Ok([b"[", &address[..], b"]", port].concat());
        }
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {}
    }
    // Databases have lists of hosts with ports there; the web has one host.
    let colon = match scheme {
        b"http" | b"https" => memchr::memchr(b':', text),
        _ => memchr::memrchr(b':', text),
    };
    check_port(colon.map_or(&[], |colon| &text[colon..]))?;
    unescape(text, Part::Host)
}

fn should_escape(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return false;
    }
    let kept: &[u8] = match part {
        Part::Host | Part::Zone => b"!$&'()*+,;=:[]<>\"",
        Part::User => b"$&+,;=",
        Part::Path => b"$&+,/:;=@",
        Part::Fragment => b"$&+,/:;=?@!()*",
    };
    !kept.contains(&byte)
}

fn escape(text: &[u8], part: Part) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        if should_escape(*byte, part) {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        } else {
            out.push(*byte);
        }
    }
    out
}

fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, String> {
    let hex = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let host = matches!(part, Part::Host | Part::Zone);
        if byte != b'%' {
            if host && byte < 0x80 && should_escape(byte, part) {
                return Err(format!("invalid character {} in host name", quote(&[byte])));
            }
            out.push(byte);
            continue;
        }
        let decoded = match tail {
            [high, low, ..] => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        let shown = [b"%", &tail[..tail.len().min(2)]].concat();
        let bad = || Err(format!("invalid URL escape {}", quote(&shown)));
        let Some(decoded) = decoded else { return bad() };
        let percent = &tail[..2] == b"25";
        if part == Part::Host && decoded < 0x80 && !percent {
            return bad();
        }
        if part == Part::Zone && !percent && decoded != b' ' && should_escape(decoded, Part::Host) {
            return bad();
        }
        out.push(decoded);
        rest = &tail[2..];
    }
    Ok(out)
}
