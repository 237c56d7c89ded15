//! Goes through the arguments of one part with the option tables. Every word must be accounted for; the first that is
//! not ends it.

use std::collections::BTreeSet;

use super::chars;
use super::kinds::{Kind, is_plain_path};
use super::table::{Style, Table};
use super::through;
use super::{Access, Effect, Outcome, Programs, Refusal, Use, Word};

/// How deep one program may start another (`timeout 60 npx eslint .`).
const MAX_DEPTH: usize = 3;

/// Vouches for a part, or says why not.
pub fn vouch(programs: &Programs, words: &[Word]) -> Result<Outcome, Refusal> {
    // Whoever is not known may take what a star stands for as an option.
    let bare = words.iter().any(|w| w.pattern && w.text.starts_with('*'));
    let outcome = vouch_at(programs, words, 0).map_err(|r| Refusal { known: r.known || bare, ..r })?;
    let patterns = words.iter().filter(|w| w.pattern).count();
    if patterns == outcome.patterns {
        return Ok(outcome);
    }
    Err(refusal("a pattern that the shell replaces stands where one word must be", true))
}

fn vouch_at(programs: &Programs, words: &[Word], depth: usize) -> Result<Outcome, Refusal> {
    let Some((program, mut args)) = words.split_first() else {
        return Err(refusal("there is no program", false));
    };
    let name = program.text.as_str();
    if depth > MAX_DEPTH || program.quoted {
        return Err(refusal("what it starts is not written plainly", true));
    }
    if name == "cd" {
        return change_folder(args);
    }
    let table = match (name, args.split_last()) {
        // `parse` saw that the last word of `[` is an unquoted `]`.
        ("[", Some((_, inner))) => {
            args = inner;
            programs.table("test")
        }
        _ => programs.table(name),
    };
    // Where file names have no case, `GIT` is git.
    if table.is_none() && programs.table(&name.to_lowercase()).is_some() {
        return Err(refusal(format!("`{name}` is not written as usual"), true));
    }
    let Some(table) = table else {
        return Err(refusal(format!("no table vouches for `{name}`"), false));
    };
    if let Some(word) = args.iter().find(|w| table.shells && chars::means_something(&w.text)) {
        return Err(refusal(format!("{name}: a shell may read `{}` once more", word.text), true));
    }
    let mut outcome = read_table(programs, table, args, depth).map_err(|why| Refusal {
        reason: format!("{name}: {why}"),
        known: true,
        wraps: table.form.iter().chain([table]).any(|t| !t.runs.is_empty()),
    })?;
    programs.leave_out(words, &mut outcome.uses);
    Ok(outcome)
}

fn refusal(reason: impl Into<String>, known: bool) -> Refusal {
    Refusal { reason: reason.into(), known, wraps: !known }
}

fn change_folder(args: &[Word]) -> Result<Outcome, Refusal> {
    match args {
        [to] if is_plain_path(&to.text) => Ok(Outcome {
            effect: Effect::Read,
            uses: vec![Use::Path(Access::Read, to.text.clone())],
            folder: None,
            patterns: 0,
            starts: Vec::new(),
        }),
        _ => Err(refusal("cd: only one plain folder is vouched for", true)),
    }
}

fn read_table(programs: &Programs, table: &Table, args: &[Word], depth: usize) -> Result<Outcome, String> {
    if let [only] = args
        && table.alone.0.contains(&only.text)
    {
        return Ok(Outcome {
            effect: table.effect.unwrap_or(Effect::Read),
            uses: Vec::new(),
            folder: None,
            patterns: 0,
            starts: Vec::new(),
        });
    }
    if !table.form.is_empty() {
        return any_form(programs, table, args, depth);
    }
    let mut scan = Scan::new(table);
    if !table.runs.is_empty() {
        return scan.start_another(programs, args, depth);
    }
    if !table.sub.is_empty() {
        return scan.subcommand(programs, args, depth);
    }
    scan.all(programs, args, depth)
}

