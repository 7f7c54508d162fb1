//! A `service.webhook.*` key as text. Scalars that are no plain words are written as JSON strings, which YAML reads.

use std::fmt::Write as _;

use dinghy_model::{DingTalkOptions, WebhookOptions};
use dinghy_rules::ServiceExtra;

/// The value of a `service.webhook.*` key; `extra`: what else stood in it.
pub(super) fn service_yaml(options: &WebhookOptions, extra: &ServiceExtra) -> String {
    let mut yaml = format!("url: {}\n", plain_or_quoted(&options.url));
    if !options.headers.is_empty() {
        yaml.push_str("headers:\n");
        for header in &options.headers {
            let _ = writeln!(
                yaml,
                "  - name: {}\n    value: {}",
                plain_or_quoted(&header.name),
                plain_or_quoted(&header.value)
            );
        }
    }
    if let Some((user, password)) = &options.basic_auth {
        let _ = writeln!(yaml, "basicAuth:\n  username: {}\n  password: {}", quote(user), quote(password));
    }
    if options.insecure_skip_verify {
        yaml.push_str("insecureSkipVerify: true\n");
    }
    if let Some(dingtalk) = &options.dingtalk {
        let mut parts = parts(dingtalk);
        entries(&mut parts, "  ", &extra.dingtalk);
        if !parts.is_empty() {
            yaml.push_str("dingtalk:\n");
            yaml.push_str(&parts);
        }
    }
    entries(&mut yaml, "", &extra.service);
    yaml
}

fn entries(yaml: &mut String, margin: &str, entries: &[String]) {
    for line in entries.iter().flat_map(|entry| entry.lines()) {
        let margin = if line.is_empty() { "" } else { margin };
        let _ = writeln!(yaml, "{margin}{line}");
    }
}

fn parts(dingtalk: &DingTalkOptions) -> String {
    let mut parts = String::new();
    if !dingtalk.sign_secret.is_empty() {
        let _ = writeln!(parts, "  signSecret: {}", plain_or_quoted(&dingtalk.sign_secret));
    }
    if !dingtalk.keywords.is_empty() {
        let words: Vec<String> = dingtalk.keywords.iter().map(|word| quote(word)).collect();
        let _ = writeln!(parts, "  keywords: [{}]", words.join(", "));
    }
    if !dingtalk.mention.is_empty() {
        parts.push_str("  mention:\n");
        for (who, to) in &dingtalk.mention {
            let _ = writeln!(parts, "    {}: {}", quote(who), quote(to));
        }
    }
    if dingtalk.pc_slide {
        parts.push_str("  pcSlide: true\n");
    }
    parts
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Words that YAML takes as a string need no quotes; anything else gets them.
fn plain_or_quoted(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "$-_/.".contains(c))
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if plain { text.to_owned() } else { quote(text) }
}
