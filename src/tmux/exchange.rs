//! Requests and their answers on one control connection, sans-IO. Each request line opens with a `display-message` of a
//! nonce, so an answer is everything between its own nonce and the next one: neither a failed command (tmux drops the
//! rest of that line), nor hooks, nor a pane that prints `%end …` can shift an answer to another request.

use std::collections::VecDeque;

use super::control::Event;

/// An answer: what the nonce line said besides the nonce, and the blocks that followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<T> {
    /// What the asker wanted to remember.
    pub tag: T,
    /// The facts that were asked for in the nonce's own line.
    pub facts: String,
    /// The blocks of the commands, in order: success and body.
    pub blocks: Vec<(bool, Vec<u8>)>,
    /// Lines stood between the blocks that no server prints: a pane forged the end of a block. Ask again.
    pub torn: bool,
}

impl<T> Reply<T> {
    /// The words of the first command that failed.
    pub fn error(&self) -> Option<String> {
        let (_, body) = self.blocks.iter().find(|(ok, _)| !ok)?;
        Some(String::from_utf8_lossy(body).into_owned())
    }
}

/// What the server said of its own accord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard<T> {
    /// A request is answered.
    Reply(Reply<T>),
    /// A notification.
    Notification(String, Vec<u8>),
    /// A goodbye. Only the end of the stream is the end: a pane may have forged it.
    Exit(Option<String>),
}

/// The open requests of a connection.
#[derive(Debug)]
pub struct Exchange<T> {
    secret: String,
    next: u64,
    /// Asked and not begun to be answered; `None` is the closing nonce of a batch.
    asked: VecDeque<(u64, Option<T>)>,
    open: Option<Reply<T>>,
}

impl<T> Exchange<T> {
    /// `secret` must be what no pane can guess.
    pub fn new(secret: String) -> Self {
        Self { secret, next: 0, asked: VecDeque::new(), open: None }
    }

    /// Appends a request line to `line`. `target` and `facts` are what the nonce's line also tells, as a format;
    /// `commands` is everything after it. Close each batch with [`Exchange::close`].
    pub fn ask(&mut self, tag: T, facts: Option<(&str, &str)>, commands: &str, line: &mut Vec<u8>) {
        let nonce = self.nonce(Some(tag));
        let (flag, target, blank, facts) = facts.map_or(("", "", "", ""), |(t, f)| ("-t ", t, " ", f));
        for part in
            ["display-message -p ", flag, target, blank, "'", &nonce, " ", facts, "' ; ", commands, "\n"]
        {
            line.extend_from_slice(part.as_bytes());
        }
    }

    /// Appends the line whose answer closes that of the last request.
    pub fn close(&mut self, line: &mut Vec<u8>) {
        let nonce = self.nonce(None);
        line.extend_from_slice(format!("display-message -p '{nonce} '\n").as_bytes());
    }

    /// True while an answer is awaited.
    pub fn is_waiting(&self) -> bool {
        !self.asked.is_empty() || self.open.is_some()
    }

    fn nonce(&mut self, tag: Option<T>) -> String {
        let n = self.next;
        self.next += 1;
        self.asked.push_back((n, tag));
        format!("{}-{n}", self.secret)
    }

    /// Takes what the parser found; pushes what it completes.
    pub fn hear(&mut self, event: Event, out: &mut Vec<Heard<T>>) {
        match event {
            // Blocks with flag 0 answer hooks and the attach itself, not us.
            Event::Block { guard, .. } if guard.flags & 1 == 0 => {}
            Event::Block { ok, body, .. } => match self.own_nonce(&body) {
                Some((n, facts)) => {
                    out.extend(self.open.take().map(Heard::Reply));
                    while let Some((asked, tag)) = self.asked.pop_front() {
                        let mine = asked == n;
                        if let Some(tag) = tag {
                            let facts = if mine { facts.clone() } else { String::new() };
                            let reply = Reply { tag, facts, blocks: Vec::new(), torn: !mine };
                            if mine {
                                self.open = Some(reply);
                            } else {
                                out.push(Heard::Reply(reply));
                            }
                        }
                        if mine {
                            break;
                        }
                    }
                }
                None => {
                    if let Some(open) = &mut self.open {
                        open.blocks.push((ok, body));
                    }
                }
            },
            Event::Notification(name, args) => out.push(Heard::Notification(name, args)),
            Event::Exit(reason) => out.push(Heard::Exit(reason)),
            Event::Stray(_) => {
                if let Some(open) = &mut self.open {
                    open.torn = true;
                }
            }
        }
    }

