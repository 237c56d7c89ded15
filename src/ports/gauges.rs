//! How busy the machine and the agents' processes are.

use crate::domain::host::{Host, Sample};
use crate::domain::session::PaneIdentity;

/// Quick to ask; what the system does not tell is unknown.
pub trait Meter: Send + 'static {
    /// The machine.
    fn host(&self) -> Host;

    /// The process in the foreground of a pane; `None` if it is not known whose that is.
    fn sample(&self, pane: PaneIdentity) -> Option<Sample>;

    /// Bytes of a page of memory.
    fn page(&self) -> u64;
}
