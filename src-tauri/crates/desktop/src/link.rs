//! What the tray's process and the window's say to each other: one JSON value a line, over a socket that the
//! window's process gets as its standard input.
//!
//! The window calls and is answered, as a page calls Tauri's commands; besides, it is told of events and asked
//! to come to the front, which it confirms: a window that is just being closed would come to no front. When the
//! socket ends, so does the window.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The program that shows the window, installed beside `dinghy`.
pub const WINDOW_PROGRAM: &str = "dinghy-window";

/// From the window, a whole line: the oldest [`ToWindow::Show`] that it has not confirmed yet is done.
pub const SHOWN: &[u8] = b"\"shown\"\n";

/// From the window: run a command.
#[derive(Debug, Serialize, Deserialize)]
pub struct Call<'a> {
    /// The window's own number for this call; the answer carries it.
    pub id: u64,
    /// A command's name.
    pub command: &'a str,
    /// The object of its arguments.
    #[serde(borrow)]
    pub args: &'a RawValue,
}

/// To the window.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToWindow {
    /// A command's result.
    Answer {
        /// The call's number.
        id: u64,
        /// What the command gave back.
        value: Box<RawValue>,
    },
    /// A command's error.
    Refusal {
        /// The call's number.
        id: u64,
        /// An `ApiError`.
        error: Box<RawValue>,
    },
    /// Something happened.
    Event {
        /// Its name.
        name: String,
        /// What about it.
        payload: Box<RawValue>,
    },
    /// Come to the front, at a page if one is given.
    Show {
        /// As in the window's address, `/servers`.
        page: Option<String>,
    },
}

/// A line of the link, with its end. Fails only if a value cannot be written as JSON.
pub fn line(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::value::to_raw_value;

    use super::*;

    fn text(value: &impl Serialize) -> String {
        String::from_utf8(line(value).expect("a line")).expect("UTF-8")
    }

    #[test]
    fn lines_and_back() {
        let raw = |text: &str| to_raw_value(text).expect("JSON");
        let args = raw("a\nb");
        let call = text(&Call { id: 7, command: "apps", args: &args });
        expect![[r#"
            {"id":7,"command":"apps","args":"a\nb"}
        "#]]
        .assert_eq(&call);
        let read: Call<'_> = serde_json::from_str(&call).expect("a call");
        assert_eq!((read.id, read.command, read.args.get()), (7, "apps", r#""a\nb""#));
        assert_eq!(text(&"shown").as_bytes(), SHOWN);

        let lines: String = [
            ToWindow::Answer { id: 7, value: raw("x") },
            ToWindow::Refusal { id: 8, error: raw("y") },
            ToWindow::Event { name: "status".to_owned(), payload: raw("z") },
            ToWindow::Show { page: None },
        ]
        .iter()
        .map(text)
        .collect();
        expect![[r#"
            {"answer":{"id":7,"value":"x"}}
            {"refusal":{"id":8,"error":"y"}}
            {"event":{"name":"status","payload":"z"}}
            {"show":{"page":null}}
        "#]]
        .assert_eq(&lines);
        let read: Vec<ToWindow> =
            lines.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
        assert_eq!(read.iter().map(text).collect::<String>(), lines);
    }
}
