//! From events to nodes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::{Kind, Node, Text};

/// Deeper nesting is refused: nothing in a manifest needs it, and freeing a node recurses.
const MAX_DEPTH: usize = 64;

/// Nodes that aliases may stand for in one text, so that a few lines cannot become gigabytes.
const MAX_ALIASED: usize = 20_000;

/// Text that is no YAML.
#[derive(Debug)]
pub(crate) struct YamlError {
    /// Byte offset in the file.
    pub(crate) at: u32,
    /// What is wrong.
    pub(crate) detail: String,
}

/// Parses all documents of a text. An empty text has none.
pub(crate) fn parse(text: &Text) -> Result<Vec<Node>, YamlError> {
    let mut builder = Builder {
        text,
        bytes: text.value.char_indices().map(|(at, _)| at).chain([text.value.len()]).collect(),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        aliased: 0,
        documents: Vec::new(),
    };
    for event in Parser::new_from_str(&text.value) {
        let (event, span) = event.map_err(|error| YamlError {
            at: text.place(builder.byte(error.marker().index())),
            detail: error.info().to_owned(),
        })?;
        builder.take(event, span)?;
    }
    Ok(builder.documents)
}

/// A list or mapping that is not closed yet.
struct Open {
    start: u32,
    anchor: usize,
    mapping: bool,
    items: Vec<Node>,
}

struct Builder<'a> {
    text: &'a Text,
    /// Byte offset of each character: the parser counts characters.
    bytes: Vec<usize>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    aliased: usize,
    documents: Vec<Node>,
}

impl Builder<'_> {
    fn byte(&self, character: usize) -> usize {
        self.bytes.get(character).copied().unwrap_or(self.text.value.len())
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        let (start, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        let at = self.text.place(start);
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let node = self.scalar(value.into_owned(), style, tag, start..end.max(start));
                self.close(node, anchor);
            }
            Event::SequenceStart(anchor, _) => self.begin(at, anchor, false)?,
            Event::MappingStart(anchor, _) => self.begin(at, anchor, true)?,
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                let kind = if open.mapping { mapping(open.items) } else { Kind::Sequence(open.items) };
                let end = self.text.place(end).max(open.start);
                self.close(Node { start: open.start, end, kind }, open.anchor);
            }
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    return Err(YamlError { at, detail: "alias of a value that is not complete".into() });
                };
                self.aliased += weight(&node);
                if self.aliased > MAX_ALIASED {
                    return Err(YamlError { at, detail: "the aliases stand for too much".into() });
                }
                self.close(node, 0);
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn scalar(
        &self,
        value: String,
        style: ScalarStyle,
        tag: Option<Cow<'_, Tag>>,
        span: std::ops::Range<usize>,
    ) -> Node {
        let start = self.text.place(span.start);
        let behind = self.text.place(span.end);
        let text = Text::scalar(value, style, self.text, span);
        // The span of a quoted scalar may go on over blanks and a comment.
        let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
        let end = if quoted { behind.min(text.place(text.value.len()) + 1) } else { behind };
        let plain = style == ScalarStyle::Plain && tag.is_none();
        Node { start, end, kind: Kind::Scalar { text, plain } }
    }

    fn begin(&mut self, start: u32, anchor: usize, mapping: bool) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(YamlError { at: start, detail: "nested too deeply".into() });
        }
        self.open.push(Open { start, anchor, mapping, items: Vec::new() });
        Ok(())
    }

    fn close(&mut self, node: Node, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some(open) => open.items.push(node),
            None => self.documents.push(node),
        }
    }
}

/// Pairs up keys and values, and puts in what `<<` merges (explicit keys win).
fn mapping(items: Vec<Node>) -> Kind {
    let mut pairs: Vec<(Node, Node)> = Vec::with_capacity(items.len() / 2);
    let mut merged = Vec::new();
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        match &key.kind {
            Kind::Scalar { text, plain: true } if text.value == "<<" => merged.push(value),
            _ => pairs.push((key, value)),
        }
    }
    let sources = merged.into_iter().flat_map(|node| match node.kind {
        Kind::Sequence(nodes) => nodes,
        _ => vec![node],
    });
    for source in sources {
        let Kind::Mapping(inherited) = source.kind else { continue };
        for (key, value) in inherited {
            if !pairs.iter().any(|(known, _)| same(known, &key)) {
                pairs.push((key, value));
            }
        }
    }
    Kind::Mapping(pairs)
}

fn same(a: &Node, b: &Node) -> bool {
    match (a.string(), b.string()) {
        (Some(a), Some(b)) => a.value == b.value,
        _ => false,
    }
}

fn weight(node: &Node) -> usize {
    1 + match &node.kind {
        Kind::Scalar { .. } => 0,
        Kind::Sequence(items) => items.iter().map(weight).sum(),
        Kind::Mapping(pairs) => pairs.iter().map(|(key, value)| weight(key) + weight(value)).sum(),
    }
}
