//! `archtui snapshot` as a program, over a private tmux server: the picture may go anywhere, so it tells no secret.

use crate::actor::Stage;

/// Nobody's key, of a known shape.
const SECRET: &str = "ghp_q7Lw9ZrT2mXbV5cKd8NfJh3GsYp6AeUi1Ro4";

#[test]
fn a_picture_shows_no_secret_whole_or_broken_over_rows() {
    let stage = Stage::new(&["permission--edit--80x24.ansi"]);
    let (one, two) = SECRET.split_at(17);
    stage.tmux.session("whole", &format!("printf 'TOKEN={SECRET} behind\\n'; exec cat"));
    stage.tmux.session("torn", &format!("printf '| deploying TOKEN={one} |\\n| {two} |\\n'; exec cat"));
    let file = stage.root.join("picture.svg");
    let (done, told) = stage.say(&["snapshot", "--svg", file.to_str().expect("a path")]);
    assert!(done, "{told}");
    let picture = std::fs::read_to_string(&file).expect("written");
    for word in ["TOKEN=", "deploying", "•"] {
        assert!(picture.contains(word), "{word} is not drawn");
    }
    // What it begins with tells only what it is.
    for at in 4..SECRET.len() - 8 {
        let part = &SECRET[at..at + 8];
        assert!(!picture.contains(part), "{part} of the secret is in the picture");
    }
}
