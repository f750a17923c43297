//! `custos key`.

mod escrow;
mod root;

use std::io::{IsTerminal as _, Write as _};

use anyhow::{Context as _, Result};
use custody::{IndexStep, ObjectStep, Report, Rotation, Standing};
use db::{IndexKey, IndexKeyState};
use kernel::{ObjectName, Timestamp};

use super::operator;
use crate::cli;
use crate::config::Config;
use crate::house::{self, House};

/// How long is waited for somebody who is in the way.
const MOMENT: std::time::Duration = std::time::Duration::from_millis(100);

/// Does what is asked about keys.
///
/// # Errors
/// One line that says what is wrong.
pub(super) async fn run(config: &Config, wanted: cli::Key) -> Result<()> {
    match wanted {
        cli::Key::Status => status(&house::open(config).await?).await,
        cli::Key::Rotate(wanted) if wanted.root => root::rotate(config, wanted).await,
        cli::Key::Rotate(wanted) if wanted.index => rotate_index(&house::open(config).await?).await,
        cli::Key::Rotate(cli::Rotate { object: Some(name), .. }) => {
            rotate_object(&house::open(config).await?, &name).await
        }
        cli::Key::Rotate(_) => rotate(&house::open(config).await?).await,
        cli::Key::ExportEscrow(wanted) => escrow::export(&house::open(config).await?, wanted).await,
        cli::Key::Recover { shares, check } => escrow::recover(config, &shares, check).await,
    }
}

async fn status(house: &House) -> Result<()> {
    let Standing { keys, index, objects, resealing } = house.custody.report(&operator(&house.db)).await?;
    let Report { provider, root_since, epochs, held, rotation } = keys;
    let now = house.db.now();
    let age = root_since.map(|since| format!("  {}", aged(since, now))).unwrap_or_default();
    println!("root key   from a {provider}{age}");
    for epoch in &epochs {
        let state = if epoch.current { "current" } else { "on its way out" };
        println!("epoch key  {}  {state}  {}  wraps {} keys", epoch.id, aged(epoch.since, now), epoch.wraps);
    }
    for key in &index {
        println!("index key  {}  {}  {}", key.id, index_state(key), aged(key.since, now));
    }
    for of in &objects {
        let going = resealing.iter().find(|going| going.object == of.object);
        let going = going.map(|going| format!(", {} rows sealed anew", going.done)).unwrap_or_default();
        println!("object key {}  {}  {} former{going}", of.object, aged(of.since, now), of.former);
    }
    for kind in &held {
        println!("{:<9}  {:>9}  {} to {}", kind.purpose, kind.many, day(kind.oldest), day(kind.newest));
    }
    match (&rotation, house.custody.every()) {
        (Some(rotation), _) => println!("changing   {} of {} keys wrapped anew", rotation.done, rotation.total),
        (None, Some(every)) => println!("next change of the epoch key when it is {} days old", days(every)),
        (None, None) => println!("the epoch key is changed only when somebody asks"),
    }
    Ok(())
}

async fn rotate(house: &House) -> Result<()> {
    let cx = operator(&house.db);
    let begun = house.custody.rotate(&cx).await?;
    let (custody, after) = (house.custody.clone(), begun.clone());
    let ended = tokio::task::spawn_blocking(move || -> Result<Rotation> {
        let mut last = after;
        while let Some(now) = custody.step(&cx)? {
            progress((now.done, now.total), "keys wrapped anew");
            last = now;
        }
        Ok(last)
    });
    let ended = ended.await??;
    if std::io::stdout().is_terminal() {
        println!();
    }
    println!("epoch key {} wraps every key; {} is destroyed", ended.new, ended.old);
    Ok(())
}

async fn rotate_index(house: &House) -> Result<()> {
    let cx = operator(&house.db);
    house.custody.rotate_index(&cx).await?;
    loop {
        let (custody, cx) = (house.custody.clone(), cx.clone());
        match tokio::task::spawn_blocking(move || custody.step_index(&cx)).await?? {
            IndexStep::More(key) => progress((key.done, key.total), "records made findable anew"),
            IndexStep::Wait(_) => tokio::time::sleep(MOMENT).await,
            // Done, or another process that serves was faster.
            IndexStep::Done | IndexStep::Idle => break,
        }
    }
    if std::io::stdout().is_terminal() {
        println!();
    }
    println!("everything is found by the new index key; the old one is destroyed");
    Ok(())
}

async fn rotate_object(house: &House, name: &str) -> Result<()> {
    let (cx, of) = (operator(&house.db), ObjectName::parse(name).context("this is no name of an object")?);
    house.custody.rotate_object(&cx, of.clone()).await.context("this object has no key yet")?;
    loop {
        let (custody, cx) = (house.custody.clone(), cx.clone());
        match tokio::task::spawn_blocking(move || custody.step_object(&cx)).await?? {
            ObjectStep::More(_) => {}
            ObjectStep::Wait(_) => tokio::time::sleep(MOMENT).await,
            // Done, or another process that serves was faster.
            ObjectStep::Done(done) if done != of => {}
            ObjectStep::Done(_) | ObjectStep::Idle => break,
        }
    }
    println!(
        "everything of {of} is sealed with a new key; the former one opens what the ledger and older backups hold"
    );
    Ok(())
}

fn index_state(key: &IndexKey) -> String {
    match key.state {
        IndexKeyState::Current => "current".to_owned(),
        IndexKeyState::Going => format!("on its way out, {} of {} records made findable anew", key.done, key.total),
        IndexKeyState::Gone => "on its way out, its remains are wiped".to_owned(),
    }
}

fn progress((done, total): (u64, u64), what: &str) {
    if !std::io::stdout().is_terminal() {
        return;
    }
    print!("\r{done} of {total} {what}");
    let _ = std::io::stdout().flush();
}

fn day(at: Timestamp) -> String {
    at.to_rfc3339().chars().take(10).collect()
}

const fn days(span: std::time::Duration) -> u64 {
    span.as_secs() / (24 * 60 * 60)
}

fn aged(since: Timestamp, now: Timestamp) -> String {
    format!("since {}, {} days old", day(since), days(now.since(since)))
}
