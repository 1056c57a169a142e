//! Texts that are made from what exchanges hold, each made once: a capture holds few servers and few browsers.

use hashbrown::HashMap;
use std::net::IpAddr;

/// Texts made so far.
#[derive(Debug, Default)]
pub(super) struct Spelling {
    addresses: HashMap<IpAddr, Box<str>>,
    families: HashMap<String, Box<str>>,
}

/// Texts of a kind that are kept; when there are more, it begins anew.
const MOST: usize = 1024;

impl Spelling {
    /// An address as text.
    pub(super) fn address(&mut self, address: IpAddr) -> &str {
        if self.addresses.len() >= MOST {
            self.addresses.clear();
        }
        let text = self.addresses.entry(address);
        text.or_insert_with(|| address.to_string().into())
    }

    /// The browser's name and major version in a `User-Agent`: `Chrome 140`.
    pub(super) fn family(&mut self, agent: &str) -> &str {
        if self.families.len() >= MOST {
            self.families.clear();
        }
        let text = self.families.entry_ref(agent);
        text.or_insert_with(|| family(agent).into())
    }
}

/// Browser and major version that a `User-Agent` names.
fn family(agent: &str) -> String {
    let found = PRODUCTS
        .iter()
        .find_map(|(product, name)| Some((name, agent.split_once(product)?.1)));
    if let Some((name, rest)) = found {
        let end = rest.find(|c: char| !c.is_ascii_digit());
        let digits = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
        return format!("{name} {digits}");
    }
    let end = agent.find(['/', ' ']).unwrap_or(agent.len());
    agent.get(..end).unwrap_or(agent).to_owned()
}

/// Products in a `User-Agent`, the most telling first: Edge claims to be Chrome, Chrome to be Safari.
/// The first that is found anywhere in it counts.
const PRODUCTS: [(&str, &str); 7] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Electron/", "Electron"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_with_their_version() {
        let edge =
            "Mozilla/5.0 (Windows) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0";
        assert_eq!(family(edge), "Edge 140");
        assert_eq!(family("curl/8.5.0"), "curl");
        assert_eq!(family(""), "");
    }
}
