//! Tokens of DingTalk robots (`…/robot/send?access_token=…`; any host, private deployments have their own) in a text.

/// Whether a robot's URL holds its token itself, not a `$name` for it.
pub(crate) fn literal_token(url: &str) -> bool {
    url.split_once("/robot/send?")
        .and_then(|(_, query)| token(query))
        .is_some_and(|token| !token.is_empty() && !token.starts_with('$'))
}

fn token(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("access_token="))
}
