//! Answers to questions that traffic asks again and again in the same words.

use hashbrown::HashMap;

/// What is known by question, within a bound: when there is no more room, it begins anew.
#[derive(Debug)]
pub(super) struct Memo<V>(HashMap<Box<[u8]>, V>);

/// Questions that are remembered at once.
const MOST: usize = 1024;
/// Longest question that is remembered, in bytes.
const LONGEST: usize = 1024;

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<V: Clone> Memo<V> {
    /// The answer to `question`, found out where it was not asked before.
    pub(super) fn ask(&mut self, question: &[u8], find_out: impl FnOnce() -> V) -> V {
        if let Some(known) = self.0.get(question) {
            return known.clone();
        }
        let answer = find_out();
        if question.len() > LONGEST {
            return answer;
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(question.into(), answer.clone());
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_is_answered_once_while_there_is_room() {
        let mut memo = Memo::default();
        let mut asked = 0;
        for text in ["a", "b", "a"] {
            let length = memo.ask(text.as_bytes(), || {
                asked += 1;
                text.len()
            });
            assert_eq!(length, 1);
        }
        assert_eq!(asked, 2);
        for number in 0..5000 {
            memo.ask(number.to_string().as_bytes(), || number);
        }
        assert!(memo.0.len() <= MOST);
        let long = vec![b'a'; LONGEST + 1];
        assert_eq!(memo.ask(&long, || 7), 7);
        assert_eq!(memo.ask(&long, || 8), 8, "nothing of it is kept");
    }
}
