//! Which recipes were run with the real server and a real browser: read from the table that the proof itself writes.

use super::Platform;

/// Written by `tests/recipes/prove.mjs`; a copy in code would drift from it.
static RESULTS: &str = include_str!("../../tests/recipes/RESULTS.md");

/// Whether a recipe was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// Proven, with these versions, one text for each set-up: `express 5.3.0, cors 2.8.6`.
    With(Vec<&'static str>),
    /// Written from the documentation only, or it failed.
    Not,
}

impl Platform {
    /// Whether the recipe was proven.
    pub fn tried(&self) -> Tried {
        tried(self.id, RESULTS)
    }
}

fn tried(id: &str, results: &'static str) -> Tried {
    let rows: Vec<_> = results
        .lines()
        .filter_map(row)
        .filter(|row| row.recipe == id)
        .collect();
    if rows.is_empty() || rows.iter().any(|row| !row.holds) {
        return Tried::Not;
    }
    Tried::With(rows.iter().map(|row| row.versions).collect())
}

struct Row {
    recipe: &'static str,
    versions: &'static str,
    holds: bool,
}

/// A line ``| `set-up` | recipe | versions | blocked before with | 9 of 9 hold |``.
fn row(line: &'static str) -> Option<Row> {
    let mut cells = line.strip_prefix("| `")?.strip_suffix(" |")?.split(" | ");
    let _set_up = cells.next()?;
    let recipe = cells.next()?;
    let versions = cells.next()?;
    let _before = cells.next()?;
    let holds = cells.next()?.ends_with(" hold");
    Some(Row {
        recipe,
        versions,
        holds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixes::{ALL, find};

    #[test]
    fn the_table_tells_who_was_tried() {
        assert!(
            matches!(find("nginx").unwrap().tried(), Tried::With(versions) if versions[0].starts_with("nginx "))
        );
        assert_eq!(find("iis").unwrap().tried(), Tried::Not);
    }

    #[test]
    fn one_set_up_that_fails_is_enough() {
        let table = "| `a-1` | a | a 1.0 | X | 7 of 7 hold |\n| `a-2` | a | a 2.0 | X | **1 fail** |\n| `b` | b | b 1 | X | 7 of 7 hold |";
        assert_eq!(tried("a", table), Tried::Not);
        assert_eq!(tried("b", table), Tried::With(vec!["b 1"]));
    }

    #[test]
    fn every_line_of_the_table_is_of_a_platform() {
        let rows: Vec<_> = RESULTS.lines().filter_map(row).collect();
        assert!(rows.len() > 10);
        for row in rows {
            assert!(
                ALL.iter().any(|platform| platform.id == row.recipe),
                "{}",
                row.recipe
            );
        }
    }
}
