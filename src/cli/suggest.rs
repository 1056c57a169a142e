//! What was meant by a word that means nothing: the nearest of the words that do.

/// The candidate that becomes `word` by the fewest slips of the finger: a letter too many, too few, wrong, or swapped
/// with the next. Short words forgive one slip, longer ones two or three.
pub(super) fn near<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let word = word.to_ascii_lowercase();
    let allowed = match word.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        6..=11 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, candidate), candidate))
        .filter(|(slips, _)| *slips <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `; did you mean `this`?`, or nothing.
pub(super) fn did_you_mean<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> String {
    near(word, candidates).map_or(String::new(), |meant| format!("; did you mean `{meant}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_forgiven_and_other_words_are_not() {
        let words = ["check", "extract", "explain", "diff"];
        for slip in ["chek", "cheeck", "chack", "hceck", "CHECKK"] {
            assert_eq!(near(slip, words), Some("check"), "{slip}");
        }
        assert_eq!(near("exlpian", words), Some("explain"));
        for other in ["", "a.har", "captures", "ch"] {
            assert_eq!(near(other, words), None, "{other}");
        }
    }
}
