//! Typing into panes: every send is one `if-shell` whose guard the server checks in the same command, so that nothing
//! can come between the check and the keys. What is typed is decided elsewhere.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::{guard, quote};
use crate::domain::screen::Screen;
use crate::domain::session::{PaneId, PaneIdentity};
use crate::domain::stroke::{KeyName, Stroke};
use crate::domain::task::hand::Put;
use crate::domain::task::look::Spot;
use crate::ports::{Expected, Hands, Keyboard, PaneFacts, Press, TypeError};

/// How long an answer may take before nobody knows whether the keys arrived.
const PATIENCE: Duration = Duration::from_secs(5);

/// A wish to type, on its way to the connection.
#[derive(Debug)]
pub struct Typing {
    pub(super) pane: PaneIdentity,
    pub(super) commands: String,
    pub(super) what: What,
    pub(super) answer: oneshot::Sender<Result<String, TypeError>>,
}

/// What a wish does to its pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// It only asks.
    Asks,
    /// The same, and the pane is looked at beside.
    Looks,
    /// A key for a program that answers by drawing.
    Presses,
    /// Text: a terminal may echo it, and no write tells of that.
    Types,
}

/// The handle by which a worker types. Bounded: a wish waits until the connection took the one before.
#[derive(Debug, Clone)]
pub struct Keys {
    wishes: mpsc::Sender<Typing>,
}

/// A handle, and the end that the owner of the connection serves.
pub fn channel() -> (Keys, mpsc::Receiver<Typing>) {
    let (wishes, served) = mpsc::channel(64);
    (Keys { wishes }, served)
}

impl Keyboard for Keys {
    async fn type_into(&self, pane: PaneIdentity, strokes: Vec<Stroke>) -> Result<String, TypeError> {
        let keys: Result<Vec<String>, TypeError> = strokes.iter().map(|s| send_keys(pane.id, s)).collect();
        self.type_all(pane, &keys?).await
    }

    async fn paste_into(&self, pane: PaneIdentity, text: String) -> Result<String, TypeError> {
        self.type_all(pane, &paste(pane.id, &text)?).await
    }
}

impl Press for Keys {
    async fn press(
        &self,
        pane: PaneIdentity,
        expected: &Expected,
        key: &KeyName,
    ) -> Result<String, TypeError> {
        self.put_if(pane, expected, &[send_keys(pane.id, &Stroke::Key(key.clone()))?], What::Presses).await
    }

    async fn write(&self, pane: PaneIdentity, expected: &Expected, text: &str) -> Result<String, TypeError> {
        self.put_if(pane, expected, &paste(pane.id, text)?, What::Types).await
    }

    fn tells_all(&self, screen: &Screen, rows: (u16, u16)) -> bool {
        guard::tells_all(screen, rows)
    }

    async fn check(&self, pane: PaneIdentity, look: bool) -> Result<PaneFacts, TypeError> {
        let id = pane.id;
        // What each client shows and when its person did something last, in seconds since 1970. Sessions of a group share
        // windows: who types into the window is there, by whatever session.
        let commands = format!(
            "list-clients -F '#{{session_id}} #{{window_id}} #{{client_activity}}' ; display-message -p -t {id} \
             'facts #{{pane_pid}} #{{pane_in_mode}} #{{pane_synchronized}} #{{pane_dead}} #{{session_id}} #{{window_id}} \
             #{{session_activity}} #{{@archtui_actor}} #{{pane_current_command}}' ; \
             display-message -p {TYPED}"
        );
        let what = if look { What::Looks } else { What::Asks };
        facts(pane, &self.send(pane, commands, what).await?)
    }

    async fn claim(&self, actor: &str) -> Result<(), TypeError> {
        let word = quote::word(actor).map_err(|e| TypeError::Refused(e.to_string()))?;
        let nobody = PaneIdentity { id: PaneId(0), pid: 0, start: 0 };
        let commands = format!("set-option -s @archtui_actor {word} ; display-message -p {TYPED}");
        self.send(nobody, commands, What::Asks).await.map(drop)
    }
}

impl Hands for Keys {
    async fn put(
        &self,
        pane: PaneIdentity,
        spot: &Spot,
        actor: &str,
        what: &Put,
    ) -> Result<String, TypeError> {
        let refused = |why: &str| TypeError::Refused(why.to_owned());
        let mut conditions = still_it(pane);
        conditions.push(
            guard::equals("#{@archtui_actor}", actor).ok_or_else(|| refused("it is not known who acts"))?,
        );
        conditions.extend(
            guard::spot(&spot.screen, spot.from)
                .ok_or_else(|| refused("the composer cannot be compared on the server"))?,
        );
        let sends = match what {
            Put::Paste(text) => paste(pane.id, text)?.to_vec(),
            Put::Type(text) => vec![send_keys(pane.id, &Stroke::Text(text.clone()))?],
            Put::Enter => vec![format!("send-keys -t {} Enter", pane.id)],
        };
        let commands = if_all(pane, &conditions, &sends, None);
        self.send(pane, commands.clone(), What::Types).await?;
        Ok(commands)
    }
}

