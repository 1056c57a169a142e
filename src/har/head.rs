//! What a HAR says of itself outside its entries: who wrote it, and which pages it covers.

use super::cursor::Cursor;
use super::index::Index;
use super::split::Part;
use std::collections::BTreeMap;

/// The parts of `log` that bear on how entries are read. They may come behind the entries, so this grows while a file
/// is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// `creator.name`; empty when it is not known yet.
    pub creator: String,
    /// `creator.version`.
    pub creator_version: String,
    /// `browser.name`.
    pub browser: String,
    /// Titles of pages that are URLs, by page id.
    pages: BTreeMap<String, Box<str>>,
}

/// Most pages kept; a log of a day's browsing has a few hundred.
const PAGES: usize = 65_536;

impl Head {
    /// Takes one part of the file; entries and what is damaged are passed over.
    pub fn learn(&mut self, part: Part, text: &[u8]) {
        match part {
            Part::Creator => {
                let (name, version) = program(text);
                self.creator = name;
                self.creator_version = version;
            }
            Part::Browser => self.browser = program(text).0,
            Part::Pages => self.learn_pages(text),
            Part::Entry { .. } => {}
        }
    }

    /// The URL of a page, if its title is one.
    pub fn page_url(&self, id: &str) -> Option<&str> {
        self.pages.get(id).map(|url| &**url)
    }

    fn learn_pages(&mut self, text: &[u8]) {
        let pages = &mut self.pages;
        let index = Index::of(text);
        let mut cursor = Cursor::new(index.value(text));
        if cursor.peek() != Some(b'[') {
            return;
        }
        // What comes before damage counts.
        let _ = cursor.array(|cursor| {
            if cursor.peek() != Some(b'{') {
                return cursor.skip();
            }
            let (mut id, mut title) = (None, None);
            cursor.object(|cursor, key| {
                match key {
                    b"id" => id = cursor.text()?,
                    b"title" => title = cursor.text()?,
                    _ => cursor.skip()?,
                }
                Ok(())
            })?;
            if let (Some(id), Some(title)) = (id, title)
                && pages.len() < PAGES
            {
                let title = title.decode();
                if title.starts_with("http://") || title.starts_with("https://") {
                    pages.insert(id.decode().into_owned(), title.into());
                }
            }
            Ok(())
        });
    }
}

/// Name and version of a program: an object, or the bare name.
fn program(text: &[u8]) -> (String, String) {
    let (mut name, mut version) = (None, None);
    let index = Index::of(text);
    let mut cursor = Cursor::new(index.value(text));
    if cursor.peek() == Some(b'{') {
        let _ = cursor.object(|cursor, key| {
            match key {
                b"name" => name = cursor.text()?,
                b"version" => version = cursor.text()?,
                _ => cursor.skip()?,
            }
            Ok(())
        });
    } else {
        name = cursor.text().ok().flatten();
    }
    let decode = |text: Option<super::text::Text<'_>>| {
        text.map(|text| text.decode().into_owned())
            .unwrap_or_default()
    };
    (decode(name), decode(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_creator_may_be_an_object_or_a_name() {
        let mut head = Head::default();
        head.learn(Part::Creator, br#"{"version": "1.2", "name": "Firefox"}"#);
        assert_eq!((&*head.creator, &*head.creator_version), ("Firefox", "1.2"));
        head.learn(Part::Creator, br#""me""#);
        assert_eq!((&*head.creator, &*head.creator_version), ("me", ""));
        head.learn(Part::Browser, b"null");
        assert_eq!(head.browser, "");
    }

    #[test]
    fn only_titles_that_are_urls_name_a_page() {
        let mut head = Head::default();
        head.learn(
            Part::Pages,
            br#"[{"id":"p1","title":"https:\/\/app.test/"},{"title":"Shop","id":"p2"},3,{"id":"#,
        );
        assert_eq!(head.page_url("p1"), Some("https://app.test/"));
        assert_eq!(head.page_url("p2"), None);
    }
}
