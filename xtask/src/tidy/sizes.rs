//! Shape of a source file: its first sentence, its length and the length of its functions. What the words say is in `words`.

use super::Finding;
use crate::house::Text;
use proc_macro2::Span;
use std::collections::BTreeSet;
use syn::visit::{self, Visit};

/// Longest function body, in lines of code.
const FUNCTION_LINES: usize = 70;
/// Longest file, in lines without its unit tests.
const FILE_LINES: usize = 800;

/// All rules of this file for one text.
pub fn check(text: &Text) -> Vec<Finding> {
    if !text.has_extension(&["rs"]) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if !text
        .content
        .lines()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| line.starts_with("//!"))
    {
        found.push(Finding::new(
            &text.path,
            "does not open with `//!`: say what the file holds and what it refuses to hold",
        ));
    }
    match syn::parse_file(&text.content) {
        Ok(file) => found.extend(check_parsed(text, &file)),
        Err(why) => found.push(Finding::new(&text.path, format!("cannot be parsed: {why}"))),
    }
    found
}

fn check_parsed(text: &Text, file: &syn::File) -> Vec<Finding> {
    let mut reader = Reader {
        lines: code_lines(&text.content),
        functions: Vec::new(),
        test_lines: 0,
    };
    reader.visit_file(file);
    let long = reader
        .functions
        .iter()
        .filter(|(_, _, length)| *length > FUNCTION_LINES);
    let mut found: Vec<Finding> = long
        .map(|(name, line, length)| {
            let what = format!(
                "`{name}` has {length} lines of code, at most {FUNCTION_LINES}: cut it where it changes subject"
            );
            Finding::new(format!("{}:{line}", text.path), what)
        })
        .collect();
    let length = text.content.lines().count().saturating_sub(reader.test_lines);
    if length > FILE_LINES && !text.is_test() {
        let what = format!("has {length} lines without tests, at most {FILE_LINES}: make a module");
        found.push(Finding::new(&text.path, what));
    }
    found
}

/// The numbers of lines that are neither blank nor comment only.
fn code_lines(content: &str) -> BTreeSet<usize> {
    let code = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    content
        .lines()
        .enumerate()
        .filter(|(_, line)| code(line))
        .map(|(index, _)| index + 1)
        .collect()
}

struct Reader {
    lines: BTreeSet<usize>,
    /// Name, line and length of each function.
    functions: Vec<(String, usize, usize)>,
    /// Lines of `#[cfg(test)]` modules.
    test_lines: usize,
}

impl Reader {
    fn function(&mut self, name: &syn::Ident, body: &syn::Block) {
        let braces = body.brace_token.span;
        let (first, last) = (line_of(braces.open()), line_of(braces.close()));
        // The lines of the two braces belong to the form, not to the body.
        let length = if last > first {
            self.lines.range(first + 1..last).count()
        } else {
            0
        };
        self.functions.push((name.to_string(), line_of(name.span()), length));
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig.ident, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig.ident, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.sig.ident, body);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if let (Some(mark), Some((braces, _))) = (item.attrs.iter().find(|one| is_test_only(one)), &item.content) {
            self.test_lines += line_of(braces.span.close()) + 1 - line_of(mark.pound_token.span);
        }
        visit::visit_item_mod(self, item);
    }
}

fn line_of(span: Span) -> usize {
    span.start().line
}

fn is_test_only(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Path>()
            .is_ok_and(|condition| condition.is_ident("test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, content: &str) -> String {
        let text = Text {
            path: path.to_owned(),
            content: content.to_owned(),
        };
        check(&text).iter().map(|one| format!("{one}\n")).collect()
    }

    fn function(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    // why\n\n    call(\"{\");\n".repeat(lines))
    }

    #[test]
    fn a_file_opens_with_its_sentence() {
        assert_eq!(found("a.rs", "//! Holds a.\n"), "");
        assert!(found("a.rs", "use b;\n//! Late.\n").contains("does not open"));
        assert!(found("a.rs", "").contains("does not open"));
        assert_eq!(found("a.md", "no source"), "");
    }

    #[test]
    fn a_long_function_is_found_and_comments_do_not_count() {
        assert_eq!(found("a.rs", &format!("//! A.\n{}", function(70))), "");
        assert!(found("a.rs", &format!("//! A.\n{}", function(71))).contains("a.rs:2: `long` has 71 lines"));
    }

    #[test]
    fn methods_and_inner_functions_count_too() {
        let inside = format!("//! A.\nstruct S;\nimpl S {{\n{}}}\n", function(71));
        assert!(found("a.rs", &inside).contains("`long` has 71"));
        let inside = format!("//! A.\nmod m {{ trait T {{\n{} }} }}\n", function(71));
        assert!(found("a.rs", &inside).contains("`long` has 71"));
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let code = format!("//! A.\n{}", "const X: u8 = 1;\n".repeat(799));
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "use a;\n".repeat(300));
        assert_eq!(found("a.rs", &format!("{code}{tests}")), "");
        assert!(found("a.rs", &format!("{code}const Y: u8 = 1;\n{tests}")).contains("801 lines without tests"));
        assert_eq!(found("core/a/tests/b.rs", &format!("{code}const Y: u8 = 1;\n")), "");
    }

    #[test]
    fn broken_source_is_found() {
        assert!(found("a.rs", "//! A.\nfn (\n").contains("cannot be parsed"));
    }
}
