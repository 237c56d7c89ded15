//! A dialog on the screen, in the look of Claude Code 2.1.330. It replaces the composer; the hidden cursor stands on
//! the marked option's row.

use ratatui::text::Line;

use super::{Ask, Choice, Matter, host};
use crate::cli::sim_agent::paint::{
    BLUE, BOLD, DASH, DIM, GREY, PLAIN, TEAL, WHITE, YELLOW, hang, line, rule, span, wrap,
};
use ratatui::style::{Color, Style};

/// The footer of a question.
const CHOOSING: &str = "Enter to select · ↑/↓ to navigate · Esc to cancel";
/// The same while a text is written.
const WRITING: &str = "Enter to select · ↑/↓ to navigate · ctrl+g to edit in Vim · Esc to cancel";

/// The rows of a dialog, top to bottom.
pub struct Drawn {
    /// The rows; never more than the screen has.
    pub lines: Vec<Line<'static>>,
    /// Column and row (of `lines`) of the hidden cursor.
    pub cursor: (u16, usize),
}

impl Ask {
    /// Draws it for a screen of that size. What does not fit goes at the top, and a row says how much.
    pub fn draw(&self, width: u16, height: u16) -> Drawn {
        match &self.matter {
            Matter::Plan(_) => self.plan(width, height),
            Matter::Question(_) => self.question(width, height),
            _ => self.permission(width, height),
        }
    }

    fn permission(&self, width: u16, height: u16) -> Drawn {
        let (frame, title) = match &self.matter {
            Matter::Bash(_) => (BLUE, "Bash command"),
            Matter::Edit(..) => (BLUE, "Edit file"),
            Matter::Write(_) => (BLUE, "Create file"),
            Matter::Read(_) => (BLUE, "Read file"),
            Matter::Fetch(_) => (BLUE, "Fetch"),
            Matter::Mcp(_) => (BLUE, "Tool use"),
            _ => (YELLOW, "Accessing workspace:"),
        };
        let mut out =
            vec![rule("─", width, frame), Line::from(vec![span(" ", PLAIN), span(title, frame.patch(BOLD))])];
        let dash = || rule("╌", width, DASH);
        let mut say = |text: &str, style| out.extend(indented(text, style, width));
        match &self.matter {
            Matter::Bash(b) => {
                if !b.why.is_empty() {
                    say(&b.why, GREY);
                }
                out.push(dash());
                out.extend(command(&b.command, width));
                out.push(dash());
                out.extend(indented("This command requires approval", PLAIN, width));
                out.push(Line::default());
                out.extend(indented("Do you want to proceed?", PLAIN, width));
            }
            Matter::Edit(e, diff) => {
                say(&e.path, GREY);
                out.push(dash());
                out.extend(diff.lines(width, 0));
                out.push(dash());
                out.extend(asked("Do you want to make this edit to", &e.path, width));
            }
            Matter::Write(w) => {
                say(&w.path, GREY);
                out.push(dash());
                let digits = w.text.lines().count().to_string().len();
                for (i, l) in w.text.lines().enumerate() {
                    let head = vec![span(format!(" {:>digits$} ", i + 1), DIM)];
                    out.extend(hang(head, l, PLAIN, width));
                }
                out.push(dash());
                out.extend(asked("Do you want to create", &w.path, width));
            }
            Matter::Read(r) => {
                out.push(dash());
                out.extend(indented(&format!("Read({})", r.path), PLAIN, width));
                out.push(dash());
                out.extend(indented("Do you want to proceed?", PLAIN, width));
            }
            Matter::Fetch(f) => {
                say(&format!("Claude wants to fetch content from {}", host(&f.url)), GREY);
                out.push(dash());
                out.extend(indented(&format!("url: {}", f.url), PLAIN, width));
                out.extend(indented(&format!("prompt: {}", f.prompt), PLAIN, width));
                out.push(dash());
                out.extend(indented("Do you want to allow Claude to fetch this content?", PLAIN, width));
            }
            Matter::Mcp(m) => {
                say(&format!("{} — {} Tool: (MCP)", m.server, m.tool), PLAIN);
                out.push(dash());
                out.extend(indented(&m.input, PLAIN, width));
                out.push(dash());
                out.extend(indented("Do you want to proceed?", PLAIN, width));
            }
            Matter::Plan(_) | Matter::Question(_) => {}
            Matter::Trust(place) => {
                say(&format!("\n{place}"), PLAIN);
                say(
                    "\nQuick safety check: Is this a project you created or one you trust? (Like your own code, a well-known open source project, or work from your team). If not, take a moment to review what's in this folder first.\n\nClaude Code'll be able to read, edit, and execute files here.\n",
                    PLAIN,
                );
                say("Security guide\n", GREY);
            }
        }
        let mut drawn = Drawn { cursor: (1, 0), lines: out };
        self.options(&mut drawn, 1, width);
        let footer = match &self.matter {
            Matter::Fetch(_) => None,
            Matter::Trust(_) => Some("Enter to confirm · Esc to cancel"),
            _ if self.field.is_some() => Some("Esc to cancel"),
            _ => Some("Esc to cancel · Tab to amend"),
        };
        if let Some(footer) = footer {
            drawn.lines.push(Line::default());
            drawn.lines.push(line(format!(" {footer}"), GREY));
        }
        drawn.behead(usize::from(height), footer.is_some());
        drawn
    }

