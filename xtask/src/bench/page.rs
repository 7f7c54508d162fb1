//! docs/measurements.md: the table, and the notes that people wrote below it.

use serde::Deserialize;

/// What stands below this line is not the bench's and is kept.
const NOTES: &str = "<!-- What stands below this line is kept when the bench writes this page again. -->";

const HEAD: &str = "\
# Measurements

Written by `cargo xtask bench`, which builds the release of Dinghy, a bare Tauri application (`xtask/bare`: an icon in
the tray, a menu, a window with one word) and installs Nagstamon from Debian's packages; all are measured in the same run,
each on a private desktop of its own. PSS is summed over all processes of an application. Nagstamon runs as on a fresh
account, without a server. `tests/src/bin/measure` says how each figure is taken.
";

/// One line of the table.
#[derive(Debug, Deserialize)]
pub(super) struct Figure {
    pub(super) what: String,
    pub(super) unit: String,
    pub(super) dinghy: f64,
    pub(super) bare: Option<f64>,
    pub(super) nagstamon: Option<f64>,
    /// Dinghy's figure should be no larger.
    pub(super) goal: Option<f64>,
}

pub(super) struct Page {
    pub(super) figures: Vec<Figure>,
    pub(super) machine: Vec<(&'static str, String)>,
}

impl Page {
    /// The page's text, with the notes of the page that it replaces.
    pub(super) fn replacing(&self, before: &str) -> String {
        let notes = before.split_once(NOTES).map_or("\n", |(_, notes)| notes);
        let machine: String = self.machine.iter().map(|(key, value)| format!("- {key}: {value}\n")).collect();
        let lines: String = self.figures.iter().map(line).collect();
        format!(
            "{HEAD}\n{machine}\n| Figure | Dinghy | Bare Tauri | Nagstamon | Goal | |\n|---|--:|--:|--:|--:|---|\n{lines}\n{NOTES}{notes}"
        )
    }
}

fn line(figure: &Figure) -> String {
    let Figure { what, unit, dinghy, bare, nagstamon, goal } = figure;
    let number = |value: f64| if value.abs() < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") };
    let optional = |value: &Option<f64>| value.map_or_else(|| "–".to_owned(), number);
    let (goal, verdict) = match *goal {
        Some(goal) if *dinghy <= goal => (format!("≤ {goal}"), "met"),
        Some(goal) => (format!("≤ {goal}"), "**missed**"),
        None => (String::new(), ""),
    };
    let (dinghy, bare, nagstamon) = (number(*dinghy), optional(bare), optional(nagstamon));
    format!("| {what}, {unit} | {dinghy} | {bare} | {nagstamon} | {goal} | {verdict} |\n")
}

/// Puts a part of another bench between its marks, or at the end if it is new. All else on the page stays.
pub(super) fn put(page: &str, bench: &str, key: &str, part: &str) -> String {
    let (open, close) = (format!("<!-- bench {bench}: {key} -->"), format!("<!-- end: {key} -->"));
    let part = format!("{open}\n{part}{close}");
    let page = if page.is_empty() { format!("# Measurements\n\n{NOTES}\n") } else { page.to_owned() };
    match (page.split_once(&open), page.split_once(&close)) {
        (Some((head, _)), Some((_, tail))) => format!("{head}{part}{tail}"),
        _ => format!("{}\n\n{part}\n", page.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn figure(what: &str, dinghy: f64, goal: Option<f64>) -> Figure {
        Figure {
            what: what.to_owned(),
            unit: "MB".to_owned(),
            dinghy,
            bare: Some(86.4),
            nagstamon: None,
            goal,
        }
    }

    fn page() -> Page {
        let figures = vec![
            figure("Light", 0.126, Some(0.5)),
            figure("Heavy", 91.2, Some(90.0)),
            figure("Free", 12.0, None),
        ];
        Page { figures, machine: vec![("Date", "today".to_owned())] }
    }

    #[test]
    fn goals_are_met_or_missed() {
        let text = page().replacing("");
        let table: String = text
            .lines()
            .filter(|line| line.starts_with(['|', '-']))
            .map(|line| format!("{line}\n"))
            .collect();
        expect![[r#"
            - Date: today
            | Figure | Dinghy | Bare Tauri | Nagstamon | Goal | |
            |---|--:|--:|--:|--:|---|
            | Light, MB | 0.13 | 86 | – | ≤ 0.5 | met |
            | Heavy, MB | 91 | 86 | – | ≤ 90 | **missed** |
            | Free, MB | 12 | 86 | – |  |  |
        "#]]
        .assert_eq(&table);
    }

    #[test]
    fn notes_survive() {
        let with_notes = page().replacing("") + "\n## Why heavy\nBecause.\n";
        let again = page().replacing(&with_notes);
        assert_eq!(again, with_notes);
    }

    #[test]
    fn a_part_replaces_itself_and_nothing_else() {
        let page = put("# Measurements\n\ntable\n", "languages", "expr", "old\n");
        let page = put(&page, "languages", "tmpl", "templates\n");
        let page = put(&page, "languages", "expr", "new\n");
        assert_eq!(
            page,
            "# Measurements\n\ntable\n\n<!-- bench languages: expr -->\nnew\n<!-- end: expr -->\n\n\
             <!-- bench languages: tmpl -->\ntemplates\n<!-- end: tmpl -->\n"
        );
    }
}
