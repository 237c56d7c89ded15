#!/usr/bin/env bash
# The long runs: many seeds, kills, every place of a table. Minutes to an hour; not part of .ci/run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

need_rust
need tmux git cc

say "the life of a dialog: a pane, a keyboard, a disk and a person in any order, 200000 times"
PROPTEST_CASES=200000 cargo test --locked --lib domain::confirm::sim
say "the hand that delivers a task: 50000 times"
PROPTEST_CASES=50000 cargo test --locked --lib domain::task::hand
say "the actor killed at any moment, 100 times"
cargo test --locked --test it -- --ignored --exact actor::killed_at_any_moment_it_presses_once_at_most
say "1000 dialogs swapped within 50 ms of the press, by key and by hook"
cargo test --locked --test it -- --ignored --exact --nocapture swap::a_thousand_dialogs_swapped_around_the_press
cargo test --locked --test it -- --ignored --exact --nocapture hook::swap::a_thousand_calls_swapped_around_their_answer
say "the server outlives a minute of looks by six at a time"
cargo test --locked --test it -- --ignored --exact --nocapture tmux_load::the_server_outlives_a_minute_of_looks_by_six_at_a_time
say "the same words get the same verdict, at every place of the table"
cargo test --locked --test it -- --ignored anywhere
say "fleets with faults: 50000 seeds in memory, 300 on a real store"
ARCHTUI_SIM_SEEDS=50000 ARCHTUI_SIM_STORES=300 cargo test --locked --test it -- task_sim::
say "archtui killed 200 times while 50 tasks flow, ten times"
cargo test --locked --test it -- --ignored --exact --nocapture killed::killed_200_times_while_50_tasks_flow
say "each fault 50 times under a live fleet: what is said is true within 2 s, nothing is typed wrongly"
cargo test --locked --test it -- --ignored --nocapture --test-threads 1 faults::trials::
say "five look on for ten minutes, and the one who acts is killed twice"
cargo test --locked --test it -- --ignored --exact --nocapture faults::observers::five_look_on_for_long
