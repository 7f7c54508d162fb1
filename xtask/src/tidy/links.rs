//! Links between our own pages and pictures: each leads to a file of the repository, and to a heading in it.

use super::Finding;
use super::tree::Tree;

/// Every rule of this module. Addresses of other hosts are not asked.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let of_page = |(path, text): (&str, &str)| -> Vec<Finding> {
        let wrong = |(line, target): (usize, &str)| {
            advice(tree, path, target).map(|advice| Finding::new(path, line, advice))
        };
        targets(text).filter_map(wrong).collect()
    };
    tree.with_extension(&["md"]).flat_map(of_page).collect()
}

/// Lines, from 1, and what stands in the round brackets of `[…](…)`. Nothing in fenced code is a link.
fn targets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    prose(text).flat_map(|(line, words)| {
        let ends = words.split("](").skip(1);
        ends.filter_map(move |end| end.split_once(')').map(|(target, _)| (line, target)))
    })
}

fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        (!in_code && !is_fence).then_some((index + 1, line))
    })
}

/// What is wrong with a link on the page `from`.
fn advice(tree: &Tree, from: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() { Some(from.to_owned()) } else { resolve(from, file) };
    let Some(path) = path.filter(|path| tree.has(path)) else {
        return Some(format!("the link leads to {target}, which is not here"));
    };
    let known = heading.is_empty()
        || tree.text(&path).is_some_and(|text| headings(text).any(|known| known == heading));
    (!known).then(|| format!("the link leads to #{heading}, and {path} has no such heading"))
}

/// `docs/a.md` and `../b.png` → `b.png`; None when it leads out of the repository.
fn resolve(from: &str, file: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Headings as GitHub makes anchors of them.
fn headings(text: &str) -> impl Iterator<Item = String> {
    prose(text).filter_map(|(_, line)| {
        let words = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?;
        let kept = words.trim().chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::shown;

    #[test]
    fn links_that_lead_nowhere() {
        let page = "[a](b.md), [b](b.md#no-icon), ![c](../pictures/c.png), [d](#here), [e](https://host/x)\n\
            [f](gone.md) and [g](b.md#icon) and [h](../../outside.md)\n\
            # Here\n\
            ```\n[i](gone.md)\n```\n\
            [j](#there)\n";
        let tree =
            Tree::made_up(&[("docs/a.md", page), ("docs/b.md", "## No icon?\n"), ("pictures/c.png", "")]);
        expect![[r#"
            docs/a.md:2: the link leads to gone.md, which is not here
            docs/a.md:2: the link leads to #icon, and docs/b.md has no such heading
            docs/a.md:2: the link leads to ../../outside.md, which is not here
            docs/a.md:7: the link leads to #there, and docs/a.md has no such heading
        "#]]
        .assert_eq(&shown(&check(&tree)));
    }

    #[test]
    fn anchors_are_githubs() {
        let text =
            "# Dinghy\n## settings.toml\n### What `x` is, in short\n## @ 人\n## 消息为什么发了？\n#no\n";
        let found: Vec<String> = headings(text).collect();
        assert_eq!(found, ["dinghy", "settingstoml", "what-x-is-in-short", "-人", "消息为什么发了"]);
    }
}
