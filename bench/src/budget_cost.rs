//! What counting people costs: the same reads by a person, who is counted, and by a program without one, who is not.

use anyhow::{Context as _, Result, anyhow};
use authz::{Cx, Identity, Rights, Role};
use kernel::{Lang, RecordId};
use ledger::{ActorRef, Origin, Via};
use records::{ListQuery, RecordRef};
use testkit::App;

use crate::custos::own_time;
use crate::report::{Bound, Line};

/// Contacts there are: as many as a list shows.
const CONTACTS: usize = 50;
/// Rounds of each, short ones that take turns: what else the machine does falls on both alike, and the middle one counts.
const ROUNDS: usize = 81;
/// Reads of one record in a round.
const POINTS: usize = 800;
/// Lists in a round.
const LISTS: usize = 250;

#[expect(clippy::disallowed_methods, reason = "a bench is its own sign-in")]
fn reader(app: &App, counted: bool) -> Cx {
    let user = kernel::UserId::from_uuid(kernel::Uuid::from_u128(7));
    let (actor, person) = if counted { (ActorRef::User(user), Some(user)) } else { (ActorRef::System, None) };
    let rights = Rights::of(&[Role::Viewer]).into();
    let identity = Identity { actor, person, session: None, rights };
    Cx::mint(identity, Origin::via(Via::Api), app.request(), Lang::En)
}

async fn points(app: &App, cx: &Cx, ids: &[RecordId]) -> Result<f64> {
    let object = kernel::ObjectName::parse("contact").map_err(|_| anyhow!("a name"))?;
    let before = own_time();
    for id in ids.iter().cycle().take(POINTS) {
        let (records, at) = (app.records.clone(), RecordRef { object: object.clone(), id: *id });
        app.db.read(cx, move |tx| records.read_record(tx, &at).map(|_| ())).await?;
    }
    Ok(own_time() - before)
}

async fn lists(app: &App, cx: &Cx) -> Result<f64> {
    let before = own_time();
    for _ in 0..LISTS {
        let records = app.records.clone();
        app.db.read(cx, move |tx| records.list_records(tx, "contact", &ListQuery::default()).map(|_| ())).await?;
    }
    Ok(own_time() - before)
}

/// Measures a read of one record and a list of fifty.
pub(crate) async fn measure() -> Result<Vec<Line>> {
    let app = App::start("sqlite").await.context("no house")?;
    let founder = app.founder().await;
    let mut ids = Vec::new();
    for n in 0..CONTACTS {
        let name = format!("Contact {n}");
        ids.push(founder.create("contact", &[("name", &name)]).await?.id);
    }
    let (counted, uncounted) = (reader(&app, true), reader(&app, false));
    let mut took = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        let round = [
            points(&app, &counted, &ids).await?,
            points(&app, &uncounted, &ids).await?,
            lists(&app, &counted).await?,
            lists(&app, &uncounted).await?,
        ];
        took.iter_mut().zip(round).for_each(|(took, one)| took.push(one));
    }
    let [point, bare_point, list, bare_list] = took.map(median);
    Ok(vec![line("a point read", point, bare_point, POINTS), line("a list of 50", list, bare_list, LISTS)])
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn line(what: &str, counted: f64, uncounted: f64, times: usize) -> Line {
    let each = |seconds: f64| seconds / f64::from(u32::try_from(times).unwrap_or(u32::MAX)) * 1e6;
    Line {
        name: format!("{what} that is counted against one that is not"),
        value: (counted / uncounted - 1.0) * 100.0,
        unit: "%",
        bound: Bound::AtMost(10.0),
        detail: format!("{:.1} µs of a core against {:.1} µs", each(counted), each(uncounted)),
    }
}
