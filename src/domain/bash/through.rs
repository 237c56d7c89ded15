//! What one walk over arguments notes of folders that are gone through with what lies in them: which, and which names there.

use super::kinds::Kind;
use super::table::{Names, Style};
use super::vouch::Scan;
use super::{Access, Effect, Use, Word};

/// What the types of ripgrep read, as patterns. Another type may read anything.
const TYPES: [(&str, &str); 22] = [
    ("c", "*.c *.h *.in *.cats"),
    ("cpp", "*.c *.h *.cc *.hh *.cpp *.hpp *.cxx *.hxx *.inl *.in"),
    ("css", "*.css *.scss"),
    ("go", "*.go"),
    ("html", "*.ejs *.htm *.html"),
    ("java", "*.java *.jsp *.jspx *.properties"),
    ("js", "*.cjs *.js *.jsx *.mjs *.vue"),
    ("json", "*.json *.sarif composer.lock"),
    ("kotlin", "*.kt *.kts"),
    ("markdown", "*.markdown *.md *.mdown *.mdwn *.mdx *.mkd *.mkdn"),
    ("md", "*.markdown *.md *.mdown *.mdwn *.mdx *.mkd *.mkdn"),
    ("py", "*.py *.pyi"),
    ("python", "*.py *.pyi"),
    ("ruby", "*.gemspec *.rb *.rbw .irbrc Gemfile Rakefile config.ru"),
    ("rust", "*.rs"),
    ("sql", "*.psql *.sql"),
    ("swift", "*.swift"),
    ("toml", "*.toml Cargo.lock"),
    ("ts", "*.cts *.mts *.ts *.tsx"),
    ("txt", "*.txt"),
    ("typescript", "*.cts *.mts *.ts *.tsx"),
    ("yaml", "*.yaml *.yml"),
];

/// The names that a type of ripgrep reads.
pub(super) fn names_of_type(name: &str) -> impl Iterator<Item = String> {
    let names = TYPES.iter().find(|(known, _)| *known == name).map_or("*", |(_, names)| names);
    names.split_whitespace().map(str::to_owned)
}

/// What the shell replaces, as it is; else the folder in which a program looks for what fits a pattern of its own.
fn above_patterns(word: &Word) -> String {
    if word.pattern {
        return word.text.clone();
    }
    let plain: Vec<&str> = word
        .text
        .split('/')
        .take_while(|step| !step.contains(['*', '?', '[', '{', '!', '(']) && *step != "...")
        .collect();
    match plain.join("/") {
        path if path.is_empty() && !word.text.starts_with('/') => ".".to_owned(),
        path => path,
    }
}

impl Scan<'_> {
    /// Notes what the shell puts in the place of a pattern. Only what looks may be given one that begins with a star; of a star alone
    /// the names that are found are judged there, since it means every one.
    pub(super) fn pattern(&mut self, word: &Word, kind: &Kind) -> Result<(), String> {
        let path = word.text.clone();
        let looked = kind.looks().filter(|_| self.table.effect == Some(Effect::Read));
        let bare = path.starts_with('*');
        if bare && (looked.is_none() || self.table.style != Style::Clustered) {
            return Err(format!("what `{path}` stands for may be taken for an option"));
        }
        let mut uses = Vec::new();
        kind.check(&path, &mut uses)?;
        let access = looked.unwrap_or(if kind.writes() { Access::Write } else { Access::Read });
        if looked.is_some()
            && matches!(path.strip_suffix('*'), Some(above) if above.is_empty() || above.ends_with('/'))
        {
            let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
            let folder = if folder.is_empty() { "/" } else { folder };
            uses = vec![Use::Path(access, folder.to_owned())];
        }
        self.patterns += 1;
        self.uses.append(&mut uses);
        let (only, spared) = (Vec::new(), Vec::new());
        self.uses.push(Use::Through { access, path, only, spared, follows: false, shown: false, bare });
        Ok(())
    }

    /// Notes what it changes with everything in it. Without an operand that may be the folder it works in.
    pub(super) fn rewrite(&mut self, operands: &[&Word]) {
        let table = self.table;
        let tells = !table.tells.0.is_disjoint(&self.seen)
            || !table.fixes.0.is_empty() && table.fixes.0.is_disjoint(&self.seen);
        let has_first = table.first.is_some() && table.first_unless.0.is_disjoint(&self.seen);
        let rewrites = |at: usize| {
            let kind = if at == 0 && has_first { table.first.as_ref() } else { table.operands.as_ref() };
            kind.is_some_and(|kind| kind.writes() || kind.is_package() && table.effect == Some(Effect::Write))
        };
        let alone = operands.is_empty() && rewrites(0) && table.min == 0 && !self.seen.contains("--version");
        let named =
            operands.iter().enumerate().filter(|(at, _)| rewrites(*at)).map(|(_, word)| above_patterns(word));
        let paths: Vec<String> = named.chain(alone.then(|| ".".to_owned())).collect();
        self.uses.extend(paths.into_iter().map(|path| Use::Rewrites { path, leaves: Vec::new(), tells }));
    }

    /// Notes the folders that it reads with everything in them.
    pub(super) fn read_through(&mut self, operands: &[&Word]) {
        let (table, seen) = (self.table, &self.seen);
        let given = |names: &Names| !names.0.is_disjoint(seen);
        let picks = !self.only.is_empty();
        if given(&table.lists) || !(table.looks_through || table.through_named || given(&table.through)) {
            return;
        }
        let shown = table.through_named && !picks && operands.is_empty() && !given(&table.through);
        // What is picked by its name is read even if it is hidden.
        let mut spared: Vec<String> =
            table.spared.0.iter().filter(|_| !(table.through_named && picks)).cloned().collect();
        let mut only = std::mem::take(&mut self.only);
        // GNU grep reads what fits neither --exclude nor --include where an --exclude came first, and where both fit the
        // last of them counts.
        if given(&table.only_names) && given(&table.spare_files) {
            only.clear();
        } else {
            spared.append(&mut self.spared);
        }
        // What stands for several files or folders may be any of those in theirs.
        let folder = |w: &Word| w.text.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned();
        // Where a program has patterns of its own, any of them may go to any depth.
        let of_its_own = |w: &Word| if table.looks_through { above_patterns(w) } else { w.text.clone() };
        let named: Vec<String> =
            operands.iter().map(|w| if w.pattern { folder(w) } else { of_its_own(w) }).collect();
        let paths = if named.is_empty() { vec![".".to_owned()] } else { named };
        self.uses.extend(paths.into_iter().map(|path| Use::Through {
            access: Access::Read,
            path,
            only: only.clone(),
            spared: spared.clone(),
            follows: table.follows,
            shown,
            bare: false,
        }));
    }
}