impl Keys {
    /// What the commands printed before the last word.
    async fn send(&self, pane: PaneIdentity, commands: String, what: What) -> Result<String, TypeError> {
        let (answer, answered) = oneshot::channel();
        let typing = Typing { pane, commands, what, answer };
        let asked = async {
            self.wishes.send(typing).await.map_err(|_| TypeError::NotConnected)?;
            answered.await.map_err(|_| TypeError::Unanswered)?
        };
        tokio::time::timeout(PATIENCE, asked).await.map_err(|_| TypeError::Timeout(PATIENCE))?
    }

    /// Sends if the pane still shows what is expected.
    async fn put_if(
        &self,
        pane: PaneIdentity,
        expected: &Expected,
        sends: &[String],
        what: What,
    ) -> Result<String, TypeError> {
        let mut conditions = still_it(pane);
        let words = [
            ("#{@archtui_actor}", Some(&expected.actor)),
            ("#{pane_current_command}", expected.command.as_ref()),
        ];
        for (format, word) in words.into_iter().filter_map(|(f, w)| Some((f, w?))) {
            let why = || TypeError::Refused(format!("{format} cannot be compared on the server"));
            conditions.push(guard::equals(format, word).ok_or_else(why)?);
        }
        let quiet = expected.stirred.map(|at| format!("#{{==:#{{session_activity}},{at}}}"));
        conditions.extend(quiet.clone());
        let rows = if expected.cursor {
            guard::spot(&expected.screen, expected.rows.0)
        } else {
            guard::rows(&expected.screen, expected.rows)
        };
        conditions.extend(
            rows.ok_or_else(|| TypeError::Refused("the dialog cannot be compared on the server".to_owned()))?,
        );
        let commands = if_all(pane, &conditions, sends, quiet.as_deref());
        self.send(pane, commands.clone(), what).await?;
        Ok(commands)
    }

    async fn type_all(&self, pane: PaneIdentity, sends: &[String]) -> Result<String, TypeError> {
        let commands = if_all(pane, &still_it(pane), sends, None);
        self.send(pane, commands.clone(), What::Types).await?;
        Ok(commands)
    }
}

/// Reads what `check` asked.
fn facts(pane: PaneIdentity, said: &str) -> Result<PaneFacts, TypeError> {
    let unreadable = || TypeError::Refused("an answer that cannot be read".to_owned());
    let (clients, last) = said.rsplit_once('\n').unwrap_or(("", said));
    let words: Vec<&str> = last.splitn(10, ' ').collect();
    let &["facts", pid, mode, synchronized, dead, session, window, stirred, actor, command] = &words[..]
    else {
        return Err(unreadable());
    };
    if pid != pane.pid.to_string() {
        return Err(TypeError::Gone);
    }
    let mut active = None;
    for client in clients.lines() {
        let words: Vec<&str> = client.split(' ').collect();
        let &[its_session, its_window, at] = &words[..] else { return Err(unreadable()) };
        let at = at.parse::<i64>().map_err(|_| unreadable())?;
        if its_session == session || its_window == window {
            active = active.max(Some(at));
        }
    }
    Ok(PaneFacts {
        dead: dead != "0",
        in_mode: mode != "0",
        synchronized: synchronized != "0",
        active,
        stirred: stirred.parse().map_err(|_| unreadable())?,
        actor: (!actor.is_empty()).then(|| actor.to_owned()),
        command: command.to_owned(),
    })
}

/// The word that the branch which typed prints, and the one of the branch which did not.
const TYPED: &str = "typed";
const REFUSED: &str = "refused";

/// That it is still the pane meant, and takes keys.
fn still_it(pane: PaneIdentity) -> Vec<String> {
    vec![
        format!("#{{==:#{{pane_pid}},{}}}", pane.pid),
        "#{==:#{pane_in_mode},0}".to_owned(),
        "#{==:#{pane_synchronized},0}".to_owned(),
        "#{==:#{pane_dead},0}".to_owned(),
        "#{==:#{pane_input_off},0}".to_owned(),
    ]
}

