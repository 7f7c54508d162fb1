//! What encoding/json says of a text that is not JSON.

/// Go's error for a text that could not be read, if Go has one.
pub(crate) fn explain(text: &[u8]) -> Result<(), String> {
    let mut scan = Scan { text, at: 0 };
    scan.value("looking for beginning of value")?;
    scan.blanks();
    if let Some(byte) = scan.peek() {
        return Err(invalid(byte, "after top-level value"));
    }
    // It is JSON, but a number in it may not fit.
    match scan.huge_number() {
        Some(number) => Err(format!("json: cannot unmarshal number {number} into Go value of type float64")),
        None => Ok(()),
    }
}

const END: &str = "unexpected end of JSON input";
/// Go reads no deeper than this.
const MAX_DEPTH: usize = 10_000;

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

fn invalid(byte: u8, context: &str) -> String {
    let shown = match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        _ => crate::quote_rune(char::from(byte)),
    };
    format!("invalid character {shown} {context}")
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// The next byte inside of a literal. At the end Go looks at a blank instead, to see whether the literal is whole.
    fn inside(&self) -> u8 {
        self.peek().unwrap_or(b' ')
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Scans one value. Lists and maps are scanned in one loop with a stack of what is open.
    fn value(&mut self, context: &str) -> Result<(), String> {
        let mut open: Vec<u8> = Vec::new();
        let mut context = context.to_owned();
        loop {
            self.blanks();
            match self.peek() {
                None => return Err(END.to_owned()),
                Some(b'{') => {
                    self.at += 1;
                    open.push(b'}');
                    if open.len() > MAX_DEPTH {
                        return Err("exceeded max depth".to_owned());
                    }
                    self.blanks();
                    if self.peek() != Some(b'}') {
                        self.key()?;
                        context = "looking for beginning of value".to_owned();
                        continue;
                    }
                    self.at += 1;
                    open.pop();
                }
                Some(b'[') => {
                    self.at += 1;
                    open.push(b']');
                    if open.len() > MAX_DEPTH {
                        return Err("exceeded max depth".to_owned());
                    }
                    self.blanks();
                    if self.peek() != Some(b']') {
                        context = "looking for beginning of value".to_owned();
                        continue;
                    }
                    self.at += 1;
                    open.pop();
                }
                Some(b'"') => self.string()?,
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                Some(b'n') => self.word("null")?,
                Some(byte) => return Err(invalid(byte, &context)),
            }
            // After a value: close what ends here, or go on to the next.
            loop {
                let Some(close) = open.last().copied() else { return Ok(()) };
                self.blanks();
                match self.peek() {
                    None => return Err(END.to_owned()),
                    Some(b',') => {
                        self.at += 1;
                        if close == b'}' {
                            self.key()?;
                        }
                        break;
                    }
                    Some(byte) if byte == close => {
                        self.at += 1;
                        open.pop();
                    }
                    Some(byte) if close == b'}' => return Err(invalid(byte, "after object key:value pair")),
                    Some(byte) => return Err(invalid(byte, "after array element")),
                }
            }
            context = "looking for beginning of value".to_owned();
        }
    }

    fn key(&mut self) -> Result<(), String> {
        self.blanks();
        match self.peek() {
            None => return Err(END.to_owned()),
            Some(b'"') => self.string()?,
            Some(byte) => return Err(invalid(byte, "looking for beginning of object key string")),
        }
        self.blanks();
        match self.peek() {
            None => Err(END.to_owned()),
            Some(b':') => {
                self.at += 1;
                Ok(())
            }
            Some(byte) => Err(invalid(byte, "after object key")),
        }
    }

    fn string(&mut self) -> Result<(), String> {
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(END.to_owned()),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.inside() {
                        b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => self.at += 1,
                        b'u' => {
                            self.at += 1;
                            for _ in 0..4 {
                                match self.inside() {
                                    byte if byte.is_ascii_hexdigit() => self.at += 1,
                                    byte => {
                                        return Err(invalid(byte, "in \\u hexadecimal character escape"));
                                    }
                                }
                            }
                        }
                        byte => return Err(invalid(byte, "in string escape code")),
                    }
                }
                Some(byte @ ..0x20) => return Err(invalid(byte, "in string literal")),
                Some(_) => self.at += 1,
            }
        }
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn digit(&mut self, context: &str) -> Result<(), String> {
        match self.inside() {
            b'0'..=b'9' => Ok(()),
            byte => Err(invalid(byte, context)),
        }
    }

    fn number(&mut self) -> Result<(), String> {
        if self.peek() == Some(b'-') {
            self.at += 1;
            self.digit("in numeric literal")?;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits();
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digit("after decimal point in numeric literal")?;
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digit("in exponent of numeric literal")?;
            self.digits();
        }
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), String> {
        for expected in word.bytes() {
            match self.inside() {
                byte if byte == expected => self.at += 1,
                byte => {
                    let expected = char::from(expected);
                    return Err(invalid(byte, &format!("in literal {word} (expecting '{expected}')")));
                }
            }
        }
        Ok(())
    }

    /// The first number outside of strings that is too large for a float.
    fn huge_number(&self) -> Option<String> {
        let text = std::str::from_utf8(self.text).ok()?;
        text.split(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'))
            .find(|number| number.parse::<f64>().is_ok_and(f64::is_infinite))
            .map(str::to_owned)
    }
}
