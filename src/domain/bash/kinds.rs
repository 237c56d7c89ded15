//! What an argument may be: one named kind a shape, with the paths and branches that it touches. A value that does
//! not fit its kind is not vouched for.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::{Access, Use, awk, sed, test_name};

/// The kind of an operand or of an option's value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Kind {
    /// One of the named kinds.
    Named(Name),
    /// One of these words, and no other.
    OneOf(Vec<String>),
}

/// The named kinds; the word in a table is the name in kebab-case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Name {
    /// Any text: it is only searched for, printed or stored.
    Text,
    /// Text that does not start with `-`.
    Plain,
    /// A format of `printf` that takes its arguments as texts.
    Verbatim,
    /// A format of `printf` that stores nothing in a variable.
    Printf,
    /// Text in which no shell sees a subscript, a substitution or an assignment.
    Inert,
    /// A name of plain characters without `..`.
    Word,
    /// A whole number, with a sign or a unit.
    Number,
    /// A size of `find`: a number of its units.
    Size,
    /// Permissions of `find`: `644`, `/111`, `-u+x`.
    Mode,
    /// At most a minute, in seconds.
    Pause,
    /// At most an hour.
    Limit,
    /// A path whose content is read.
    Read,
    /// A path that is created or changed.
    Write,
    /// A path that is listed.
    List,
    /// The folder to work in.
    Folder,
    /// A path of a program that is run.
    Script,
    /// A folder or file that is read by its name, `-` being one as well.
    Place,
    /// A test, by the words of its path (`test_name`); `::` and names may follow.
    Test,
    /// The same, or a bare name for a runner that takes it for a folder to look for tests in, or for a part of their names.
    TestPlace,
    /// A pattern of names of tests.
    TestNames,
    /// A Go package: a path that may end in `...`.
    Package,
    /// A git revision, a path, or `revision:path`.
    Revision,
    /// The name of a branch to make or to go to.
    Branch,
    /// The name of a branch to make, or to push, without going to it.
    NewRef,
    /// The name of a remote.
    Remote,
    /// A pattern of file names.
    Names,
    /// Columns of `cut`: `1,3-5`.
    Fields,
    /// An expression of test names.
    Expression,
    /// A script of `sed` that only prints, deletes from the output or replaces.
    Sed,
    /// A program of `awk` that only prints.
    Awk,
    /// `name=value`: a variable of `awk`.
    AwkVariable,
    /// A filter of `jq` that reads neither the environment nor other files.
    Jq,
    /// `+…`: a format of `date`.
    Format,
    /// A format of git that asks for no signature: gpg would be started.
    Pretty,
    /// A name of plain characters: no path, no address.
    Label,
    /// A package of a workspace, by its name: `web`, `@app/web`.
    Workspace,
    /// `owner/repository`, with no host before it.
    Repository,
    /// A task of Gradle that tests, checks or builds, perhaps of one project: `:app:test`.
    GradleTask,
    /// Columns of `ps` that show no environment.
    PsColumns,
    /// A filter of Python's warnings that imports nothing.
    Warning,
    /// `10,20:src/a.rs`: lines of a file.
    Lines,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Name(String),
    OneOf(Vec<String>),
}

impl TryFrom<Written> for Kind {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::OneOf(words) => Ok(Self::OneOf(words)),
            Written::Name(name) => {
                let de = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(&name);
                Name::deserialize(de).map(Self::Named).map_err(|e| e.to_string())
            }
        }
    }
}

impl Kind {
    /// A path whose content is read.
    pub(super) const READ: Self = Self::Named(Name::Read);

    /// True if a word that starts with `-` is no option there.
    pub(super) fn takes_dashes(&self) -> bool {
        match self {
            Self::Named(name) => *name == Name::Text,
            Self::OneOf(words) => words.iter().any(|w| w.starts_with('-')),
        }
    }

    /// True if several files may stand there as well as one.
    pub(super) fn takes_files(&self) -> bool {
        matches!(
            self,
            Self::Named(
                Name::Read | Name::Write | Name::List | Name::Test | Name::TestPlace | Name::Revision
            )
        )
    }

    /// True if what stands there is created or changed.
    pub(super) fn writes(&self) -> bool {
        matches!(self, Self::Named(Name::Write))
    }

