//! Prints the recipe of a platform for a policy, as JSON: what `tests/recipes` runs real servers with.
//!
//! `recipe PLATFORM < policy.json`; without PLATFORM it lists all of them.
#![allow(clippy::print_stdout)]

use corsight::fixes::{ALL, Policy, find};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(name) = std::env::args().nth(1) else {
        for platform in ALL {
            println!("{}\t{}", platform.id, platform.title);
        }
        return Ok(());
    };
    let policy: Policy = serde_json::from_reader(std::io::stdin())?;
    let snippet = find(&name)?.snippet(&policy);
    let pieces: Vec<_> = snippet
        .pieces
        .iter()
        .map(|piece| json!({"file": piece.file, "language": piece.language, "place": piece.place, "text": piece.text}))
        .collect();
    println!("{:#}", json!({"pieces": pieces, "notes": snippet.notes}));
    Ok(())
}
