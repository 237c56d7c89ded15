//! Which sessions a command means: those that are named, or the whole roster.

use crate::cli::Fail;
use crate::domain::fleet::{Plan, Row};
use crate::domain::text;

/// The rows with these names, in the roster's order; all if none is named. A name that the roster does not have is a fault.
pub fn chosen(names: &[String], plan: &Plan) -> Result<Vec<Row>, Fail> {
    for name in names {
        if plan.rows.iter().any(|r| r.name.as_str() == name) {
            continue;
        }
        let shown = text::printable(name);
        if plan.unmanaged.iter().any(|n| n.as_str() == name) {
            let hint =
                "sessions that the roster does not name are left alone; `archtui init --adopt` takes them in";
            return Err(Fail::not_found(format!("\"{shown}\" is not in the roster"), hint));
        }
        let near = text::nearest(name, plan.rows.iter().map(|r| r.name.as_str()));
        let hint =
            near.map_or("`archtui plan` lists the roster".into(), |n| format!("did you mean \"{n}\"?"));
        return Err(Fail::not_found(format!("no session of the roster is called \"{shown}\""), hint));
    }
    let meant = |r: &&Row| names.is_empty() || names.iter().any(|n| n == r.name.as_str());
    Ok(plan.rows.iter().filter(meant).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fleet::{Standing, Todo};
    use crate::domain::session::SessionName;

    #[test]
    fn names_are_taken_as_they_are() {
        let row = |name: &str| Row {
            name: SessionName::new(name),
            member: 0,
            standing: Standing::Missing,
            pane: None,
            remarks: Vec::new(),
            todo: Todo::Create,
        };
        let plan = Plan {
            rows: vec![row("dev_worker1"), row("dev_worker10"), row("fixer")],
            unmanaged: vec![SessionName::new("mine")],
        };
        let names = |asked: &[&str]| {
            let asked: Vec<String> = asked.iter().map(|n| (*n).to_owned()).collect();
            chosen(&asked, &plan)
                .map(|rows| rows.iter().map(|r| r.name.to_string()).collect::<Vec<_>>().join(" "))
                .map_err(|e| e.lines().1.to_owned())
        };
        assert_eq!(names(&[]).as_deref(), Ok("dev_worker1 dev_worker10 fixer"));
        assert_eq!(names(&["fixer", "dev_worker1"]).as_deref(), Ok("dev_worker1 fixer"));
        assert_eq!(names(&["dev_worker"]), Err("did you mean \"dev_worker1\"?".to_owned()));
        assert!(names(&["mine"]).is_err_and(|hint| hint.contains("left alone")));
        assert!(names(&["dev_*"]).is_err(), "no pattern");
    }
}