/// The whole command: guard, what is sent, and a word that tells which branch ran. Where it refuses it tells why as far as the
/// server knows: one of the conditions, that nobody was active, by itself.
fn if_all(pane: PaneIdentity, conditions: &[String], sends: &[String], quiet: Option<&str>) -> String {
    let id = pane.id;
    let said = format!("display-message -p {TYPED}");
    let sends = sends.iter().map(String::as_str).chain([said.as_str()]).collect::<Vec<_>>().join(" ; ");
    // A quote in a row ends the word, stands for itself, and begins it anew.
    let quiet = quiet.unwrap_or("1");
    let guard = guard::all(conditions).replace('\'', r"'\''");
    format!(
        "if-shell -F -t {id} '{guard}' {{ {sends} }} {{ display-message -p -t {id} \
         '{REFUSED} #{{pane_pid}} #{{pane_in_mode}} #{{pane_synchronized}} #{{pane_dead}} #{{pane_input_off}} {quiet}' }}"
    )
}

/// A buffer is filled and pasted in one go; `-d` deletes it, `-p` brackets it where the program asked for that.
fn paste(id: PaneId, text: &str) -> Result<[String; 2], TypeError> {
    let text = quote::text(text);
    if text == "\"\"" {
        return Err(TypeError::Refused("nothing in that text can be pasted".to_owned()));
    }
    let buffer = format!("_archtui_{}_paste", std::process::id());
    Ok([format!("set-buffer -b {buffer} -- {text}"), format!("paste-buffer -d -p -b {buffer} -t {id}")])
}

fn send_keys(id: PaneId, stroke: &Stroke) -> Result<String, TypeError> {
    let (flags, word) = match stroke {
        Stroke::Text(text) => ("-l ", text.as_str()),
        Stroke::Key(key) => ("", key.as_str()),
    };
    let word = quote::word(word).map_err(|e| TypeError::Refused(e.to_string()))?;
    Ok(format!("send-keys -t {id} {flags}-- {word}"))
}