    /// True for a package, which may be all that lies below a folder.
    pub(super) fn is_package(&self) -> bool {
        matches!(self, Self::Named(Name::Package))
    }

    /// What is done with a path that is only looked at.
    pub(super) fn looks(&self) -> Option<Access> {
        match self {
            Self::Named(Name::Read) => Some(Access::Read),
            Self::Named(Name::List) => Some(Access::List),
            _ => None,
        }
    }

    /// True if names that fit a pattern may stand there as well as the pattern.
    pub(super) fn is_names(&self) -> bool {
        matches!(self, Self::Named(Name::Names))
    }

    /// True if the value is the folder to work in.
    pub(super) fn is_folder(&self) -> bool {
        matches!(self, Self::Named(Name::Folder))
    }

    /// Checks a value and notes what it touches.
    pub(super) fn check(&self, value: &str, uses: &mut Vec<Use>) -> Result<(), String> {
        let name = match self {
            Self::OneOf(words) if words.iter().any(|w| w == value) => return Ok(()),
            Self::OneOf(_) => return Err(format!("`{value}` is not among the words vouched for")),
            Self::Named(name) => *name,
        };
        let fits = match name {
            Name::Text => true,
            Name::Plain => value == "-" || !value.starts_with('-'),
            Name::Verbatim => !value.starts_with('-') && is(&VERBATIM, value),
            Name::Printf => !value.starts_with('-') && !is(&PRINTF_STORES, &value.replace("%%", "")),
            Name::Inert => is(&INERT, value),
            Name::Word => is(&WORD, value) && !value.contains(".."),
            Name::Number => is(&NUMBER, value),
            Name::Size => is(&SIZE, value),
            Name::Mode => is(&MODE, value),
            Name::Pause => seconds(value).is_some_and(|s| s <= 60.0),
            Name::Limit => seconds(value).is_some_and(|s| s <= 3600.0),
            Name::Script | Name::Place | Name::Test | Name::TestPlace if value == "-" => false,
            // What is left out is not read.
            Name::Names if value.starts_with('!') => true,
            Name::Read | Name::Script | Name::Place | Name::Names => return path(Access::Read, value, uses),
            Name::Write => return path(Access::Write, value, uses),
            Name::List => return path(Access::List, value, uses),
            Name::Folder => is_plain_path(value),
            Name::Test | Name::TestPlace => {
                let file = value.split("::").next().unwrap_or(value);
                let looked_for = name == Name::TestPlace && test_name::is_bare(file);
                if !looked_for && !test_name::says_so(file) {
                    return Err(format!("`{file}` does not look like a test"));
                }
                return path(Access::Read, file, uses);
            }
            Name::TestNames => test_name::says_so(value),
            // `name@version` is looked up on the network.
            Name::Package if value.contains('@') => false,
            Name::Package => return path(Access::Read, value.strip_suffix("/...").unwrap_or(value), uses),
            Name::Revision => return revision(value, uses),
            Name::Branch => {
                uses.push(Use::Branch(value.to_owned()));
                is(&BRANCH, value) && !value.contains("..")
            }
            Name::NewRef => {
                uses.push(Use::Ref(value.to_owned()));
                is(&BRANCH, value) && !value.contains("..")
            }
            Name::Remote => is(&REMOTE, value),
            Name::Fields => is(&FIELDS, value),
            Name::Expression => is(&EXPRESSION, value),
            Name::Sed => sed::only_shows(value),
            Name::Jq => !is(&JQ_REACHES_OUT, value) && !value.starts_with('-'),
            Name::Awk => awk::only_prints(value) && !is(&PRINTF_STORES, &value.replace("%%", "")),
            Name::AwkVariable => is(&AWK_VARIABLE, value),
            Name::Format => value.starts_with('+'),
            Name::Pretty => !is(&TELLS_MORE, &value.replace("%%", "")),
            Name::Label => is(&LABEL, value) && !value.contains(".."),
            Name::Workspace => is(&WORKSPACE, value) && !value.contains(".."),
            Name::Repository => is(&REPOSITORY, value) && !value.contains(".."),
            Name::GradleTask => is(&GRADLE_TASK, value),
            Name::PsColumns => is(&PS_COLUMNS, value),
            Name::Warning => is(&WARNING, value),
            Name::Lines => {
                let (lines, file) = value.split_once(':').unwrap_or_default();
                path(Access::Read, file, uses)?;
                is(&LINES, lines)
            }
        };
        if fits { Ok(()) } else { Err(format!("`{value}` is not a value vouched for there")) }
    }
}