/// The first form that vouches; else why the first one does not.
fn any_form(programs: &Programs, table: &Table, args: &[Word], depth: usize) -> Result<Outcome, String> {
    let mut why = None;
    for form in &table.form {
        match read_table(programs, form, args, depth) {
            Ok(outcome) => return Ok(outcome),
            Err(e) => why = why.or(Some(e)),
        }
    }
    Err(why.unwrap_or_default())
}

/// One walk over arguments.
pub(super) struct Scan<'a> {
    pub(super) table: &'a Table,
    pub(super) seen: BTreeSet<String>,
    pub(super) uses: Vec<Use>,
    folder: Option<String>,
    /// What options told it to pass over …
    pub(super) spared: Vec<String>,
    /// … and what alone to read.
    pub(super) only: Vec<String>,
    pub(super) patterns: usize,
}

impl<'a> Scan<'a> {
    fn new(table: &'a Table) -> Self {
        let (seen, uses, spared, only) = (BTreeSet::new(), Vec::new(), Vec::new(), Vec::new());
        Self { table, seen, uses, folder: None, spared, only, patterns: 0 }
    }

    /// Options anywhere, then what the operands are.
    fn all(&mut self, programs: &Programs, args: &[Word], depth: usize) -> Result<Outcome, String> {
        let mut operands = Vec::new();
        let mut at = 0;
        let mut ended = self.table.style == Style::Words;
        let mut behind = None;
        while let Some(word) = args.get(at) {
            if !ended && word.text == "--" && self.table.style == Style::Clustered {
                ended = true;
                at += 1;
                if let Some(after) = &self.table.after {
                    behind = Some(read_table(programs, after, &args[at..], depth)?);
                    break;
                }
            } else if !ended && is_option(word) {
                if self.table.options_first && !operands.is_empty() {
                    return Err(format!("`{}` behind an argument is read as another one", word.text));
                }
                let taken = self.option(&args[at..])?;
                if taken == 2 && !operands.is_empty() {
                    self.may_be_an_operand(&args[at + 1].text)?;
                }
                at += taken;
            } else {
                operands.push(word);
                at += 1;
            }
        }
        self.required()?;
        self.operands(&operands)?;
        let mut outcome = self.outcome()?;
        if let Some(behind) = behind {
            // What is said there may keep it from changing anything.
            let only_tells = behind.uses.iter().any(|one| matches!(one, Use::Rewrites { tells: true, .. }));
            for one in &mut outcome.uses {
                if let Use::Rewrites { tells, .. } = one {
                    *tells |= only_tells;
                }
            }
            // What works on the whole package anyway is told single files there.
            let here = |one: &Use| matches!(one, Use::Rewrites { path, .. } if path == ".");
            outcome.uses.extend(behind.uses.into_iter().filter(|one| !here(one)));
            outcome.patterns += behind.patterns;
        }
        Ok(outcome)
    }

    fn required(&self) -> Result<(), String> {
        let required = &self.table.require.0;
        if required.is_empty() || !required.is_disjoint(&self.seen) {
            return Ok(());
        }
        let names: Vec<&str> = required.iter().map(String::as_str).collect();
        Err(format!("only with {} it is vouched for", names.join(" or ")))
    }

    /// Some programs read no options behind the first operand: there the value of one is a file like any other.
    fn may_be_an_operand(&mut self, value: &str) -> Result<(), String> {
        let table = self.table;
        let may = table.style == Style::Clustered
            && table.effect == Some(Effect::Read)
            && !table.dash_values
            && !table.permutes;
        if !may || value.chars().count() == 1 {
            return Ok(());
        }
        Kind::READ.check(value, &mut self.uses)
    }

