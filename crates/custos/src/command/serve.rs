//! `custos serve`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use attachments::Attachments;
use budget::Budget;
use canaries::Canaries;
use crypto::SystemChance;
use duplicates::Duplicates;
use httpkit::{Bound, Guard, GuardSettings, Hosts, Limits, Listen, Proxies, Rates, base_url, protect};
use integrity::Integrity;
use jobs::{ExportWork, HandOverWork, ImportWork, JobFault, Jobs, KeyWork, RankWork, SweepWork, WebhookWork, Work};
use kernel::SystemClock;
use proposals::Proposals;
use repeats::Repeats;
use rescue::Rescue;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::operator;
use crate::config::Config;
use crate::house::{self, House, log_name};

/// Entries get their place in the tree this often.
const PLACE: Duration = Duration::from_secs(1);
/// The tree is signed this often.
const SIGN: Duration = Duration::from_secs(60);
/// Ended sessions and spent links are removed this often.
const TIDY: Duration = Duration::from_secs(24 * 60 * 60);
/// How soon officers are told of somebody who was stopped at their limit.
const BUDGET: Duration = Duration::from_secs(1);
/// How soon what changed is compared with what looks like it.
const DUPLICATES: Duration = Duration::from_secs(2);
/// How soon officers are told of somebody who touched a canary, and of what was found altered.
const CANARIES: Duration = Duration::from_secs(5);
/// How soon a key that another process destroyed is forgotten here, and an erasing goes a step further.
const ERASURES: Duration = Duration::from_secs(1);
/// How soon a destroyed key that somebody put back is deleted again; until then it opens nothing either.
const RETURNED: Duration = Duration::from_secs(60 * 60);
/// How soon somebody who asks to get back in is looked up.
const RESCUE: Duration = Duration::from_secs(1);
/// How soon what somebody agreed to is carried out if the program was killed in between, and what is late is ended.
const APPROVALS: Duration = Duration::from_secs(15);
/// The largest body where a route does not say otherwise.
const BODY: usize = 1024 * 1024;

/// Serves until it is told to stop. On first start it prints the link that sets everything up.
///
/// # Errors
/// One line that says what is wrong and what to do.
pub(super) async fn run(config: &Config) -> Result<()> {
    let bound = bind(config).await?;
    let house = house::open(config).await?;
    let cx = operator(&house.db);
    let url = bound.url(config.hosts.first().map(String::as_str));
    println!("Custos answers at {url}");
    if house.accounts.workspace(&cx).await?.is_none() {
        let link = house.accounts.first_run_link(&cx).await?;
        println!("Set it up within 30 minutes, once, here:\n\n    {url}/setup/{}\n", link.token.expose());
    }
    until_stopped(config, house, bound).await
}

/// Takes the address, before anything else can go wrong behind it.
pub(super) async fn bind(config: &Config) -> Result<Bound> {
    let tls: Option<(&Path, &Path)> = config.tls.as_ref().map(|(certificate, key)| (&**certificate, &**key));
    Ok(Listen::new(config.listen, tls)?.bind().await?)
}

/// Returns the start of links, for commands that print one without serving.
pub(super) fn base(config: &Config) -> String {
    base_url(config.listen, config.tls.is_some(), config.hosts.first().map(String::as_str))
}

/// Serves pages and API and does the jobs, until SIGTERM or SIGINT; then lets what is in hand finish.
pub(super) async fn until_stopped(config: &Config, house: House, bound: Bound) -> Result<()> {
    let (stop, stopped) = watch::channel(false);
    let work = workers(&house)?;
    let working = work.run(stopped.clone());
    let telling = WebhookWork::new(house.db.clone(), house.courier.clone()).run(stopped.clone());
    let wrapping = KeyWork::new(house.db.clone(), house.custody.clone()).run(stopped.clone());
    let looking = SweepWork::new(house.db.clone(), integrity(&house)).run(stopped);
    let router = protect(router(&house), guard(config));
    let serving = async {
        let told = told_to_stop();
        bound.serve(router, Limits::default(), told).await;
        let _ = stop.send(true);
    };
    tokio::join!(serving, working, telling, wrapping, looking);
    tracing::info!("stopped");
    Ok(())
}