    fn plan(&self, width: u16, height: u16) -> Drawn {
        let Matter::Plan(plan) = &self.matter else {
            return Drawn { lines: vec![], cursor: (0, 0) };
        };
        let inner = width.saturating_sub(4);
        let inset = |glyph: &str, style| line(format!("  {}", glyph.repeat(inner.into())), style);
        let mut head = vec![
            rule("▔", width, TEAL),
            Line::default(),
            inset("─", TEAL),
            line("   Ready to code?", TEAL.patch(BOLD)),
            Line::default(),
            line("   Here is Claude's plan:", PLAIN),
            inset("╌", DASH),
            line(format!("   Plan: {}", plan.title), BOLD),
            Line::default(),
        ];
        for (i, s) in plan.steps.iter().enumerate() {
            head.extend(hang(vec![span(format!("   {}. ", i + 1), PLAIN)], s, PLAIN, width));
        }
        if !plan.risks.is_empty() {
            head.extend([Line::default(), line("   Risks", BOLD), Line::default()]);
            head.extend(plan.risks.iter().flat_map(|r| hang(vec![span("   - ", PLAIN)], r, PLAIN, width)));
        }
        head.push(inset("╌", DASH));
        let mut foot = Drawn { lines: vec![inset("─", TEAL)], cursor: (3, 0) };
        foot.lines.extend(hang(
            vec![span("   ", PLAIN)],
            "Claude has written up a plan and is ready to execute. Would you like to proceed?",
            GREY,
            width,
        ));
        foot.lines.push(Line::default());
        self.options(&mut foot, 3, width);
        foot.lines.push(Line::default());
        let file = "ctrl+g to edit in Vim · ~/.claude/plans/quiet-brave-otter.md";
        foot.lines.extend(hang(vec![span("   ", PLAIN)], file, GREY, width));
        // The plan takes what the question leaves; blank rows fill the rest, and an arrow tells of what is cut off.
        let room = usize::from(height).saturating_sub(foot.lines.len() + 4);
        if head.len() > room
            && let Some(title) = head.get_mut(3)
        {
            let gap = usize::from(width).saturating_sub(title.width() + 1);
            title.push_span(span(format!("{}↓", " ".repeat(gap)), GREY));
        }
        head.resize(room, Line::default());
        foot.cursor.1 += head.len();
        head.append(&mut foot.lines);
        let mut drawn = Drawn { lines: head, cursor: foot.cursor };
        drawn.behead(usize::from(height), false);
        drawn
    }

