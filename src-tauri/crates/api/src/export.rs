//! The event log as a file in the user's downloads.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use dinghy_model::Problem;

use crate::wire::{ApiError, EventFilter, EventRow, ExportFormat, Exported};
use crate::{Api, now_ms};

/// Events that are read at once.
const PAGE: u32 = 1000;
/// How spreadsheets know UTF-8.
const MARK: &str = "\u{feff}";

impl Api {
    /// Writes all events that pass the filter, newest first, into a new file in `folder`.
    pub fn events_export(
        &self,
        filter: &EventFilter,
        format: ExportFormat,
        folder: &Path,
    ) -> Result<Exported, ApiError> {
        let extension = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::Json => "json",
        };
        let path = free_name(folder, "dinghy-events", extension);
        let broken = |error: io::Error| {
            let problem = Problem::Io { path: path.display().to_string(), detail: error.to_string() };
            self.error(&problem)
        };
        let mut file = BufWriter::new(File::create_new(&path).map_err(broken)?);
        if format == ExportFormat::Csv {
            write!(
                file,
                "{MARK}id,time,server,namespace,application,trigger,destination,tone,what,detail\r\n"
            )
            .map_err(broken)?;
        }
        let mut filter = EventFilter { before: None, limit: PAGE, ..filter.clone() };
        let mut rows = 0;
        loop {
            let page = self.events(&filter)?;
            for row in &page {
                match format {
                    ExportFormat::Csv => write!(file, "{}\r\n", csv(row)),
                    ExportFormat::Json => serde_json::to_writer(&mut file, row)
                        .map_err(io::Error::other)
                        .and_then(|()| file.write_all(b"\n")),
                }
                .map_err(broken)?;
            }
            rows += page.len();
            filter.before = page.last().map(|row| row.event.id);
            if page.len() < PAGE as usize {
                break;
            }
        }
        file.flush().map_err(broken)?;
        Ok(Exported { path: path.display().to_string(), rows })
    }
}

/// A file that is not there yet.
pub(crate) fn free_name(folder: &Path, stem: &str, extension: &str) -> PathBuf {
    folder.join(format!("{stem}-{}.{extension}", now_ms()))
}

fn csv(row: &EventRow) -> String {
    let event = &row.event;
    let app = |part: fn(&dinghy_model::AppId) -> &str| event.app.as_ref().map_or("", part).to_owned();
    [
        event.id.to_string(),
        crate::time::rfc3339(event.at_ms),
        app(|id| &id.server.0),
        app(|id| &id.namespace),
        app(|id| &id.name),
        event.trigger.clone(),
        event.service.clone(),
        row.tone.word().to_owned(),
        row.text.clone(),
        row.detail.clone(),
    ]
    .map(|field| cell(&field))
    .join(",")
}

/// A field of RFC 4180. What a spreadsheet would take for a formula is marked as text: names and messages come from
/// outside.
fn cell(text: &str) -> String {
    let text =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells() {
        let rows = [
            ("", ""),
            ("plain", "plain"),
            ("a, b", "\"a, b\""),
            ("say \"hi\"\nthere", "\"say \"\"hi\"\"\nthere\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("-1", "'-1"),
            ("已发送", "已发送"),
        ];
        for (text, expected) in rows {
            assert_eq!(cell(text), expected);
        }
    }
}