/// Returns the worker that knows every kind of job and keeps the schedules: a command that works leaves a ledger behind
/// whose entries have their places and whose tree is signed.
pub(super) fn workers(house: &House) -> Result<Jobs> {
    let import = ImportWork::new(house.db.clone(), house.accounts.clone(), house.records.clone());
    let hand_over = HandOverWork::new(house.db.clone(), house.records.clone());
    let export = ExportWork::new(house.db.clone(), house.accounts.clone(), house.exports.clone());
    let rank = RankWork::new(house.db.clone(), house.records.clone());
    let works: Vec<Arc<dyn Work>> = vec![Arc::new(import), Arc::new(export), Arc::new(hand_over), Arc::new(rank)];
    let jobs = Jobs::new(house.db.clone(), works);
    erasing(schedules(jobs, house)?, house)
}

/// Looks for records that look alike among what changed, unless a running server is at it.
pub(super) async fn compare(house: &House) -> Result<()> {
    let (duplicates, db) = (Duplicates::new(house.records.clone()), house.db.clone());
    let comparing = tokio::task::spawn_blocking(move || duplicates.seek(&db, &jobs::system_cx(&db), &|| false));
    Ok(comparing.await??)
}

fn erasing(jobs: Jobs, house: &House) -> Result<Jobs> {
    let (db, vault) = (house.db.clone(), house.vault.clone());
    let (records, erasures) = (house.records.clone(), house.erasures.clone());
    let settling = erasure::Settling { name: log_name()?, backups: house.keyring_backups };
    let (integrity, its) = (integrity(house), house.db.clone());
    let jobs =
        jobs.every("returned keys", RETURNED, move || integrity.banish(&jobs::system_cx(&its)).map_err(JobFault::step));
    Ok(jobs.every("erasures", ERASURES, move || {
        if vault.learn_destroyed().map_err(JobFault::step)? {
            // What names weigh is remembered too.
            records.forget_orders();
        }
        erasures.settle(&jobs::system_cx(&db), &settling).map(|_| ()).map_err(JobFault::step)
    }))
}

