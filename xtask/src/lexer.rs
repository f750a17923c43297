//! Finds the functions of a Rust file and how long they are, without a parser.
//!
//! Comments, strings and character literals are blanked first, so that a brace within them counts for nothing.

/// A function and the lines it spans.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// The line its `fn` stands on, from 1.
    pub(crate) line: usize,
    /// Lines from `fn` to its closing brace, both included.
    pub(crate) lines: usize,
}

/// Lists the functions that have a body, in the order their bodies end.
pub(crate) fn functions(source: &str) -> Vec<Function> {
    let blank = blank(source);
    let mut scan = Scan::default();
    for (index, line) in blank.lines().enumerate() {
        for word in words(line) {
            scan.take(word, index);
        }
    }
    scan.found
}

/// A function whose body has not begun or not ended yet.
struct Started {
    name: String,
    index: usize,
    /// How many round and square brackets were open around its `fn`.
    depth: usize,
}

#[derive(Default)]
struct Scan {
    found: Vec<Function>,
    /// One for each open brace; a function's where it is one's body.
    open: Vec<Option<Started>>,
    pending: Option<Started>,
    depth: usize,
    after_fn: bool,
}

impl Scan {
    fn take(&mut self, word: &str, index: usize) {
        // `fn(` is the type of a pointer, not the start of a function.
        if std::mem::take(&mut self.after_fn) && word != "(" {
            self.pending = Some(Started { name: word.to_owned(), index, depth: self.depth });
            return;
        }
        match word {
            "fn" => self.after_fn = true,
            "(" | "[" => self.depth += 1,
            ")" | "]" => self.depth = self.depth.saturating_sub(1),
            "{" => self.open.push(self.pending.take()),
            "}" => {
                if let Some(Some(Started { name, index: start, .. })) = self.open.pop() {
                    self.found.push(Function { name, line: start + 1, lines: index - start + 1 });
                }
            }
            // A declaration without a body; the `;` of an array among the arguments is deeper.
            ";" if self.pending.as_ref().is_some_and(|started| started.depth == self.depth) => self.pending = None,
            _ => {}
        }
    }
}

/// Splits a line into words and single signs.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = line.trim_start();
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = if is_word(first) { rest.find(|c| !is_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (word, after) = rest.split_at_checked(end)?;
        rest = after.trim_start();
        Some(word)
    })
}

/// Replaces comments, strings and character literals by spaces and keeps every line where it is.
fn blank(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = literal(rest, out.chars().next_back()).unwrap_or(0);
        let (hidden, after) = rest.split_at_checked(length).unwrap_or(("", rest));
        if hidden.is_empty() {
            out.push(first);
            rest = rest.strip_prefix(first).unwrap_or_default();
        } else {
            out.extend(hidden.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = after;
        }
    }
    out
}

/// Returns how many bytes the comment or literal takes that starts here, if one does.
fn literal(text: &str, before: Option<char>) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if let Some(rest) = text.strip_prefix("/*") {
        return Some(rest.find("*/").map_or(text.len(), |end| end + 4));
    }
    if let Some(rest) = text.strip_prefix('"') {
        return Some(1 + closing(rest, '"'));
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if text.starts_with('r') && (!in_word || before == Some('b')) {
        return raw(text);
    }
    let quoted = text.strip_prefix('\'')?;
    let mut chars = quoted.chars();
    match (chars.next()?, chars.next()) {
        ('\\', _) => Some(1 + closing(quoted, '\'')),
        (one, Some('\'')) => Some(2 + one.len_utf8()),
        // A lifetime or a label.
        _ => None,
    }
}

/// Returns the bytes up to and including the first `quote` that no backslash precedes.
fn closing(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// Returns how many bytes the raw string takes that starts with this `r`, if one does.
fn raw(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('r')?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let body = rest.trim_start_matches('#').strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = 2 + hashes;
    Some(body.find(&end).map_or(text.len(), |at| start + at + end.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(source: &str) -> Vec<(String, usize, usize)> {
        functions(source).into_iter().map(|f| (f.name, f.line, f.lines)).collect()
    }

    #[test]
    fn functions_are_found_with_their_lines() {
        let source =
            "impl A {\n    fn one() {}\n\n    fn two(\n        a: u8,\n    ) -> u8 {\n        { a }\n    }\n}\n";
        assert_eq!(seen(source), [("one".to_owned(), 2, 1), ("two".to_owned(), 4, 5)]);
    }

    #[test]
    fn braces_in_text_and_comments_count_for_nothing() {
        let source =
            "fn one() {\n // }\n let a = \"}\\\"}\"; let b = '}'; let c = r#\"}\"}\"#; /* } */ let d = b'\\'';\n}\n";
        assert_eq!(seen(source), [("one".to_owned(), 1, 4)]);
    }

    #[test]
    fn lifetimes_and_function_pointers_are_not_mistaken() {
        let source = "fn one<'a>(f: fn(&'a str) -> char) -> &'a str {\n    f('{')\n}\ntrait T {\n    fn two();\n}\n";
        assert_eq!(seen(source), [("one".to_owned(), 1, 3)]);
    }

    #[test]
    fn an_array_among_the_arguments_ends_nothing() {
        assert_eq!(seen("fn one(a: [u8; 3]) -> [u8; 3] {\n    a\n}\n"), [("one".to_owned(), 1, 3)]);
    }

    #[test]
    fn a_function_within_a_function_is_its_own() {
        let source = "fn one() {\n    fn two() {\n    }\n}\n";
        assert_eq!(seen(source), [("two".to_owned(), 2, 2), ("one".to_owned(), 1, 4)]);
    }
}