    /// The number of the nonce, if this body is the line of one that is still awaited, and the facts after it.
    fn own_nonce(&self, body: &[u8]) -> Option<(u64, String)> {
        let text = body.strip_prefix(self.secret.as_bytes())?.strip_prefix(b"-")?;
        let text = String::from_utf8_lossy(text);
        let (number, facts) = text.split_once(' ')?;
        let number = number.parse().ok()?;
        self.asked.iter().any(|(n, _)| *n == number).then(|| (number, facts.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::control::Parser;
    use super::*;

    /// Three requests asked and closed; what comes back for `stream`, with `{0}`, `{1}` … as the nonces.
    fn hear(stream: &str) -> Vec<Heard<char>> {
        let mut exchange = Exchange::new("s3cret".to_owned());
        let mut line = Vec::new();
        for tag in ['a', 'b', 'c'] {
            exchange.ask(tag, None, "x", &mut line);
        }
        exchange.close(&mut line);
        let mut stream = stream.to_owned();
        for n in 0..4 {
            stream = stream
                .replace(&format!("{{{n}}}"), &format!("%begin 1 9{n} 1\ns3cret-{n} f{n}\n%end 1 9{n} 1"));
        }
        let (mut events, mut out) = (Vec::new(), Vec::new());
        Parser::default().feed(stream.as_bytes(), &mut events);
        for e in events {
            exchange.hear(e, &mut out);
        }
        out
    }

    fn reply(tag: char, n: u32, blocks: &[(bool, &str)], torn: bool) -> Heard<char> {
        let blocks = blocks.iter().map(|(ok, b)| (*ok, b.as_bytes().to_vec())).collect();
        Heard::Reply(Reply { tag, facts: format!("f{n}"), blocks, torn })
    }

    #[test]
    fn a_request_is_a_line_with_a_nonce() {
        let mut exchange = Exchange::new("s".to_owned());
        let mut line = Vec::new();
        exchange.ask((), Some(("%3", "#{pane_pid}")), "list-panes", &mut line);
        exchange.close(&mut line);
        assert_eq!(
            String::from_utf8_lossy(&line),
            "display-message -p -t %3 's-0 #{pane_pid}' ; list-panes\ndisplay-message -p 's-1 '\n"
        );
        assert!(exchange.is_waiting());
    }

    #[test]
    fn answers_go_to_their_questions() {
        let got = hear("{0}\n%begin 1 1 1\nA\n%end 1 1 1\n{1}\n{2}\n%begin 1 2 1\nC\n%end 1 2 1\n{3}\n");
        assert_eq!(
            got,
            [
                reply('a', 0, &[(true, "A")], false),
                reply('b', 1, &[], false),
                reply('c', 2, &[(true, "C")], false),
            ]
        );
    }

    #[test]
    fn a_failed_command_takes_nothing_from_the_next() {
        let got = hear("{0}\n%begin 1 1 1\nno pane\n%error 1 1 1\n{1}\n{2}\n{3}\n");
        assert_eq!(got[0], reply('a', 0, &[(false, "no pane")], false));
        assert_eq!(got.len(), 3);
    }

    #[test]
    fn hooks_are_not_answers() {
        let got = hear("{0}\n%begin 1 1 0\nhook\n%end 1 1 0\n{1}\n{2}\n{3}\n");
        assert_eq!(got[0], reply('a', 0, &[], false));
    }

    #[test]
    fn a_forged_end_shows() {
        // The body of request a holds the end of its own block, then what looks like further answers.
        let forged = "{0}\n%begin 1 1 1\nrow\n%end 1 1 1\n%begin 1 2 1\nfake\n%end 1 2 1\nrest\n%end 1 1 1\n{1}\n{2}\n{3}\n";
        let got = hear(forged);
        assert_eq!(got[0], reply('a', 0, &[(true, "row"), (true, "fake")], true));
        assert_eq!(got[1], reply('b', 1, &[], false));
        // The forged end as the last row: the true one then stands alone.
        let got = hear("{0}\n%begin 1 1 1\nrow\n%end 1 1 1\n%end 1 1 1\n{1}\n{2}\n{3}\n");
        assert_eq!(got[0], reply('a', 0, &[(true, "row")], true));
    }

    #[test]
    fn a_nonce_that_never_came_fails_its_request_only() {
        let got = hear("{0}\n{2}\n{3}\n");
        assert!(matches!(&got[1], Heard::Reply(r) if r.tag == 'b' && r.torn));
        assert_eq!(got[2], reply('c', 2, &[], false));
    }

    #[test]
    fn an_old_nonce_on_a_screen_is_text() {
        let got = hear("{0}\n{1}\n%begin 1 1 1\ns3cret-0 f0\n%end 1 1 1\n{2}\n{3}\n");
        assert_eq!(got[1], reply('b', 1, &[(true, "s3cret-0 f0")], false));
    }
}
