#!/usr/bin/env bash
# All tests on a fresh machine: installs what is missing (the tests drive a real tmux and a real git), then runs
# `cargo test`. Arguments go to it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

need_rust
need tmux git cc
exec cargo test --locked "$@"
