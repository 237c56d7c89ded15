#!/usr/bin/env bash
# The demo on a fresh machine: installs what is missing, builds, and opens the control room over nine simulated agents
# on a private tmux server. Nothing of yours is touched, nothing stays behind. Arguments go to `archtui demo`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

need_rust
need tmux cc
say "building archtui (the first time takes some minutes)"
cargo build --locked --bin archtui
exec cargo run --quiet --locked --bin archtui -- demo "$@"
