//! Just enough of HTML to look closely at a page that `maud` wrote.

/// A start tag.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// The tags it stands in, outermost first.
    pub(crate) within: Vec<String>,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A page in parts.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) tags: Vec<Tag>,
    /// Texts, with the tag each stands in.
    pub(crate) texts: Vec<(String, String)>,
}

const VOID: &[&str] = &["meta", "link", "input", "br", "hr", "img"];

impl Page {
    /// Takes a page apart.
    ///
    /// # Panics
    /// If a tag is not closed as it was opened.
    pub(crate) fn read(html: &str) -> Self {
        let (mut page, mut open, mut rest) = (Self::default(), Vec::<String>::new(), html);
        while let Some(at) = rest.find('<') {
            page.text(&rest[..at], open.last());
            rest = &rest[at + 1..];
            if rest.starts_with('!') {
                rest = rest.split_once('>').unwrap().1;
            } else if let Some(after) = rest.strip_prefix('/') {
                let (name, after) = after.split_once('>').unwrap();
                assert_eq!(open.pop().as_deref(), Some(name), "closed and not opened");
                rest = after;
            } else {
                let (tag, after) = read_tag(rest, &open);
                if !VOID.contains(&tag.name.as_str()) {
                    open.push(tag.name.clone());
                }
                page.tags.push(tag);
                rest = after;
            }
        }
        page.text(rest, open.last());
        assert!(open.is_empty(), "opened and not closed: {open:?}");
        page
    }

    fn text(&mut self, text: &str, within: Option<&String>) {
        let text = unescape(text.trim());
        if !text.is_empty() {
            self.texts.push((within.cloned().unwrap_or_default(), text));
        }
    }

    pub(crate) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p Tag> {
        self.tags.iter().filter(move |tag| tag.name == name)
    }

    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.tags.iter().any(|tag| tag.get("id") == Some(id))
    }
}

fn read_tag<'h>(html: &'h str, open: &[String]) -> (Tag, &'h str) {
    let end = html.find([' ', '>']).unwrap();
    let mut tag = Tag { name: html[..end].to_owned(), attributes: Vec::new(), within: open.to_vec() };
    let mut rest = &html[end..];
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        let end = rest.find(['=', ' ', '>']).unwrap();
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(after) => {
                let (value, after) = after.split_once('"').unwrap();
                rest = after;
                unescape(value)
            }
            None => String::new(),
        };
        tag.attributes.push((name, value));
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
