//! Ratios against a bare server, measured in one run.
//!
//! Absolute figures of a shared machine say little; a ratio between two servers that ran a moment apart on the same
//! machine, under the same load generator, says what security costs. The bare server is axum over SQLite with the same
//! facts in plaintext columns: no sign-in, no permission, no sealing, no ledger. The Custos side is the release binary,
//! set up and filled through its own commands and asked through its API.
//!
//! # How to add one more
//! A measurement is a function in `measure.rs` that returns a `Line`; `main` prints them in the order they are made.

#![expect(clippy::print_stdout, reason = "a bench's whole result is what it prints")]

mod bare;
mod budget_cost;
mod custos;
mod filled;
mod flood;
mod load;
mod measure;
mod report;
mod session;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Parser;

/// The allocator of the program: what is measured in this process is to cost what it costs there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Custos against a bare server.
#[derive(Debug, Parser)]
struct Options {
    /// Contacts in the small database.
    #[arg(long, default_value_t = 10_000)]
    small: u32,
    /// Contacts in the database that most figures come from.
    #[arg(long, default_value_t = 100_000)]
    rows: u32,
    /// Contacts in the large database; 0 leaves that part out.
    #[arg(long, default_value_t = 1_000_000)]
    large: u32,
    /// Seconds that each load lasts.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Connections that ask at once.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// The binary to measure.
    #[arg(long, default_value = "custos")]
    binary: PathBuf,
    /// Measures only what sealing costs whoever works, against a plaintext twin, on both engines, with `--rows` contacts.
    #[arg(long)]
    twin: bool,
    /// Only writes the file of contacts that is imported, `--rows` of them.
    #[arg(long, value_name = "FILE")]
    write_csv: Option<PathBuf>,
    /// Serves a plaintext twin and prints its port; the bench starts itself with this, so that both servers are
    /// processes of their own.
    #[arg(long, hide = true)]
    serve_bare: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(twin) = options.serve_bare {
        return bare::serve(twin).await;
    }
    if let Some(file) = options.write_csv {
        return measure::write_csv(&file, options.rows);
    }
    let scratch = tempfile::tempdir().context("no room for a scratch folder")?;
    let lines = match options.twin {
        true => filled::measure(options.rows, scratch.path()).await?,
        false => measure::all(&options, scratch.path()).await?,
    };
    for line in &lines {
        println!("{line}");
    }
    let short = lines.iter().filter(|line| !line.holds()).count();
    println!("\n{} of {} figures hold", lines.len() - short, lines.len());
    Ok(())
}