    fn operands(&mut self, operands: &[&Word]) -> Result<(), String> {
        let table = self.table;
        if operands.len() < table.min {
            return Err("an argument is missing".into());
        }
        if let Some(max) = table.max
            && operands.len() > max
        {
            return Err(format!("`{}` is one argument too many", operands[max].text));
        }
        let has_first = table.first.is_some() && table.first_unless.0.is_disjoint(&self.seen);
        for (i, word) in operands.iter().enumerate() {
            let first = i == 0 && has_first;
            let kind = if first { table.first.as_ref() } else { table.operands.as_ref() };
            let Some(kind) = kind else {
                return Err(format!("the argument `{}` is not vouched for", word.text));
            };
            if word.text.starts_with('-') && word.text != "-" && !kind.takes_dashes() {
                return Err(format!("`{}` may be taken for an option", word.text));
            }
            if word.pattern && !first && table.max.is_none() && kind.takes_files() {
                self.pattern(word, kind)?;
            } else {
                kind.check(&word.text, &mut self.uses)?;
            }
        }
        self.uses.extend(table.tells_remotes.then_some(Use::Remotes));
        self.rewrite(operands);
        self.read_through(operands.get(usize::from(has_first)..).unwrap_or_default());
        Ok(())
    }

    /// Reads the option in `args[0]`; tells how many words it took.
    fn option(&mut self, args: &[Word]) -> Result<usize, String> {
        let word = &args[0];
        let text = word.text.as_str();
        let table = self.table;
        if table.without.0.contains(text) {
            return Err(format!("the option `{text}` means something else here"));
        }
        if table.flags.0.contains(text) {
            self.seen.insert(text.to_owned());
            return Ok(1);
        }
        if let Some(kind) = table.values.get(text) {
            return self.value_in_next(text, kind, args);
        }
        if let Some((name, value)) = text.split_once('=') {
            let single_dash = !name.starts_with("--") && table.style == Style::Clustered;
            if let Some(kind) = table.values.get(name).or_else(|| table.glued.get(name))
                && !single_dash
            {
                self.patterns += usize::from(word.pattern && kind.is_names());
                return self.value(name, kind, value).map(|()| 1);
            }
        }
        if table.numbers && text.len() > 1 && text[1..].bytes().all(|b| b.is_ascii_digit()) {
            return Ok(1);
        }
        if table.style == Style::Clustered && !text.starts_with("--") {
            return self.cluster(args);
        }
        Err(format!("the option `{text}` is not vouched for"))
    }

    /// `-abc`, `-n5`, `-am text`.
    fn cluster(&mut self, args: &[Word]) -> Result<usize, String> {
        let text = args[0].text.as_str();
        for (at, letter) in text.char_indices().skip(1) {
            let name = format!("-{letter}");
            let rest = &text[at + letter.len_utf8()..];
            if self.table.without.0.contains(&name) {
                return Err(format!("the option `{name}` means something else here"));
            }
            if rest.starts_with('=') {
                return Err(format!("`{text}` is read differently by different programs"));
            }
            if let Some(kind) = self.table.values.get(&name) {
                if rest.is_empty() {
                    return self.value_in_next(&name, kind, args);
                }
                return self.value(&name, kind, rest).map(|()| 1);
            }
            if let Some(kind) = self.table.glued.get(&name)
                && !rest.is_empty()
            {
                return self.value(&name, kind, rest).map(|()| 1);
            }
            if !self.table.flags.0.contains(&name) {
                let told = if text == name { name } else { format!("{name}` in `{text}") };
                return Err(format!("the option `{told}` is not vouched for"));
            }
            self.seen.insert(name);
        }
        Ok(1)
    }

    fn value_in_next(&mut self, name: &str, kind: &Kind, args: &[Word]) -> Result<usize, String> {
        let Some(value) = args.get(1) else {
            return Err(format!("the value of `{name}` is missing"));
        };
        if value.text.starts_with('-') && value.text != "-" && !self.table.dash_values {
            return Err(format!("the value `{}` of `{name}` may be taken for something else", value.text));
        }
        self.value(name, kind, &value.text).map(|()| 2)
    }

