//! The program: arguments in, exit code out. Everything else is in the library.

use std::process::ExitCode;

/// See Cargo.toml.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    archtui::cli::main()
}
