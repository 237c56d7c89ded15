//! What vouching for one part yields: what kind of thing it does and what it touches, or why it is not vouched for.

use super::Effect;

/// What is done with a path that an argument names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its content is read.
    Read,
    /// It is created or changed.
    Write,
    /// Its name or attributes are shown.
    List,
}

/// Something that a part touches beyond its own working folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// A path as the program gets it; it may hold `*` and `?`.
    Path(Access, String),
    /// A folder that is gone through, with everything in it that fits `only`, but what fits `spared` (of folders with a `/`
    /// behind); perhaps beyond symbolic links. A file may stand there too, or a pattern that the shell replaces by what lies in its folder.
    Through {
        /// What is done with each file.
        access: Access,
        /// As the program gets it.
        path: String,
        /// Patterns of names; none: all files.
        only: Vec<String>,
        /// Patterns of names.
        spared: Vec<String>,
        /// It goes on where links lead.
        follows: bool,
        /// It passes over hidden names and what git ignores.
        shown: bool,
        /// The names stand as they are where options may: the pattern begins with a star.
        bare: bool,
    },
    /// A file or folder that is changed with everything in it, perhaps where links in it lead.
    Rewrites {
        /// As the program gets it; a pattern in its last step is one that the shell replaces.
        path: String,
        /// Names of folders in it that the program leaves out.
        leaves: Vec<String>,
        /// It only tells what it would change: it may show that.
        tells: bool,
    },
    /// A program that must lie in a folder of that name, seen from the working folder: else it would be fetched.
    Local {
        /// The folder.
        folder: String,
        /// The program.
        name: String,
    },
    /// The addresses of git's remotes, in which a password or a token may stand.
    Remotes,
    /// The branch that it makes or goes to.
    Branch(String),
    /// The branch that it makes and does not go to.
    Ref(String),
}

/// Among the names of folders that a program leaves out: those in hidden ones in which a linked work tree begins.
pub const LINKED_TREES: &str = "*/.git";

/// A part that the tables vouch for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What kind of thing it does.
    pub effect: Effect,
    /// What it touches.
    pub uses: Vec<Use>,
    /// The folder it goes to first (`git -C`).
    pub folder: Option<String>,
    /// How many patterns of the shell stand where any number of files may.
    pub patterns: usize,
    /// Where the programs that it starts stand among its words (`timeout 60 cargo test`: 2).
    pub starts: Vec<usize>,
}

/// A part that they do not vouch for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, as half a sentence.
    pub reason: String,
    /// True if a table has the program: then it is an argument that is not vouched for.
    pub known: bool,
    /// True if it starts another program, so that the later words may be one.
    pub wraps: bool,
}