    fn value(&mut self, name: &str, kind: &Kind, value: &str) -> Result<(), String> {
        self.seen.insert(name.to_owned());
        if self.table.spare_files.0.contains(name) {
            self.spared.push(value.to_owned());
        } else if self.table.spare_folders.0.contains(name) {
            self.spared.push(format!("{value}/"));
        } else if self.table.only_types.0.contains(name) {
            self.only.extend(through::names_of_type(value));
        } else if self.table.only_names.0.contains(name) && !value.starts_with('!') {
            self.only.push(value.to_owned());
        }
        if kind.is_folder() && self.folder.replace(value.to_owned()).is_some() {
            return Err(format!("more than one {name}"));
        }
        kind.check(value, &mut self.uses).map_err(|why| format!("{name}: {why}"))
    }

    /// Options up to the first operand, or to the first of the words that must stand before what is started; tells where
    /// that stands.
    fn leading_options(&mut self, args: &[Word]) -> Result<usize, String> {
        let leads = |word: &Word| matches!(self.table.lead.first(), Some(Kind::OneOf(words)) if words.contains(&word.text));
        let mut at = 0;
        while args.get(at).is_some_and(|w| is_option(w) && !leads(w)) {
            at += self.option(&args[at..])?;
        }
        Ok(at)
    }

    fn subcommand(&mut self, programs: &Programs, args: &[Word], depth: usize) -> Result<Outcome, String> {
        let at = self.leading_options(args)?;
        let Some(name) = args.get(at) else {
            return Err("alone it is not vouched for".into());
        };
        let Some(table) = self.table.sub.get(&name.text).filter(|_| !name.quoted) else {
            return Err(format!("`{}` is not vouched for", name.text));
        };
        let mut outcome = read_table(programs, table, &args[at + 1..], depth)
            .map_err(|why| format!("{}: {why}", name.text))?;
        outcome.starts.iter_mut().for_each(|start| *start += at + 1);
        outcome.uses.append(&mut self.uses);
        outcome.folder = self.folder.take().or(outcome.folder);
        Ok(outcome)
    }

    fn start_another(&mut self, programs: &Programs, args: &[Word], depth: usize) -> Result<Outcome, String> {
        let mut at = self.leading_options(args)?;
        for kind in &self.table.lead {
            let word = args.get(at).ok_or("an argument is missing")?;
            kind.check(&word.text, &mut self.uses)?;
            at += 1;
        }
        self.required()?;
        let Some(name) = args.get(at) else {
            return Err("it starts nothing".into());
        };
        if !self.table.runs.iter().any(|r| *r == name.text || r == "*") || name.text == "cd" {
            return Err(format!("starting `{}` is not vouched for", name.text));
        }
        if let Some(folder) =
            self.table.local.clone().filter(|_| self.table.local_unless.0.is_disjoint(&self.seen))
        {
            self.uses.push(Use::Local { folder, name: name.text.clone() });
        }
        let mut outcome = vouch_at(programs, &args[at..], depth + 1).map_err(|r| r.reason)?;
        outcome.effect = self.table.starts_as.map_or(outcome.effect, |least| outcome.effect.max(least));
        outcome.uses.append(&mut self.uses);
        // One more for the word of this program itself.
        outcome.starts = std::iter::once(0).chain(outcome.starts).map(|inner| inner + at + 1).collect();
        Ok(outcome)
    }

    fn outcome(&mut self) -> Result<Outcome, String> {
        Ok(Outcome {
            effect: self.table.effect.ok_or("its table does not say what it does")?,
            uses: std::mem::take(&mut self.uses),
            folder: self.folder.take(),
            patterns: self.patterns,
            starts: Vec::new(),
        })
    }
}

fn is_option(word: &Word) -> bool {
    word.text.len() > 1 && word.text.starts_with('-')
}
