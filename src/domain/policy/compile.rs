//! From files to a policy: layers, replaced and disabled rules, and the checks that a rule makes sense.

use super::file::{PROGRAM, PolicyError, PolicyFile, RuleAction, RuleSpec, error, for_example, read};
use super::{Policy, Trust};
use crate::domain::bash::ProgramFile;
use crate::domain::dialog::Operation;
use crate::domain::text;

/// Operations that only a rule for just that one operation may allow.
const ONE_BY_ONE: [Operation; 5] =
    [Operation::Mcp, Operation::Plan, Operation::Question, Operation::Trust, Operation::Other];

/// A text with its name, for errors.
pub(super) struct Layer<'a> {
    pub text: &'a str,
    pub origin: &'a str,
    pub trust: Trust,
}

impl Layer<'_> {
    fn error(&self, at: usize, message: impl Into<String>, hint: impl Into<String>) -> PolicyError {
        error(self.text, self.origin, at, message, hint)
    }

    /// Puts this layer on top of a policy.
    pub(super) fn onto(&self, policy: &mut Policy) -> Result<(), PolicyError> {
        let file = read(self.text, self.origin)?;
        self.check_trust(&file)?;
        if let Some(press) = file.press {
            policy.press = press;
        }
        policy.interval_ms = file.interval_ms.or(policy.interval_ms);
        policy.exclude.extend(file.exclude);
        for id in file.disable {
            self.disable(policy, id.get_ref(), id.span().start)?;
        }
        let programs = ProgramFile {
            environment: file.environment,
            group: file.group,
            program: file.program,
            ..ProgramFile::default()
        };
        policy.programs.add(&programs).map_err(|(program, why)| {
            let at = self.text.find(&format!("program.{program}")).unwrap_or(0);
            self.error(at, format!("program `{program}`: {why}"), for_example(PROGRAM))
        })?;
        for spec in file.rule {
            let at = spec.span().start;
            self.add(policy, spec.into_inner(), at)?;
        }
        Ok(())
    }

    /// A file that an agent could write may only tighten.
    fn check_trust(&self, file: &PolicyFile) -> Result<(), PolicyError> {
        if self.trust != Trust::TightenOnly {
            return Ok(());
        }
        let hint = "a policy in a work tree may only deny and hold; put this into your own configuration";
        if let Some(rule) = file.rule.iter().find(|r| r.get_ref().action == Some(RuleAction::Allow)) {
            return Err(self.error(rule.span().start, "this file may not allow anything", hint));
        }
        if let Some(id) = file.disable.first() {
            return Err(self.error(id.span().start, "this file may not disable rules", hint));
        }
        if !file.program.is_empty()
            || !file.environment.is_empty()
            || file.press == Some(true)
            || file.extends.is_some()
        {
            return Err(self.error(0, "this file may not vouch for programs or choose a preset", hint));
        }
        Ok(())
    }

    fn disable(&self, policy: &mut Policy, id: &str, at: usize) -> Result<(), PolicyError> {
        let Some(index) = policy.rules.iter().position(|r| r.id == id) else {
            let near = text::nearest(id, policy.rules.iter().map(|r| r.id.as_str()));
            let hint = near.map_or("take it out; `archtui policy rules` lists those there are".into(), |n| {
                format!("did you mean \"{n}\"?")
            });
            return Err(self.error(at, format!("no rule is called \"{}\"", text::printable(id)), hint));
        };
        if policy.rules[index].fixed {
            return Err(self.error(
                at,
                format!("`{id}` cannot be disabled"),
                "it keeps agents from approving themselves",
            ));
        }
        policy.rules.remove(index);
        Ok(())
    }

    fn add(&self, policy: &mut Policy, mut spec: RuleSpec, at: usize) -> Result<(), PolicyError> {
        self.check(&spec, at)?;
        spec.origin = match self.trust {
            Trust::Shipped => format!("policies/{}.toml", self.origin),
            Trust::User | Trust::TightenOnly => self.origin.to_owned(),
        };
        if let Some(old) = policy.rules.iter_mut().find(|r| r.id == spec.id) {
            if old.fixed || self.trust == Trust::TightenOnly {
                return Err(self.error(
                    at,
                    format!("`{}` cannot be replaced", spec.id),
                    "give the rule another id",
                ));
            }
            *old = spec;
        } else {
            policy.rules.push(spec);
        }
        Ok(())
    }

    fn check(&self, spec: &RuleSpec, at: usize) -> Result<(), PolicyError> {
        let wrong = |message: String, hint: &str| Err(self.error(at, message, hint));
        let id = spec.id.as_str();
        if id.is_empty() {
            return wrong(
                "a rule has no `id`".into(),
                "give it a short name: it is shown with every verdict",
            );
        }
        let Some(action) = spec.action else {
            return wrong(format!("rule `{id}` has no `action`"), "deny, hold or allow");
        };
        if spec.fixed && self.trust != Trust::Shipped {
            return wrong(format!("rule `{id}`: `fixed` is for shipped rules"), "leave it out");
        }
        let bare = RuleSpec {
            id: spec.id.clone(),
            action: spec.action,
            reason: spec.reason.clone(),
            fixed: spec.fixed,
            ..RuleSpec::default()
        };
        if *spec == bare {
            return wrong(
                format!("rule `{id}` has no condition"),
                "say at least which `operation` it is for",
            );
        }
        if let Some(path) = spec.file.iter().find(|f| !f.starts_with('/')) {
            let hint = "a path from the root on; `path` takes names and patterns";
            return wrong(format!("rule `{id}`: `file` is no whole path: {path}"), hint);
        }
        if action != RuleAction::Allow {
            return Ok(());
        }
        let [first, rest @ ..] = spec.operation.as_slice() else {
            return wrong(
                format!("rule `{id}` allows, but no `operation` is named"),
                "name the operations that it allows",
            );
        };
        if !rest.is_empty() && spec.operation.iter().any(|o| ONE_BY_ONE.contains(o)) {
            return wrong(
                format!("rule `{id}` allows several operations, one of them for people"),
                "mcp, plan, question, trust and other are allowed one by one, each by a rule of its own",
            );
        }
        if *first == Operation::Mcp && spec.tool.is_empty() {
            return wrong(format!("rule `{id}` allows mcp without a `tool`"), "name the tools");
        }
        if spec.operation.contains(&Operation::Fetch) && spec.host.is_empty() {
            return wrong(format!("rule `{id}` allows fetch without a `host`"), "name the hosts");
        }
        let names_a_command = !spec.command.is_empty()
            || !spec.effect.is_empty()
            || !spec.program.is_empty()
            || spec.unknown_program;
        if spec.operation.contains(&Operation::Bash) && !names_a_command {
            return wrong(
                format!("rule `{id}` allows every command"),
                "give `command`, `effect`, or `program` with `all_args`",
            );
        }
        let any = spec.command.is_empty() && spec.effect.is_empty() && spec.all_args.is_none();
        if !spec.program.is_empty() && any {
            return wrong(
                format!("rule `{id}` allows a program with any arguments"),
                "say which with `all_args`; all_args = [\"*\"] is any, [] is none",
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error of a user's text: line, and what message and hint must hold.
    fn check(text: &str, line: usize, part: &str, hint: &str) {
        let error = Policy::parse(text, "my.toml").expect_err(text);
        assert!(error.message.contains(part), "{text:?}: {error}");
        assert!(error.hint.contains(hint), "{text:?}: {}", error.hint);
        assert_eq!(error.line, line, "{text:?}: {error}");
        assert!(error.to_string().starts_with("my.toml:"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_a_near_miss() {
        check("extends = \"sopp\"", 1, "`sopp`", "sop");
        check("exclud = []", 1, "no key is called \"exclud\" here", "did you mean \"exclude\"?");
        check(
            "\n[[rule]]\nid = \"a\"\nprogam = [\"rm\"]",
            4,
            "no key is called \"progam\"",
            "did you mean \"program\"?",
        );
        check(
            "[[rule]]\nid = \"a\"\naction = \"alow\"",
            3,
            "\"alow\" is not a value this key knows",
            "did you mean \"allow\"? known here: deny, hold, allow",
        );
        check("[[rule]]\nid = \"a\"\nbad = 1", 3, "no key is called \"bad\" here", "known here: id, action,");
        check("[[rule]]\nid = \"a\"\naction = \"hold\"\noperation = [\"raed\"]", 4, "\"raed\"", "\"read\"");
        check("disable = [\"delet\"]", 1, "\"delet\"", "did you mean \"delete\"?");
        check("disable = [\"nothing such\"]", 1, "\"nothing such\"", "`archtui policy rules`");
        check("disable = [\"tmux\"]", 1, "cannot be disabled", "approving");
        check(
            "[[rule]]\nid = \"tmux\"\naction = \"allow\"\noperation = [\"bash\"]\nprogram = [\"tmux\"]\nall_args = [\"*\"]",
            1,
            "cannot be replaced",
            "id",
        );
        check("[[rule]]\naction = \"hold\"\nprogram = [\"x\"]", 1, "no `id`", "name");
        check("[[rule]]\nid = \"a\"\nprogram = [\"x\"]", 1, "no `action`", "deny");
        check("[[rule]]\nid = \"a\"\naction = \"hold\"", 1, "no condition", "operation");
        check(
            "[[rule]]\nid = \"a\"\naction = \"allow\"\nprogram = [\"x\"]",
            1,
            "no `operation`",
            "operation",
        );
        check(
            "[[rule]]\nid = \"a\"\naction = \"allow\"\noperation = [\"bash\"]",
            1,
            "every command",
            "effect",
        );
        check(
            "[[rule]]\nid = \"a\"\naction = \"allow\"\noperation = [\"bash\"]\nprogram = [\"x\"]",
            1,
            "any arguments",
            "all_args",
        );
        check(
            "[[rule]]\nid = \"a\"\naction = \"allow\"\noperation = [\"read\", \"plan\"]",
            1,
            "for people",
            "one by one",
        );
        check(
            "[[rule]]\nid = \"a\"\naction = \"allow\"\noperation = [\"mcp\"]",
            1,
            "without a `tool`",
            "tools",
        );
        check(
            "[[rule]]\nid = \"a\"\naction = \"allow\"\noperation = [\"fetch\"]",
            1,
            "without a `host`",
            "hosts",
        );
        check(
            "[[rule]]\nid = \"a\"\naction = \"hold\"\nprogram = [\"x\"]\nfixed = true",
            1,
            "shipped rules",
            "leave",
        );
        check("[program.x]\nflags = \"-a\"", 1, "`effect` is missing", "[program.mytool]");
        check("[program.x]\neffect = \"read\"\nflags = \"a\"", 1, "no option", "[program.mytool]");
        check("[program.x]\neffect = \"read\"\noperands = \"raed\"", 3, "\"raed\"", "\"read\"");
        check("rule = 3", 1, "3 stands where a list is wanted", "id = \"no-rm\"");
        check("= 3", 1, "", "id = \"no-rm\"");
    }

    #[test]
    fn the_examples_in_hints_are_sound() {
        for hint in [super::super::file::RULE, PROGRAM] {
            Policy::parse(hint, "my.toml").unwrap_or_else(|e| panic!("{e}"));
        }
    }

    #[test]
    fn a_layer_from_a_work_tree_may_only_tighten() {
        let mut policy = Policy::preset("sop").expect("ships");
        for loose in [
            "[[rule]]\nid = \"a\"\naction = \"allow\"\noperation = [\"fetch\"]\nhost = [\"x\"]",
            "disable = [\"delete\"]",
            "[[rule]]\nid = \"delete\"\naction = \"hold\"\nprogram = [\"nothing\"]",
            "[program.x]\neffect = \"read\"",
            "press = true",
            "[environment]\nPATH = \"word\"",
            "extends = \"wide\"",
        ] {
            let before = policy.clone();
            assert!(policy.layer(loose, "repo", Trust::TightenOnly).is_err(), "{loose}");
            assert_eq!(policy, before, "an error changes nothing");
        }
        let tight = "exclude = [\"x\"]\n[[rule]]\nid = \"a\"\naction = \"deny\"\nprogram = [\"ls\"]";
        policy.layer(tight, "repo", Trust::TightenOnly).expect("it only tightens");
        assert!(policy.rules().iter().any(|r| r.id == "a"));
    }
}