/// `-` is standard input; `@file` is read as a list of options by many programs; the rest is not usual in a path.
fn path(access: Access, value: &str, uses: &mut Vec<Use>) -> Result<(), String> {
    if value == "-" && access == Access::Read {
        return Ok(());
    }
    // `./-rf` is a plain path, and an option to the next `rm *`.
    let misleads = access == Access::Write && value.split('/').any(|step| step.starts_with('-'));
    if !is_plain_path(value) || misleads {
        return Err(format!("`{value}` may be something other than a path"));
    }
    uses.push(Use::Path(access, value.to_owned()));
    Ok(())
}

/// True for text that no shell and no program takes for anything but a path.
pub(super) fn is_plain_path(value: &str) -> bool {
    !value.is_empty() && !value.starts_with(['-', '@', '+', ':']) && !value.contains(['~', '^', '=', '\n'])
}

/// Whatever git makes of it (revision, range, path, `revision:path`), no path in it may be one that is held.
fn revision(value: &str, uses: &mut Vec<Use>) -> Result<(), String> {
    if !is(&REVISION, value) {
        return Err(format!("`{value}` is not a revision or path vouched for"));
    }
    uses.push(Use::Path(Access::Read, value.to_owned()));
    // In git's own patterns a star goes on through folders.
    if value.contains('*') {
        uses.push(Use::Path(Access::Read, value.replace('*', "*/*")));
    }
    if let Some((_, path)) = value.split_once(':') {
        uses.push(Use::Path(Access::Read, path.to_owned()));
    }
    Ok(())
}

/// `1.5`, `10s`, `2m`, `1h`.
fn seconds(value: &str) -> Option<f64> {
    let (digits, unit) = match value.char_indices().last()? {
        (at, 's') => (&value[..at], 1.0),
        (at, 'm') => (&value[..at], 60.0),
        (at, 'h') => (&value[..at], 3600.0),
        _ => (value, 1.0),
    };
    is(&DECIMAL, digits).then(|| digits.parse::<f64>().ok().map(|n| n * unit)).flatten()
}

fn is(pattern: &LazyLock<Regex>, value: &str) -> bool {
    pattern.is_match(value)
}

