//! What a server says of a commit.

/// Who made a revision, and why (`GET …/revisions/REVISION/metadata`).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct CommitMetadata {
    /// `NAME <EMAIL>`, as Git has it.
    pub author: String,
    /// RFC 3339, as the server wrote it.
    pub date: String,
    /// The whole message.
    pub message: String,
    /// Tags that point to it.
    pub tags: Vec<String>,
}
