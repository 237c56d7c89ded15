//! The list of panes: the format that is asked for and how its lines are read. Numbers come first, what an agent can
//! choose comes last; no field can carry a newline (paths and command names could, so they are never asked here).

use crate::domain::screen::Cursor;
use crate::domain::server::PaneInfo;
use crate::domain::session::{PaneId, PaneIdentity, SessionName};
use crate::domain::text;

/// What changes on nearly every write, asked together with each capture and with each list.
pub const VITALS: &str = "#{pane_id} #{pane_pid} #{pane_width} #{pane_height} #{cursor_x} #{cursor_y} #{cursor_flag} \
                          #{alternate_on} #{pane_in_mode} #{pane_dead} #{history_size}";

/// The facts asked for with each capture.
pub fn facts() -> String {
    format!("{VITALS}\t#{{pane_title}}")
}

/// The vitals of all panes, one line each: the cheap check.
pub fn check_command() -> String {
    format!("list-panes -a -F '{VITALS}'")
}

/// Where a pane's cursor stands, and how much has scrolled away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its row.
    pub row: u32,
    /// Whether it is to be seen.
    pub shown: bool,
    /// Rows above the screen.
    pub scrolled: u32,
}

/// Where the cursors of all panes are: a fraction of what [`rows_command`] costs.
pub const PLACES: &str = "list-panes -a -F '#{pane_id} #{cursor_y} #{cursor_flag} #{history_size}'";

/// What the server answers to [`PLACES`].
pub fn places(body: &str) -> Vec<(PaneId, Place)> {
    let line = |l: &str| {
        let mut numbers = l.strip_prefix('%')?.split(' ').map(|n| n.parse::<u32>().ok());
        let (pane, row, shown, scrolled) =
            (numbers.next()??, numbers.next()??, numbers.next()??, numbers.next()??);
        Some((PaneId(pane), Place { row, shown: shown != 0, scrolled }))
    };
    body.lines().filter_map(line).collect()
}

/// More panes than this are searched in one list.
const SINGLE: usize = 6;

/// The panes that have a row which may be the first option of a permission, and the first such row: of some panes, or of all.
pub fn rows_command(of: Option<&[PaneId]>) -> String {
    // `1. Yes` and `1. Allow`. Simple on purpose: with groups and choices it costs more than three times as much.
    let search = "#{C/r:1. [YA][el][sl]}";
    match of {
        Some(of) if of.len() <= SINGLE => {
            let one = |pane| format!("display-message -p -t {pane} '#{{pane_id}} {search}'");
            of.iter().map(one).collect::<Vec<_>>().join(" ; ")
        }
        Some(of) => {
            let of = of.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            format!("list-panes -a -F '#{{pane_id}} #{{?#{{m:* #{{pane_id}} *, {of} }},{search},}}'")
        }
        None => format!("list-panes -a -F '#{{pane_id}} {search}'"),
    }
}

/// What the server answers to [`rows_command`]: panes that have such a row, and which.
pub fn rows(body: &str) -> Vec<(PaneId, u32)> {
    let line = |l: &str| {
        let (pane, row) = l.split_once(' ')?;
        Some((PaneId(pane.strip_prefix('%')?.parse().ok()?), row.parse().ok()?))
    };
    body.lines().filter_map(line).filter(|(_, row)| *row > 0).collect()
}

/// Everything about all panes, one line each.
pub fn command() -> String {
    format!("list-panes -a -F '{}'", format())
}

/// Everything about a pane, as [`line()`] reads it.
pub fn format() -> String {
    format!(
        "{VITALS} #{{session_id}} #{{window_id}} #{{window_active}} #{{pane_active}} \
         #{{pane_synchronized}} #{{session_attached}} #{{pane_tty}}\t#{{session_name}}\t#{{pane_title}}"
    )
}

/// A pane's changing facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vitals {
    /// Which pane.
    pub id: PaneId,
    /// Its first process.
    pub pid: u32,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// The alternate screen is on.
    pub alternate: bool,
    /// A mode is open.
    pub in_mode: bool,
    /// The process has ended.
    pub dead: bool,
    /// Rows of history.
    pub history: u32,
}

/// Reads [`VITALS`]. A pane that is gone gives blanks, hence `None`.
pub fn vitals(line: &str) -> Option<Vitals> {
    let fields: Vec<&str> = line.split(' ').collect();
    let [id, pid, width, height, x, y, visible, alternate, modes, dead, history] = fields[..] else {
        return None;
    };
    Some(Vitals {
        id: PaneId::parse(id)?,
        pid: pid.parse().ok()?,
        width: width.parse().ok()?,
        height: height.parse().ok()?,
        cursor: Cursor { x: x.parse().ok()?, y: y.parse().ok()?, visible: visible == "1" },
        alternate: alternate == "1",
        // The number of modes on top of each other.
        in_mode: !matches!(modes, "0" | ""),
        dead: dead == "1",
        history: history.parse().ok()?,
    })
}