macro_rules! patterns {
    ($($name:ident = $pattern:expr;)*) => {
        $(static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a pattern of our own, tested"));)*
    };
}

patterns! {
    WORD = r"\A[A-Za-z0-9_][A-Za-z0-9_.,:+@%=/-]*\z";
    NUMBER = r"\A[+-]?[0-9]{1,12}[kKMGTb]?\z";
    SIZE = r"\A[+-]?[0-9]{1,12}[bckwMG]?\z";
    MODE = r"\A[/-]?(?:[0-7]{1,5}|[ugoa]*[+=][rwxXst]{1,6}(?:,[ugoa]*[+=][rwxXst]{1,6}){0,3})\z";
    DECIMAL = r"\A[0-9]{1,9}(\.[0-9]{1,9})?\z";
    BRANCH = r"\A[A-Za-z0-9][A-Za-z0-9_./-]*\z";
    REMOTE = r"\A[A-Za-z][A-Za-z0-9_-]*\z";
    VERBATIM = r"\A(?:[^%]|%%|%-?[0-9]{0,4}(?:\.[0-9]{1,4})?[bcs])*\z";
    PRINTF_STORES = r"%[^a-zA-Z%]*[hlLjztq]*n";
    // zsh takes what stands for a number as arithmetic: a bare name is a variable's value, `PATH=5` sets one.
    INERT = r"\A[-+]?(?:0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?)\z";
    FIELDS = r"\A[0-9,-]+\z";
    // A name, a path or `@`, steps back from it, then another one (a range) or `:path`.
    REVISION = concat!(
        r"\A(?:@(?:\{[a-z0-9]+\})?|[^-@:~^=\\\n][^:~^=\\\n]*)(?:~[0-9]*|\^(?:[0-9]+|\{[a-z]*\})?|@\{[a-z0-9]+\})*",
        r"(?:\.{2,3}(?:(?:@|[^-@:~^=\\\n][^:~^=\\\n]*)(?:~[0-9]*|\^(?:[0-9]+|\{[a-z]*\})?|@?\{[a-z0-9]+\})*)?|:[^:~^=\\\n]*)?\z",
    );
    AWK_VARIABLE = r"\A[a-z][a-z0-9_]{0,30}=[^%\\\n]*\z";
    // A signature starts a program, and what stands for a remote's name may be its address, with a token in it.
    TELLS_MORE = r"%[-+ ]?G|%\([^)]*(?:signature|remotename)";
    LABEL = r"\A[A-Za-z0-9][A-Za-z0-9_.-]*\z";
    WORKSPACE = r"\A(?:@[A-Za-z0-9_.-]+/)?[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.-]+)*\z";
    REPOSITORY = r"\A[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9_.-]+\z";
    GRADLE_TASK = concat!(
        r"\A(?::?(?:[a-z][A-Za-z0-9_-]*:)*)(?:assemble|assembleDebug|build|check|classes|compile(?:Test)?(?:Java|Kotlin)|dependencies|",
        r"detekt|ktlintCheck|lint|lintDebug|projects|spotlessCheck|tasks|test|testClasses|testDebugUnitTest)\z",
    );
    PS_COLUMNS = r"\A(?:(?:pid|ppid|pgid|user|uid|%cpu|pcpu|%mem|pmem|rss|vsz|stat|state|etime|time|tty|comm|cmd|args|command|start|lstart)=?(?:,|\z))+\z";
    WARNING = r"\A(?:default|error|ignore|always|module|once)(?:::(?:[A-Z][A-Za-z]*Warning|pytest\.Pytest[A-Za-z]*Warning))?\z";
    LINES = r"\A[0-9]{1,9},\+?[0-9]{1,9}\z";
    EXPRESSION = r"\A[A-Za-z0-9_][A-Za-z0-9_ .:\[\]-]*\z";
    // Behind a point it is a field's name; behind two it would not parse.
    JQ_REACHES_OUT = r"(?:\A|\.\.|[^A-Za-z_.])(?:env|ENV|import|include|modulemeta|get_search_list)\b";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(name: Name, value: &str) -> bool {
        Kind::Named(name).check(value, &mut Vec::new()).is_ok()
    }

    #[test]
    fn other_kinds_take_what_they_name() {
        for (name, value, expected) in [
            (Name::Jq, ".a | keys", true),
            (Name::Jq, "$ENV.HOME", false),
            (Name::Jq, "env", false),
            (Name::Jq, ".env", true),
            (Name::Jq, ".a.env.b", true),
            (Name::Jq, ". env", false),
            (Name::Jq, "..env", false),
            (Name::Jq, ".env|env", false),
            (Name::Jq, "import \"x\" as $x; .", false),
            (Name::Word, "a/../../b", false),
            (Name::Word, "serde,tokio/full", true),
            (Name::Word, "-x", false),
            (Name::Pause, "5", true),
            (Name::Pause, "1m", true),
            (Name::Pause, "2m", false),
            (Name::Pause, "infinity", false),
            (Name::Limit, "10m", true),
            (Name::Limit, "5d", false),
            (Name::Printf, "%s\\n %5.2f %%n", true),
            (Name::Printf, "%n", false),
            (Name::Printf, "%5ln", false),
            (Name::Printf, "-v", false),
            (Name::Inert, "a[$(x)]", false),
            (Name::Inert, "-12.5", true),
            (Name::Inert, "0x1f", true),
            (Name::Inert, "a", false),
            (Name::Inert, "a b", false),
            (Name::Inert, "4f9c", false),
            (Name::Pretty, "%(push:remotename)", false),
            (Name::Pretty, "%(refname) %(*upstream:remotename)", false),
            (Name::Pretty, "%(push:track,remotename)", false),
            (Name::Pretty, "%(upstream:short)", true),
            (Name::Inert, "PATH=5", false),
            (Name::Inert, "x++", false),
            (Name::Inert, "--x", false),
            (Name::Verbatim, "%s: %-10s|%5.2s%b%c 100%%\\n", true),
            (Name::Verbatim, "%d", false),
            (Name::Verbatim, "%*s", false),
            (Name::Verbatim, "%.*s", false),
            (Name::Verbatim, "%s %n", false),
            (Name::Verbatim, "%(%F)T", false),
            (Name::Verbatim, "%1$s", false),
            (Name::Verbatim, "%%%d", false),
            (Name::Verbatim, "5%", false),
            (Name::Verbatim, "-v", false),
            (Name::Size, "+10k", true),
            (Name::Size, "-100c", true),
            (Name::Size, "10 -delete", false),
            (Name::Mode, "644", true),
            (Name::Mode, "/111", true),
            (Name::Mode, "-u+x", true),
            (Name::Mode, "u+x,g+w", true),
            (Name::Mode, "-delete", false),
            (Name::Mode, "-exec", false),
            (Name::Place, "web", true),
            (Name::Place, "-", false),
            (Name::Number, "+5", true),
            (Name::Number, "5x", false),
            (Name::Format, "+%F", true),
            (Name::Format, "0101", false),
            (Name::Pretty, "%h %s", true),
            (Name::Pretty, "%G?", false),
            (Name::Pretty, "%+GS", false),
            (Name::Pretty, "%(signature:key)", false),
            (Name::Pretty, "100%%G", true),
            (Name::Label, "app-1", true),
            (Name::Label, "secret/x", false),
            (Name::Label, "https:x", false),
            (Name::Workspace, "@app/web", true),
            (Name::Workspace, "packages/a", true),
            (Name::Workspace, "../x", false),
            (Name::Workspace, "./x", false),
            (Name::Repository, "a/b.c", true),
            (Name::Repository, "host.example/a/b", false),
            (Name::GradleTask, ":app:test", true),
            (Name::GradleTask, "build", true),
            (Name::GradleTask, "app:check", true),
            (Name::GradleTask, "publish", false),
            (Name::GradleTask, ":app:test:publish", false),
            (Name::PsColumns, "pid,ppid=,cmd", true),
            (Name::PsColumns, "pid,environ", false),
            (Name::Warning, "error", true),
            (Name::Warning, "ignore::DeprecationWarning", true),
            (Name::Warning, "error::evil.Warning", false),
            (Name::Lines, "10,20:src/a.rs", true),
            (Name::Lines, ":f:src/a.rs", false),
            (Name::AwkVariable, "n=5", true),
            (Name::AwkVariable, "ARGV=5", false),
            (Name::Expression, "a and not b", true),
            (Name::Expression, "__import__('os')", false),
            (Name::Revision, "HEAD~1..@{u}", true),
            (Name::Revision, "@{u}", true),
            (Name::Revision, "@", true),
            (Name::Revision, "@~2", true),
            (Name::Revision, ":/fix", false),
            (Name::Revision, "@/x", false),
            (Name::Revision, "HEAD^^{tree}", true),
            (Name::Revision, "main...HEAD~2", true),
            (Name::Revision, "HEAD~3:src/my file.rs", true),
            (Name::Revision, "stash@{0}", true),
            (Name::Revision, "HEAD@{1}^2", true),
            (Name::Revision, ".e~nv", false),
            (Name::Revision, "a^b", false),
            (Name::Revision, "-x", false),
            (Name::Revision, "", false),
            (Name::Read, "@args", false),
            (Name::Read, "-", true),
            (Name::Write, "-", false),
            (Name::Remote, "origin", true),
            (Name::Remote, "https://x/y", false),
            (Name::Remote, "../x", false),
            (Name::NewRef, "a:b", false),
            (Name::NewRef, "+a", false),
            (Name::Branch, "feature/x-0208", true),
            (Name::Branch, "a..b", false),
            (Name::Branch, "-f", false),
        ] {
            assert_eq!(fits(name, value), expected, "{name:?} {value:?}");
        }
    }

    #[test]
    fn a_revision_names_every_path_that_could_be_read() {
        let mut uses = Vec::new();
        Kind::Named(Name::Revision).check("HEAD:.env", &mut uses).expect("fits");
        assert!(uses.contains(&Use::Path(Access::Read, ".env".into())));
    }
}
