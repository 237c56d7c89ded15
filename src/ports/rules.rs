//! What the control room needs of the rules beside their verdicts: the rule behind one, and a new one made by a person.

use crate::domain::policy::{Cause, Draft, RulePage};
use crate::domain::session::SessionName;

/// The desk at which rules are shown and made. Blocking: it reads files, and writes the user's own. Each error is one line.
pub trait RuleDesk: Send + 'static {
    /// The rule of that id as it is in force for a session.
    fn page(&mut self, session: &SessionName, rule: &str) -> Result<RulePage, String>;
    /// The narrowest rule that says something of a dialog.
    fn draft(&mut self, cause: &Cause) -> Result<Draft, String>;
    /// What would be said of the dialog with that rule; an error where the rule would not count there.
    fn check(&mut self, cause: &Cause, draft: &Draft) -> Result<String, String>;
    /// Checks it once more and writes it; tells where it stands.
    fn save(&mut self, cause: &Cause, draft: &Draft) -> Result<String, String>;
}