    fn question(&self, width: u16, height: u16) -> Drawn {
        let Matter::Question(q) = &self.matter else {
            return Drawn { lines: vec![], cursor: (0, 0) };
        };
        let tab = Style::new().fg(Color::Indexed(16)).bg(Color::Indexed(153));
        let mut drawn = Drawn {
            lines: vec![rule("─", width, GREY), line(format!(" ☐ {} ", q.header), tab), Line::default()],
            cursor: (0, 0),
        };
        drawn.lines.extend(wrap(&q.ask, width.into()).into_iter().map(|r| line(r, WHITE.patch(BOLD))));
        drawn.lines.push(Line::default());
        self.options(&mut drawn, 0, width);
        drawn.lines.push(Line::default());
        drawn.lines.extend(
            wrap(if self.field.is_some() { WRITING } else { CHOOSING }, width.into())
                .into_iter()
                .map(|r| line(r, GREY)),
        );
        drawn.behead(usize::from(height), false);
        drawn
    }

    /// The options, `left` columns in, the mark before the marked one.
    fn options(&self, drawn: &mut Drawn, left: u16, width: u16) {
        let question = matches!(self.matter, Matter::Question(_));
        let limit = width.saturating_sub(1);
        for (i, Choice { label, sub, .. }) in self.choices.iter().enumerate() {
            let marked = i == self.marked;
            if question && i + 1 == self.choices.len() {
                drawn.lines.push(rule("─", width, GREY));
            }
            if marked {
                drawn.cursor = (left, drawn.lines.len());
            }
            let style = match (marked, question && i + 2 == self.choices.len()) {
                (true, _) => BLUE,
                (false, true) => GREY,
                (false, false) => PLAIN,
            };
            let number = if self.numbered() { format!("{}. ", i + 1) } else { String::new() };
            let head = vec![
                span(" ".repeat(left.into()), PLAIN),
                span(if marked { "❯ " } else { "  " }, BLUE),
                span(number, GREY),
            ];
            if marked && self.field.is_some() {
                drawn.lines.extend(self.field_rows(head, label, limit));
            } else {
                drawn.lines.extend(hang(head, label, style, limit));
            }
            if let Some(sub) = sub {
                let head = vec![span(" ".repeat(usize::from(left) + 5), PLAIN)];
                drawn.lines.extend(hang(head, sub, GREY, limit));
            }
        }
    }
}

impl Drawn {
    /// Cuts the top off until it fits; the row above the footer then tells how many rows are missing.
    fn behead(&mut self, height: usize, tell: bool) {
        let over = self.lines.len().saturating_sub(height);
        if over == 0 {
            return;
        }
        self.lines.drain(..over);
        self.cursor.1 = self.cursor.1.saturating_sub(over);
        let n = self.lines.len();
        if tell && n >= 2 {
            self.lines[n - 2] = line(format!(" ↑ {over} more lines"), YELLOW);
        }
    }
}

fn indented(text: &str, style: Style, width: u16) -> Vec<Line<'static>> {
    hang(vec![span(" ", PLAIN)], text, style, width)
}

fn asked(question: &str, name: &str, width: u16) -> Vec<Line<'static>> {
    let whole = format!("{question} {name}?");
    if whole.len() + 1 > usize::from(width) {
        return indented(&whole, PLAIN, width);
    }
    vec![Line::from(vec![
        span(format!(" {question} "), PLAIN),
        span(name.to_owned(), BOLD),
        span("?", PLAIN),
    ])]
}

/// A command of one row stands alone; a longer one has a bar before each row.
fn command(command: &str, width: u16) -> Vec<Line<'static>> {
    let rows = wrap(command, usize::from(width).saturating_sub(2));
    if rows.len() == 1 {
        return indented(command, PLAIN, width);
    }
    wrap(command, usize::from(width).saturating_sub(4))
        .into_iter()
        .map(|r| Line::from(vec![span(" ", PLAIN), span("│", DIM), span(format!(" {r}"), PLAIN)]))
        .collect()
}