/// One line of the list. The start time is for who can read it. `None` if it is not such a line.
pub fn line(raw: &str) -> Option<(PaneInfo, Vitals)> {
    let (numbers, free) = raw.split_once('\t')?;
    let (name, title) = free.split_once('\t')?;
    // Seven fields follow the vitals.
    let (at, _) = numbers.rmatch_indices(' ').nth(6)?;
    let vitals = vitals(&numbers[..at])?;
    let rest: Vec<&str> = numbers[at + 1..].split(' ').collect();
    let [session, window, window_active, pane_active, synchronized, attached, tty] = rest[..] else {
        return None;
    };
    let info = PaneInfo {
        identity: PaneIdentity { id: vitals.id, pid: vitals.pid, start: 0 },
        session: SessionName::new(name),
        session_id: session.strip_prefix('$')?.parse().ok()?,
        window_id: window.strip_prefix('@')?.parse().ok()?,
        front: window_active == "1" && pane_active == "1",
        width: vitals.width,
        height: vitals.height,
        title: text::printable(title),
        tty: text::printable(tty),
        dead: vitals.dead,
        in_mode: vitals.in_mode,
        synchronized: synchronized == "1",
        attached: attached.parse().ok()?,
    };
    Some((info, vitals))
}

/// Asks for sessions of control rooms to which nobody is attached any more.
pub const LEFTOVERS: &str = "list-sessions -f '#{&&:#{==:#{session_attached},0},#{m:_archtui_*,#{session_name}}}' -F '#{session_name}'";

/// True for sessions that a control room made for itself: `_archtui_`, a process id, perhaps a count.
pub fn is_own_session(name: &str) -> bool {
    name.strip_prefix("_archtui_")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_panes_and_rows_and_nothing_else() {
        assert_eq!(rows("%3 7\n%4 0\n%12 40\n%5 \n"), [(PaneId(3), 7), (PaneId(12), 40)]);
        assert_eq!(rows("3 7\n%x 1\n%4\n%5 a\n\n"), []);
    }

    #[test]
    fn places_are_panes_and_numbers_and_nothing_else() {
        let place = Place { row: 7, shown: true, scrolled: 2000 };
        assert_eq!(places("%3 7 1 2000\n"), [(PaneId(3), place)]);
        assert_eq!(places("3 7 1 0\n%3 7 1\n%3 x 1 0\n\n%3 -1 0 0\n"), []);
    }

    const GOOD: &str = "%3 4711 120 40 7 39 0 1 2 0 15 $1 @2 1 1 1 2 /dev/pts/4\tdev worker\t✳ a\ttitle";

    #[test]
    fn a_line_is_read_whole() {
        let (info, vitals) = line(GOOD).expect("a good line");
        assert_eq!(info.identity, PaneIdentity { id: PaneId(3), pid: 4711, start: 0 });
        assert_eq!((info.session.as_str(), info.session_id, info.window_id), ("dev worker", 1, 2));
        assert_eq!((info.width, info.height, info.tty.as_str()), (120, 40, "/dev/pts/4"));
        assert!(info.front && info.in_mode && info.synchronized && !info.dead);
        assert_eq!((info.attached, info.title.as_str()), (2, "✳ atitle"));
        assert_eq!(vitals.cursor, Cursor { x: 7, y: 39, visible: false });
        assert!(vitals.alternate && vitals.history == 15);
    }

    #[test]
    fn only_the_active_pane_of_the_current_window_is_in_front() {
        for (active, want) in [("1 1", true), ("0 1", false), ("1 0", false)] {
            let (info, _) = line(&GOOD.replace("@2 1 1", &format!("@2 {active}"))).expect("a good line");
            assert_eq!(info.front, want, "{active}");
        }
    }

    #[test]
    fn other_lines_are_refused() {
        for bad in [
            "",
            "%3 1",
            &GOOD[1..],
            &GOOD.replace('\t', " "),
            &GOOD.replace("4711", "x"),
            &GOOD.replace(" 1 2 0", ""),
        ] {
            assert!(line(bad).is_none(), "{bad}");
        }
        assert_eq!(vitals("          "), None);
    }

    #[test]
    fn own_sessions_are_known_by_their_exact_name() {
        for (name, want) in [
            ("_archtui_4711", true),
            ("_archtui_4711_2", true),
            ("_archtui", false),
            ("_archtui_", false),
            ("_archtui_mine", false),
            ("archtui_4711", false),
        ] {
            assert_eq!(is_own_session(name), want, "{name}");
        }
    }
}
