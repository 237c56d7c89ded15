//! From what the terminal reports to the app's own keys and mouse. What they mean is for `app`.

use crossterm::event::{self, KeyCode, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};

use crate::app::Event;
use crate::app::event::{Mouse, MouseAct};
use crate::app::key::{Code, Key};

/// The fact that a report stands for, if it stands for one.
pub fn fact(report: event::Event) -> Option<Event> {
    match report {
        event::Event::Key(k) if k.kind != KeyEventKind::Release => key(k.code, k.modifiers).map(Event::Key),
        event::Event::Paste(text) => Some(Event::Paste(text)),
        event::Event::Mouse(m) => {
            let act = match m.kind {
                MouseEventKind::Down(MouseButton::Left) => MouseAct::Press,
                MouseEventKind::ScrollDown => MouseAct::WheelDown,
                MouseEventKind::ScrollUp => MouseAct::WheelUp,
                _ => return None,
            };
            Some(Event::Mouse(Mouse { act, x: m.column, y: m.row }))
        }
        event::Event::Resize(w, h) => Some(Event::Resized(w, h)),
        _ => None,
    }
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
    let code = match code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::F(n @ 1..=12) => Code::F(n),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    // Shift stands in the character itself, and in back-tab's name.
    let shift = modifiers.contains(KeyModifiers::SHIFT) && !matches!(code, Code::Char(_) | Code::BackTab);
    let ctrl = modifiers.contains(KeyModifiers::CONTROL);
    // Terminals send the control characters 28 to 31 for Ctrl-\ Ctrl-] Ctrl-^ Ctrl-_, reported here as Ctrl-4 to Ctrl-7.
    let code = match code {
        Code::Char(c @ '4'..='7') if ctrl => Code::Char(['\\', ']', '^', '_'][c as usize - '4' as usize]),
        other => other,
    };
    Some(Key { code, ctrl, alt: modifiers.contains(KeyModifiers::ALT), shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_arrive_as_the_keymap_writes_them() {
        let k = |code, modifiers| key(code, modifiers).map(|k| k.to_string());
        assert_eq!(k(KeyCode::Char('N'), KeyModifiers::SHIFT).as_deref(), Some("N"));
        assert_eq!(k(KeyCode::Char('5'), KeyModifiers::CONTROL).as_deref(), Some("Ctrl-]"));
        assert_eq!(k(KeyCode::Char(']'), KeyModifiers::CONTROL).as_deref(), Some("Ctrl-]"));
        assert_eq!(k(KeyCode::BackTab, KeyModifiers::SHIFT).as_deref(), Some("Shift-Tab"));
        assert_eq!(k(KeyCode::Up, KeyModifiers::SHIFT).as_deref(), Some("Shift-↑"));
        assert_eq!(k(KeyCode::CapsLock, KeyModifiers::NONE), None);
    }
}
