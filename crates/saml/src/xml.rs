//! Documents, read within bounds, and their elements.

use uppsala::{Document, NodeId, NodeKind, Parser};

/// How deep elements may be nested. What SAML defines needs less than twenty levels.
const MOST_DEPTH: u32 = 64;

/// How many equals signs there may be between one `<` and the next, and with that how many
/// attributes an element may have: the parser compares each with each.
const MOST_ATTRIBUTES: usize = 256;

/// Reads a document with at most `most_markup` tags, comments and the like. One with a document
/// type is refused, and with it entities.
pub(crate) fn parse(text: &str, most_markup: usize) -> Option<Document<'_>> {
    let text = text.trim_start_matches('\u{feff}');
    // Counted before anything is built: a document in memory is many times its text.
    let mut markup = 0;
    for piece in text.split('<') {
        markup += 1;
        let attributes = piece.bytes().filter(|byte| *byte == b'=').count();
        if markup > most_markup || attributes > MOST_ATTRIBUTES {
            return None;
        }
    }
    let parser = Parser::new()
        .with_forbid_dtd(true)
        .with_max_depth(MOST_DEPTH);
    parser.parse(text).ok()
}

/// The document's one outermost element.
pub(crate) fn root<'d>(document: &'d Document<'d>) -> Option<Element<'d>> {
    Element::new(document, document.document_element()?)
}

/// An element of a document.
#[derive(Clone, Copy)]
pub(crate) struct Element<'d> {
    document: &'d Document<'d>,
    node: NodeId,
    element: &'d uppsala::Element<'d>,
}

impl<'d> Element<'d> {
    /// The element that a node is, if it is one.
    pub(crate) fn new(document: &'d Document<'d>, node: NodeId) -> Option<Self> {
        let element = document.element(node)?;
        Some(Self {
            document,
            node,
            element,
        })
    }

    /// Which node of the document it is.
    pub(crate) fn node(self) -> NodeId {
        self.node
    }

    /// Whether it has this name.
    pub(crate) fn is(self, name: Name) -> bool {
        self.element.matches_name_ns(name.namespace, name.local)
    }

    /// The attribute of this name in no namespace, as all of SAML's are.
    pub(crate) fn attribute(self, local: &str) -> Option<&'d str> {
        let found = self.element.attributes.iter().find(|attribute| {
            let namespace = attribute.name.namespace_uri.as_deref();
            namespace.is_none_or(str::is_empty) && attribute.name.local_name == local
        })?;
        Some(&found.value)
    }

    /// The elements directly in it.
    pub(crate) fn children(self) -> impl Iterator<Item = Self> {
        self.document
            .children_iter(self.node)
            .filter_map(move |node| Self::new(self.document, node))
    }

    /// The elements of this name directly in it.
    pub(crate) fn children_named(self, name: Name) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.is(name))
    }

    /// The one element of this name directly in it. `None` where there is none, and where there are
    /// several.
    pub(crate) fn only_child(self, name: Name) -> Option<Self> {
        let mut found = self.children_named(name);
        let first = found.next();
        first.filter(|_| found.next().is_none())
    }

    /// All elements of this name within it, however deep; not itself.
    pub(crate) fn descendants_named(self, name: Name) -> impl Iterator<Item = Self> {
        self.document
            .descendants(self.node)
            .into_iter()
            .filter_map(move |node| Self::new(self.document, node))
            .filter(move |element| element.is(name))
    }

    /// Its text in full. Comments are no part of it and do not end it. `None` where it holds other
    /// elements.
    pub(crate) fn text(self) -> Option<String> {
        let mut text = String::new();
        for node in self.document.children_iter(self.node) {
            match self.document.node_kind(node)? {
                NodeKind::Text(part) | NodeKind::CData(part) => text.push_str(part),
                NodeKind::Comment(_) | NodeKind::ProcessingInstruction(_) => {}
                NodeKind::Document | NodeKind::Element(_) | NodeKind::Attribute(..) => return None,
            }
        }
        Some(text)
    }
}