/// What the answer's blocks say.
pub(super) fn outcome(
    pane: PaneIdentity,
    blocks: &[(bool, Vec<u8>)],
    error: Option<String>,
) -> Result<String, TypeError> {
    let last = blocks.last().map(|(_, body)| String::from_utf8_lossy(body).into_owned()).unwrap_or_default();
    if let Some(error) = error {
        return Err(TypeError::Refused(error));
    }
    if last == TYPED {
        let said = blocks[..blocks.len() - 1].iter().filter(|(_, body)| !body.is_empty());
        return Ok(said.map(|(_, body)| String::from_utf8_lossy(body)).collect::<Vec<_>>().join("\n"));
    }
    let Some(facts) = last.strip_prefix(REFUSED) else {
        return Err(TypeError::Refused("an answer that cannot be read".to_owned()));
    };
    let facts: Vec<&str> = facts.trim_start().split(' ').collect();
    Err(match facts[..] {
        [pid, ..] if pid != pane.pid.to_string() => TypeError::Gone,
        [_, _, _, "1", ..] => TypeError::Gone,
        [_, mode, ..] if mode != "0" => TypeError::InMode,
        [_, _, "1", ..] => TypeError::Synchronized,
        [_, _, _, _, "1", ..] => TypeError::Refused("input to that pane is switched off".to_owned()),
        [.., "0"] if facts.len() == 6 => TypeError::Stirred,
        _ => TypeError::Changed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANE: PaneIdentity = PaneIdentity { id: PaneId(3), pid: 4711, start: 9 };

    #[test]
    fn every_send_carries_its_guard() {
        let strokes =
            [Stroke::Text("it's; #{x}".to_owned()), Stroke::Key(KeyName::new("Enter").expect("a key"))];
        let keys: Vec<_> = strokes.iter().map(|s| send_keys(PANE.id, s).expect("it can be typed")).collect();
        let command = if_all(PANE, &still_it(PANE), &keys, None);
        assert_eq!(
            command,
            "if-shell -F -t %3 '#{&&:#{&&:#{&&:#{==:#{pane_pid},4711},#{==:#{pane_in_mode},0}},\
             #{&&:#{==:#{pane_synchronized},0},#{&&:#{==:#{pane_dead},0},#{==:#{pane_input_off},0}}}},1}' \
             { send-keys -t %3 -l -- 'it'\\''s; #{x}' ; send-keys -t %3 -- 'Enter' ; display-message -p typed } \
             { display-message -p -t %3 'refused #{pane_pid} #{pane_in_mode} #{pane_synchronized} #{pane_dead} \
             #{pane_input_off} 1' }"
        );
    }

    #[test]
    fn a_newline_is_never_typed() {
        let stroke = Stroke::Text("a\nb".to_owned());
        assert!(matches!(send_keys(PANE.id, &stroke), Err(TypeError::Refused(_))));
    }

    #[test]
    fn a_paste_goes_through_a_buffer_of_ours_and_is_never_empty() {
        let [set, paste_it] = paste(PANE.id, "one\ntwo").expect("it can be pasted");
        assert!(set.ends_with(r#"_paste -- "one\ntwo""#), "{set}");
        assert!(paste_it.starts_with("paste-buffer -d -p -b _archtui_"), "{paste_it}");
        assert!(paste(PANE.id, "\u{1b}").is_err());
    }

    #[tokio::test]
    async fn what_cannot_be_compared_gets_no_key() {
        let check = async |actor: &str, command: Option<&str>, sent: bool| {
            let (keys, mut served) = channel();
            let expected = Expected {
                screen: std::sync::Arc::new(Screen::plain("ls\n 1. Yes")),
                rows: (0, 1),
                cursor: false,
                command: command.map(str::to_owned),
                actor: actor.to_owned(),
                stirred: None,
            };
            let key = KeyName::new("1").expect("a key");
            let press = keys.press(PANE, &expected, &key);
            let serve =
                async { served.recv().await.map(|wish| wish.answer.send(Ok(String::new()))).is_some() };
            tokio::select! {
                biased;
                pressed = press => assert!(!sent && matches!(pressed, Err(TypeError::Refused(_))), "{pressed:?}"),
                was = serve => assert!(was && sent, "{actor} {command:?}"),
            }
        };
        check("id-1", Some("2.1.330"), true).await;
        check("id-1", None, true).await;
        check("id-1", Some("my agent"), false).await;
        check("id-1", Some("a,b"), false).await;
        check("id 1", Some("node"), false).await;
    }

    #[test]
    fn what_the_world_says_is_read_strictly() {
        let read = |said| facts(PANE, said);
        let quiet = PaneFacts { command: "my agent".to_owned(), stirred: 9, ..PaneFacts::default() };
        assert_eq!(read("facts 4711 0 0 0 $1 @2 9  my agent"), Ok(quiet.clone()));
        let busy =
            PaneFacts { in_mode: true, active: Some(20), actor: Some("x".to_owned()), ..quiet.clone() };
        assert_eq!(read("$1 @8 7\n$1 @2 20\n$3 @9 30\nfacts 4711 1 0 0 $1 @2 9 x my agent"), Ok(busy));
        let grouped = PaneFacts { active: Some(30), ..quiet };
        assert_eq!(read("$3 @2 30\nfacts 4711 0 0 0 $1 @2 9  my agent"), Ok(grouped), "it shows the window");
        assert_eq!(read("facts 4712 0 0 0 $1 @2 9  sh"), Err(TypeError::Gone));
        for bad in [
            "",
            "facts",
            "x\nfacts 4711 0 0 0 $1 @2 9  sh",
            "facts 4711 0 0 0",
            "facts 4711 0 0 0 $1 @2 x  sh",
        ] {
            assert!(matches!(read(bad), Err(TypeError::Refused(_))), "{bad}");
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        for (body, want) in [
            ("typed", Ok(String::new())),
            ("refused 4711 0 0 0 0 1", Err(TypeError::Changed)),
            ("refused 4711 0 0 0 0 0", Err(TypeError::Stirred)),
            ("refused 4711 0 0 0 0", Err(TypeError::Changed)),
            ("refused 4711 0 0 0 0 ", Err(TypeError::Changed)),
            ("refused 4711 1 0 0 0 0", Err(TypeError::InMode)),
            ("refused 4711 2 0 0 0 1", Err(TypeError::InMode)),
            ("refused 4711 0 1 0 0 1", Err(TypeError::Synchronized)),
            ("refused 4711 0 0 1 0 0", Err(TypeError::Gone)),
            ("refused 4712 0 0 0 0 0", Err(TypeError::Gone)),
            ("refused      1", Err(TypeError::Gone)),
            (
                "refused 4711 0 0 0 1 0",
                Err(TypeError::Refused("input to that pane is switched off".to_owned())),
            ),
            ("", Err(TypeError::Refused("an answer that cannot be read".to_owned()))),
        ] {
            let blocks = [(true, vec![]), (true, body.as_bytes().to_vec())];
            assert_eq!(outcome(PANE, &blocks, None), want, "{body}");
        }
        let error = Some("no".to_owned());
        assert_eq!(outcome(PANE, &[], error), Err(TypeError::Refused("no".to_owned())));
    }
}
