//! Does a path, a module or a pattern of names say by its words that it tests: a runner of tests runs what it is given. What lies there is
//! not looked at.

/// Words of whoever writes tests.
const WORDS: [&str; 8] = ["test", "tests", "testing", "spec", "specs", "unittest", "unittests", "doctest"];

/// The same at the end of a name in capitals and small letters: `UserTest.java`.
const ENDS: [&str; 4] = ["Test", "Tests", "Spec", "Specs"];

/// True if a word of the path is one of tests: `tests/x.py`, `src/a.test.ts`, `UserTest.java`, `tests.test_a.Case`; not `latest.py`, and
/// not `tests/../x.py`. What lies above the working folder may be called anything: there the file's own name counts alone.
pub(super) fn says_so(path: &str) -> bool {
    let mut steps = Vec::new();
    let mut above = path.starts_with('/');
    for step in path.split('/').filter(|step| !matches!(*step, "" | ".")) {
        if step != ".." {
            steps.push(step);
        } else if steps.pop().is_none() {
            above = true;
        }
    }
    let counted = if above { steps.len().saturating_sub(1) } else { 0 };
    steps[counted..].iter().any(|step| step.split(is_between).any(is_word))
}

/// True for a name without an ending.
pub(super) fn is_bare(path: &str) -> bool {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    !name.trim_matches('.').contains('.')
}

/// A star belongs to the word beside it: `*test.py` means `latest.py` as well.
fn is_between(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '*' | '?')
}

fn is_word(word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '*');
    let begins = word.strip_prefix("Test").is_some_and(|rest| rest.starts_with(char::is_uppercase));
    let ends = ENDS.iter().any(|end| word.ends_with(end)) && !word.contains(['*', '?']);
    begins || ends || WORDS.iter().any(|w| word.eq_ignore_ascii_case(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_of_the_path_that_is_meant_count() {
        for (path, expected) in [
            ("tests", true),
            ("./tests/", true),
            ("tests/unit/helpers.py", true),
            ("src/app/tests/test_x.py", true),
            ("src/__tests__/Button.tsx", true),
            ("src/Button.test.tsx", true),
            ("pkg/store_test.go", true),
            ("src/test/java/com/A.java", true),
            ("UserTest.java", true),
            ("APITests.swift", true),
            ("UserSpec.scala", true),
            ("TestUser.java", true),
            ("spec/models/user_spec.rb:12", true),
            ("tests.test_a.TestCase.test_b", true),
            ("test2_a.py", true),
            ("test*.py", true),
            ("test_*.py", true),
            ("*_test.py", true),
            ("../tests/test_x.py", true),
            ("../tests", true),
            ("/home/dev/app/tests/test_a.py", true),
            ("scripts/../tests/a.py", true),
            ("scripts/latest.py", false),
            ("contest/deploy.py", false),
            ("inspector.js", false),
            ("Latest.java", false),
            ("testimonial.py", false),
            ("tests/../scripts/deploy.py", false),
            ("tests/./../scripts/deploy.py", false),
            ("../test-app/scripts/deploy.py", false),
            ("tests/../../test-app/deploy.py", false),
            ("/home/dev/test-app/scripts/deploy.py", false),
            ("*test.py", false),
            ("?test.py", false),
            ("*Test.py", false),
            ("*", false),
            ("", false),
            ("..", false),
            ("/", false),
            ("antigravity", false),
        ] {
            assert_eq!(says_so(path), expected, "{path}");
        }
    }

    #[test]
    fn a_bare_name_has_no_ending() {
        for (path, expected) in [
            ("src", true),
            ("src/", true),
            ("./src", true),
            ("a.d/src", true),
            (".", true),
            ("..", true),
            (".github", true),
            ("src/a.py", false),
            ("a.", true),
            (".x.py", false),
        ] {
            assert_eq!(is_bare(path), expected, "{path}");
        }
    }
}