/// The name of an element with its namespace.
#[derive(Clone, Copy)]
pub(crate) struct Name {
    namespace: &'static str,
    local: &'static str,
}

/// A name of SAML assertions.
pub(crate) const fn saml(local: &'static str) -> Name {
    Name {
        namespace: "urn:oasis:names:tc:SAML:2.0:assertion",
        local,
    }
}

/// A name of SAML's protocol.
pub(crate) const fn protocol(local: &'static str) -> Name {
    Name {
        namespace: "urn:oasis:names:tc:SAML:2.0:protocol",
        local,
    }
}

/// A name of SAML metadata.
pub(crate) const fn metadata(local: &'static str) -> Name {
    Name {
        namespace: "urn:oasis:names:tc:SAML:2.0:metadata",
        local,
    }
}

/// A name of XML signatures.
pub(crate) const fn dsig(local: &'static str) -> Name {
    Name {
        namespace: "http://www.w3.org/2000/09/xmldsig#",
        local,
    }
}

/// A name of exclusive canonicalization.
pub(crate) const fn exclusive(local: &'static str) -> Name {
    Name {
        namespace: "http://www.w3.org/2001/10/xml-exc-c14n#",
        local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMESPACE: &str = "xmlns='urn:oasis:names:tc:SAML:2.0:assertion'";

    #[track_caller]
    fn check_text(inner: &str, text: Option<&str>) {
        let xml = format!("<NameID {NAMESPACE}>{inner}</NameID>");
        let document = parse(&xml, 100).unwrap();
        let element = root(&document).unwrap();
        assert!(element.is(saml("NameID")));
        assert_eq!(element.text().as_deref(), text, "{inner}");
    }

    #[test]
    fn comments_do_not_cut_a_text() {
        check_text("admin", Some("admin"));
        check_text("admin<!-- x -->.evil.example", Some("admin.evil.example"));
        check_text("<!-- x -->admin", Some("admin"));
        check_text("ad<![CDATA[<mi>]]>n<?p i?>!&amp;&#x41;", Some("ad<mi>n!&A"));
        check_text("", Some(""));
        check_text("admin<b>x</b>", None);
    }

    #[test]
    fn attributes_of_other_namespaces_are_not_taken_for_ours() {
        let xml = "<a xmlns:x='urn:x' x:ID='theirs' ID='ours'/>";
        let document = parse(xml, 10).unwrap();
        assert_eq!(root(&document).unwrap().attribute("ID"), Some("ours"));
        let document = parse("<a xmlns:x='urn:x' x:ID='theirs'/>", 10).unwrap();
        assert_eq!(root(&document).unwrap().attribute("ID"), None);
    }

    #[track_caller]
    fn check_refused(xml: &str) {
        let shown: String = xml.chars().take(60).collect();
        assert!(parse(xml, 1_000).is_none(), "{shown}");
    }

    #[test]
    fn document_types_are_refused() {
        check_refused("<!DOCTYPE a><a/>");
        check_refused("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>");
        check_refused("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>");
        check_refused("<a>&undeclared;</a>");
    }

    #[test]
    fn the_work_is_bounded() {
        let nested = |depth| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(parse(&nested(64), 1_000).is_some());
        check_refused(&nested(65));
        let wide = |count| format!("<a>{}</a>", "<b/>".repeat(count));
        assert!(parse(&wide(997), 1_000).is_some());
        check_refused(&wide(998));
        let attributes = |count| {
            let all: String = (0..count).map(|each| format!(" b{each}=''")).collect();
            format!("<a{all}/>")
        };
        assert!(parse(&attributes(256), 1_000).is_some());
        check_refused(&attributes(257));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_document() {
        assert!(parse("\u{feff}<?xml version='1.0'?><a/>", 10).is_some());
    }
}
