//! The near miss of a misspelt name, for error messages.

/// The candidate that is closest to `word`, if it is close at all.
pub(super) fn near_miss<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|c| (distance(word, c), c))
        .filter(|(d, c)| *d <= 1 + c.len().max(word.len()) / 4)
        .min()
        .map(|(_, c)| c)
}

/// Edits (insert, delete, replace) from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_find_their_neighbour() {
        let names = ["program", "operation", "path", "reason"];
        for (word, expected) in [
            ("progam", Some("program")),
            ("operations", Some("operation")),
            ("paths", Some("path")),
            ("xyzzy", None),
        ] {
            assert_eq!(near_miss(word, names.into_iter()), expected, "{word}");
        }
    }
}
