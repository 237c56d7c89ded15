//! Dialogs that are swapped around the moment at which a hook is answered: its word goes back to the call that asked, so no
//! key can meet another one. Nor does a key take the place of a hook that gave up.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::request;
use crate::support::tmux::{PrivateTmux, signal};
use crate::support::{PATIENCE, now, wait_until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_archtui");
/// Panes that ask side by side.
const PANES: usize = 8;

/// Lets its hook be heard first. Then it draws a call's dialog while its hook asks, and after a while another one in its
/// place, of which no hook speaks. Every key is written down.
const AGENT: &str = "stty raw -echo\ncat </dev/tty >../$1.keys &\nuntil grep -q allow ../$1.out; do $PROGRAM hook PermissionRequest <../$1.in >../$1.out 2>/dev/null; sleep 0.05; done
cat ../$1.steps | while read n pause; do
    $PROGRAM hook PermissionRequest <../$1.$n.in >../$1.$n.out 2>/dev/null & hook=$!
    printf '\\033[2J\\033[H'; cat ../$1.$n.first; printf '\\033[8;2H'
    sleep $pause
    kill $hook 2>/dev/null; wait $hook
    printf '\\033[2J\\033[H'; cat ../$1.$n.second; printf '\\033[8;2H'
    sleep 1.4
    printf '\\033[2J\\033[H'
    sleep 0.3
done
touch ../$1.over
exec sleep 10000
";

/// A dialog in the look of Claude Code 2.1.330.
fn dialog(command: &str) -> String {
    let rows = [
        &"─".repeat(80),
        " Bash command",
        "",
        &format!("   {command}"),
        "   Lab step",
        "",
        " Do you want to proceed?",
        " ❯ 1. Yes",
        "   2. Yes, and don’t ask again for: touch *",
        "   3. No",
        "",
        " Esc to cancel · Tab to amend",
    ];
    rows.join("\r\n")
}

struct Fleet {
    tmux: PrivateTmux,
    daemon: Child,
}

impl Fleet {
    fn start() -> Self {
        let tmux = PrivateTmux::new();
        tmux.session("other", "sleep 10000");
        let at = |name: &str| tmux.dir().join(name);
        fs::create_dir_all(at("home")).and_then(|()| fs::create_dir_all(at("tree/.git"))).expect("made");
        symlink("/bin/sh", at("claude")).expect("linked");
        fs::write(at("agent.sh"), AGENT.replace("$PROGRAM", PROGRAM)).expect("written");
        let config = format!(
            "[fleet]\nname = \"test\"\nsocket = \"{}\"\n[confirm]\npreset = \"sop\"\nquiet = \"0s\"\nmax_per_minute = 10000\nmax_per_minute_fleet = 10000\n[[session]]\nmatch = \"w*\"\ntier = \"worker\"\n",
            tmux.socket().display()
        );
        fs::write(at("archtui.toml"), config).expect("written");
        let out = fs::File::create(at("daemon.out")).expect("made");
        let daemon = program(&tmux, &["daemon"]).stdout(out).spawn().expect("it starts");
        let said = || fs::read_to_string(at("daemon.out")).unwrap_or_default();
        wait_until("the daemon acts", || said().contains("acting"), said);
        Self { tmux, daemon }
    }

    fn play(&self, trials: usize) {
        let at = |name: &str| self.tmux.dir().join(name);
        for pane in 0..PANES {
            let mut steps = String::new();
            let tree = at("tree").display().to_string();
            let asked = |command: &str| request(command).replace("/home/me/work/demo", &tree);
            fs::write(at(&format!("w{pane}.in")), asked("touch t.txt")).expect("written");
            for n in (pane..trials).step_by(PANES) {
                let name = |end: &str| at(&format!("w{pane}.{n}.{end}"));
                let first = format!("touch t{n}.txt");
                let second = if n % 2 == 0 { format!("rm -rf t{n}.txt") } else { format!("touch u{n}.txt") };
                fs::write(name("in"), asked(&first)).expect("written");
                fs::write(name("first"), dialog(&first)).expect("written");
                fs::write(name("second"), dialog(&second)).expect("written");
                // A hook is answered within some 20 ms, or a little later where many ask.
                steps += &format!("{n} 0.{:03}\n", 1 + n * 37 % 100);
            }
            fs::write(at(&format!("w{pane}.steps")), steps).expect("written");
            let run = format!(
                "cd '{dir}/tree' && exec env -u XDG_RUNTIME_DIR -u XDG_STATE_HOME HOME='{dir}/home' '{dir}/claude' ../agent.sh w{pane}",
                dir = self.tmux.dir().display()
            );
            self.tmux.session_of(&format!("w{pane}"), 80, 24, &run);
        }
        let over = || (0..PANES).all(|pane| at(&format!("w{pane}.over")).exists());
        let end = now() + PATIENCE * 10 * u32::try_from(trials.div_ceil(PANES)).expect("few");
        while !over() {
            assert!(now() < end, "they are not through");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests drive the real program")]
fn program(tmux: &PrivateTmux, args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["--config", "archtui.toml"]).args(args).current_dir(tmux.dir()).env_clear();
    command.env("HOME", tmux.dir().join("home")).env("PATH", std::env::var_os("PATH").expect("a PATH"));
    command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC").stdin(Stdio::null());
    command
}

impl Drop for Fleet {
    fn drop(&mut self) {
        signal(self.daemon.id(), rustix::process::Signal::TERM);
        let _ = self.daemon.wait();
    }
}

#[expect(clippy::print_stdout, reason = "figures are for whoever asked for them")]
fn swapped(trials: usize) {
    let fleet = Fleet::start();
    fleet.play(trials);
    let keys: String = (0..PANES)
        .map(|pane| fs::read_to_string(fleet.tmux.dir().join(format!("w{pane}.keys"))).unwrap_or_default())
        .collect();
    let out = program(&fleet.tmux, &["ledger", "--json"]).output().expect("it runs").stdout;
    let entries: Vec<Value> =
        String::from_utf8_lossy(&out).lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let intended = |e: &&Value| e["outcome"] == "intended";
    let allowed = entries.iter().filter(intended).count();
    println!("{trials} trials: {allowed} calls allowed by their hook, keys {keys:?}");
    assert_eq!(keys, "", "no key at all");
    for e in entries.iter().filter(intended) {
        let subject = e["subject"].as_str().unwrap_or_default();
        assert!(e["channel"] == "hook" && subject.starts_with("touch t"), "{e}");
    }
    assert!(allowed > 0 && entries.iter().any(|e| e["outcome"] == "held"), "both happen");
    assert!(program(&fleet.tmux, &["ledger", "--verify"]).output().expect("it runs").status.success());
}

#[test]
fn what_stands_in_the_place_of_a_hooks_call_gets_no_key() {
    swapped(16);
}

#[test]
#[ignore = "minutes: scripts/prove.sh runs it"]
fn a_thousand_calls_swapped_around_their_answer() {
    swapped(1000);
}
