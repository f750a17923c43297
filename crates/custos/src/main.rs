//! The one binary: command line, configuration, wiring.
//!
//! # How to add one more
//! A command: a variant in `cli.rs`, a file in `command/`, an arm in `command/mod.rs`. A setting: a field in `config.rs`,
//! with its place in the file, its variable and its option.

#![expect(clippy::print_stdout, reason = "a command's result is what it prints")]

mod cli;
mod command;
mod config;
mod house;
mod log;
mod provider;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // TLS has one provider; it is named before anything can pick another.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.into()),
    };
    match runtime.block_on(command::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error),
    }
}

/// One line that says what is wrong, with its causes.
#[expect(clippy::print_stderr, reason = "the last word of a command that failed")]
fn complain(error: &anyhow::Error) -> ExitCode {
    eprintln!("custos: {error:#}");
    ExitCode::FAILURE
}
