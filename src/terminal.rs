//! The terminal as a guarded thing: raw mode, alternate screen, mouse and paste reports on while the guard lives, and
//! put back on every way out, panics included. What is drawn is for `view`.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::mem::ManuallyDrop;

use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;

/// One frame fits: an unbuffered writer costs eight times as much.
const BUFFER: usize = 256 * 1024;

/// What frames are drawn on.
pub type Backend = CrosstermBackend<BufWriter<Stdout>>;

/// Our hold on the terminal. Dropping it puts everything back.
pub struct Terminal {
    /// Never dropped: its drop prints to stderr where the cursor cannot be shown, and where the terminal is gone, stderr
    /// is gone with it; that panic, and then the one of its report, would end us before anybody has cleaned up.
    inner: ManuallyDrop<ratatui::Terminal<Backend>>,
    mouse: bool,
    held: bool,
}

impl Terminal {
    /// Takes the terminal. Fails if stdout or stdin is none.
    pub fn take(mouse: bool) -> io::Result<Self> {
        if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
            return Err(io::Error::other("stdout is not a terminal"));
        }
        // The theme decides about colours, NO_COLOR included; left to itself the library would wipe bold and reverse too.
        crossterm::style::force_color_output(true);
        restore_on_panic();
        let backend = CrosstermBackend::new(BufWriter::with_capacity(BUFFER, io::stdout()));
        let inner = ManuallyDrop::new(ratatui::Terminal::new(backend)?);
        let mut terminal = Self { inner, mouse, held: false };
        terminal.hold()?;
        Ok(terminal)
    }

    /// Takes it (again), after `release`.
    pub fn hold(&mut self) -> io::Result<()> {
        if self.held {
            return Ok(());
        }
        enable_raw_mode()?;
        self.held = true;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
        if self.mouse {
            execute!(io::stdout(), EnableMouseCapture)?;
        }
        self.forget()
    }

    /// Gives it back for a while, as it was: for attaching a session or stopping by Ctrl-Z.
    pub fn release(&mut self) {
        if self.held {
            self.held = false;
            restore();
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.inner.size()?;
        Ok((size.width, size.height))
    }

    /// Draws one frame, whole: terminals that can show it at once.
    pub fn draw(&mut self, paint: impl FnOnce(&mut ratatui::Frame)) -> io::Result<()> {
        queue!(self.inner.backend_mut(), BeginSynchronizedUpdate)?;
        self.inner.draw(paint)?;
        queue!(self.inner.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.inner.backend_mut())
    }

    /// Forgets what the terminal shows, so that the next frame paints every cell.
    pub fn forget(&mut self) -> io::Result<()> {
        // Not `clear`: that asks the terminal where its cursor is, and waits for an answer that the reader of keys takes.
        let size = self.inner.size()?;
        self.inner.resize(Rect::new(0, 0, size.width, size.height))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.release();
    }
}

/// Puts the terminal back as it was. Errors have nowhere to go: the terminal itself is what fails.
fn restore() {
    let _ = execute!(
        io::stdout(),
        DisableMouseCapture,
        DisableBracketedPaste,
        EndSynchronizedUpdate,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

/// A panic's report must be readable: the terminal is put back before the hook that was there prints it.
fn restore_on_panic() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        report(info);
    }));
}