fn schedules(jobs: Jobs, house: &House) -> Result<Jobs> {
    let (db, vault, name) = (house.db.clone(), house.vault.clone(), log_name()?);
    let jobs = jobs.every("place", PLACE, move || Ok(jobs::place_entries(&db)?));
    let db = house.db.clone();
    let jobs = jobs.every("sign", SIGN, move || Ok(jobs::sign_tree(&db, &vault, &name).map(|_| ())?));
    let (db, accounts) = (house.db.clone(), house.accounts.clone());
    let (rescue, its) = (Rescue::new(accounts.clone()), db.clone());
    let tidying = rescue.clone();
    let jobs = jobs.every("rescue", RESCUE, move || {
        let cx = jobs::system_cx(&its);
        tokio::runtime::Handle::current().block_on(rescue.settle(&cx)).map_err(JobFault::step)
    });
    let (approvals, its) = (house.approvals.clone(), house.db.clone());
    let (kept, exports) = (approvals.clone(), house.exports.clone());
    let jobs = jobs.every("approvals", APPROVALS, move || {
        let cx = jobs::system_cx(&its);
        tokio::runtime::Handle::current().block_on(approvals.settle(&cx)).map_err(JobFault::step)?;
        tokio::runtime::Handle::current().block_on(exports.settle(&cx)).map_err(JobFault::step)
    });
    let (budget, its) = (Budget::new(accounts.clone()), db.clone());
    let forgetting = budget.clone();
    let webhooks = house.courier.webhooks().clone();
    let jobs = jobs.every("budget", BUDGET, move || {
        let cx = jobs::system_cx(&its);
        tokio::runtime::Handle::current().block_on(budget.tell(&cx)).map_err(JobFault::step)
    });
    let (duplicates, its) = (Duplicates::new(house.records.clone()), db.clone());
    let jobs = jobs.beside("duplicates", DUPLICATES, move |left| {
        duplicates.seek(&its, &jobs::system_cx(&its), left).map_err(JobFault::step)
    });
    let (canaries, its) = (Canaries::new(accounts.clone()), db.clone());
    let jobs = jobs.every("canaries", CANARIES, move || {
        let cx = jobs::system_cx(&its);
        tokio::runtime::Handle::current().block_on(canaries.watch(&cx)).map_err(JobFault::step)
    });
    let (integrity, its) = (integrity(house), db.clone());
    let jobs =
        jobs.every("integrity", CANARIES, move || integrity.watch(&jobs::system_cx(&its)).map_err(JobFault::step));
    let (caller, sso, apps) = (house.caller.clone(), house.sso.clone(), house.apps.clone());
    let repeats = Repeats::new(house.vault.clone());
    let proposals = proposals(house);
    let attachments = attachments(house);
    Ok(jobs.every("tidy", TIDY, move || {
        let cx = jobs::system_cx(&db);
        let runtime = tokio::runtime::Handle::current();
        runtime.block_on(accounts.tidy(&cx)).map(|_| ()).map_err(JobFault::step)?;
        runtime.block_on(caller.tidy(&cx)).map(|_| ()).map_err(JobFault::step)?;
        runtime.block_on(tidying.tidy(&cx)).map(|_| ()).map_err(JobFault::step)?;
        runtime.block_on(kept.tidy(&cx)).map(|_| ()).map_err(JobFault::step)?;
        runtime.block_on(forgetting.tidy(&cx)).map(|_| ()).map_err(JobFault::step)?;
        runtime.block_on(webhooks.tidy(&cx)).map(|_| ()).map_err(JobFault::step)?;
        runtime.block_on(apps.tidy(&cx)).map(|_| ()).map_err(JobFault::step)?;
        runtime.block_on(attachments.tidy(&cx)).map_err(JobFault::step)?;
        runtime.block_on(proposals.tidy(&cx)).map(|_| ()).map_err(JobFault::step)?;
        runtime.block_on(repeats.tidy(&db, &cx)).map(|_| ()).map_err(JobFault::step)?;
        let Some(sso) = &sso else { return Ok(()) };
        runtime.block_on(sso.tidy(&cx)).map(|_| ()).map_err(JobFault::step)
    }))
}

fn integrity(house: &House) -> Integrity {
    Integrity::new(&house.accounts, house.records.clone())
}

fn proposals(house: &House) -> Proposals {
    Proposals::new(house.db.clone(), house.vault.clone(), house.records.clone())
}

fn attachments(house: &House) -> Attachments {
    Attachments::new(house.db.clone(), house.vault.clone(), house.records.clone())
}

fn router(house: &House) -> web::Router {
    let (db, accounts, records) = (house.db.clone(), house.accounts.clone(), house.records.clone());
    let pages = web::House::new(db.clone(), (accounts, house.tokens.clone()), records.clone(), house.caller.clone())
        .with_sso(house.sso.clone())
        .with_approvals(house.approvals.clone())
        .with_custody(house.custody.clone())
        .with_description(api::describe);
    let pages = web::router(pages);
    let (attachments, repeats) = (attachments(house), Repeats::new(house.vault.clone()));
    let machines = api::House::new(db.clone(), house.tokens.clone(), (records, attachments), repeats);
    let machines = api::router(machines.with_proposals(proposals(house)));
    let probe = move || {
        let db = db.clone();
        async move { db.ready(&jobs::system_cx(&db)).await }
    };
    pages.merge(machines).merge(httpkit::health::health(probe))
}

fn guard(config: &Config) -> Guard {
    Guard::new(GuardSettings {
        hosts: Hosts::new(config.hosts.iter().map(String::as_str)),
        proxies: Proxies::default(),
        rates: Rates::new(config.requests_per_minute),
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        pages: Arc::new(pages::Errors),
        body_limit: BODY,
    })
}

/// Waits for SIGTERM or SIGINT.
async fn told_to_stop() {
    let waiting = async {
        let mut term = signal(SignalKind::terminate()).context("SIGTERM")?;
        let mut int = signal(SignalKind::interrupt()).context("SIGINT")?;
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        anyhow::Ok(())
    };
    if let Err(error) = waiting.await {
        tracing::error!(%error, "signals cannot be heard; stopping");
    }
}
