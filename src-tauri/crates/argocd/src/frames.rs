//! Cuts a stream into frames: server-sent events and JSON lines alike. No IO, no clock.
//!
//! Argo CD writes `data: {…} \n\n\n` and the comment `:\n` as keep-alive (`util/http`, grpc-gateway
//! with `Accept: text/event-stream`); a gateway that ignores the header sends one `{…}` a line.

use memchr::memchr;

/// Longer than any application; a stream without line ends must not fill the memory.
const LONGEST_LINE: usize = 64 << 20;

/// One thing on the stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// An event's JSON text, not yet checked.
    Data(Vec<u8>),
    /// A comment.
    KeepAlive,
}

/// A line grew beyond what can be an event.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line of more than 64 MB")]
pub(crate) struct LineTooLong;

/// Incremental decoder of one stream.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    buffer: Vec<u8>,
    /// Before this all lines were taken.
    taken: usize,
    /// Up to here there is no line end.
    searched: usize,
    /// The `data:` lines of the event under way, joined by line ends.
    event: Vec<u8>,
}

impl Frames {
    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), LineTooLong> {
        self.buffer.drain(..self.taken);
        self.searched -= self.taken;
        self.taken = 0;
        if self.buffer.len() + self.event.len() + bytes.len() > LONGEST_LINE {
            return Err(LineTooLong);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// The next whole frame, if there is one.
    pub(crate) fn next(&mut self) -> Option<Frame> {
        while let Some(found) = memchr(b'\n', &self.buffer[self.searched..]) {
            let end = self.searched + found;
            let line = &self.buffer[self.taken..end];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.taken = end + 1;
            self.searched = self.taken;
            if line.is_empty() {
                if !self.event.is_empty() {
                    return Some(Frame::Data(std::mem::take(&mut self.event)));
                }
            } else if line[0] == b':' {
                return Some(Frame::KeepAlive);
            } else if line[0] == b'{' {
                return Some(Frame::Data(line.to_vec()));
            } else if let Some(data) = line.strip_prefix(b"data:") {
                if !self.event.is_empty() {
                    self.event.push(b'\n');
                }
                self.event.extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
            }
            // `event:`, `id:` and `retry:` are never sent by Argo CD and mean nothing to us.
        }
        self.searched = self.buffer.len();
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frames(stream: &[u8], step: usize) -> Vec<Frame> {
        let mut decoder = Frames::default();
        let mut out = Vec::new();
        for piece in stream.chunks(step) {
            decoder.push(piece).expect("short lines");
            out.extend(std::iter::from_fn(|| decoder.next()));
        }
        out
    }

    fn check(stream: &str, expected: &[&str]) {
        for step in [1, 2, 5, stream.len()] {
            let shown: Vec<String> = frames(stream.as_bytes(), step)
                .into_iter()
                .map(|frame| match frame {
                    Frame::Data(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                    Frame::KeepAlive => ":".to_owned(),
                })
                .collect();
            assert_eq!(shown, expected, "{stream:?} by {step}");
        }
    }

    #[test]
    fn streams() {
        check("data: {\"a\":1} \n\n\n:\ndata: {\"b\":2} \n\n\n", &["{\"a\":1} ", ":", "{\"b\":2} "]);
        check("data:{\"a\":\r\ndata: 1}\r\n\r\n", &["{\"a\":\n1}"]);
        check("{\"a\":1}\n{\"b\":2}\n", &["{\"a\":1}", "{\"b\":2}"]);
        check("event: x\nid: 1\nretry: 5\ndata: y\n\n", &["y"]);
        check("\n\n\n:\n: ping\n", &[":", ":"]);
        check("data: {\"half\":", &[]);
    }

    #[test]
    fn endless_line() {
        let mut decoder = Frames::default();
        let piece = vec![b'x'; 16 << 20];
        let pushed: Vec<_> = (0..5).map(|_| decoder.push(&piece).is_ok()).collect();
        assert_eq!(pushed, [true, true, true, true, false]);
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same(stream in r#"(data: |:|\{|\n|\r\n|x|"|\}){0,60}"#, step in 1usize..12) {
            prop_assert_eq!(frames(stream.as_bytes(), step), frames(stream.as_bytes(), stream.len().max(1)));
        }
    }
}
