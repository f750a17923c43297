//! How many people somebody may see: their own page, what lets them go on, and the limits of the roles.

use approvals::ApprovalFault;
use authz::{Denied, Role};
use axum::extract::State;
use axum::response::Response;
use exports::{ExportFault, LIMIT_RULE};
use http::request::Parts;
use http::{Method, StatusCode};
use httpkit::{Fields, Next, Pairs, Refusal, Signed, status};
use kernel::Fault as _;

use super::{ApprovalOne, BudgetRaise};
use crate::House;
use crate::house::{Place, see_other};
use ::budget::{BudgetFault, Counted};
use console::budget::{self, LimitsView, Waiting};
use pages::auth::Refused;
use ui::text::{B, t};

/// The code of an answer that waits for a reason.
const WAITS: &str = "budget-soft";

/// Shows what the person has seen.
pub(super) async fn own(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let own = house.budget.own(&signed.cx).await?;
    let body = budget::own(&signed, &own, &Refused::default());
    house.show(&signed, place(&signed, "/settings/account"), &body).await
}

fn place<'a>(signed: &Signed, here: &'a str) -> Place<'a> {
    Place { title: t(signed.cx.lang(), B::OwnTitle), here, script: Some("prove.js") }
}

/// Takes a reason, and goes on with what waits for it.
pub(super) async fn go_on(
    State(house): State<House>,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let to = form.get("to").and_then(Next::parse).unwrap_or_default();
    let (kept, waits) = (form.get("kept"), form.get("form").is_some());
    let reason = form.get(budget::REASON).unwrap_or_default().to_owned();
    match house.budget.go_on(&signed.cx, reason).await {
        Ok(()) if waits => {
            let body = budget::page(&signed, &budget::passed(&signed, to.as_str(), kept));
            house.show(&signed, place(&signed, ""), &body).await
        }
        Ok(()) => Ok(see_other(to.as_str())),
        Err(fault @ BudgetFault::Reason) => {
            let waiting = Waiting { to: to.as_str(), kept, form: waits };
            let refused = Refused { code: Some(fault.code()), wrongs: Vec::new() };
            ask(&house, &signed, &waiting, (status(fault.class()), &refused)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn ask(
    house: &House,
    signed: &Signed,
    waiting: &Waiting<'_>,
    (status, refused): (StatusCode, &Refused),
) -> Result<Response, Refusal> {
    let own = house.budget.own(&signed.cx).await?;
    let body = budget::page(signed, &budget::ask(signed, &own, waiting, refused));
    house.show_as(status, signed, place(signed, ""), &body).await
}

/// Tells whether an answer was refused because a reason is missing.
pub(super) fn waits(response: &Response) -> bool {
    response.extensions().get::<Refusal>().is_some_and(|refusal| refusal.code() == WAITS)
}

/// Answers with the box that asks for a reason, in the place of the refusal. Where a form waits, who it is should have been
/// proved first, so that nothing is typed twice: then the level to prove comes back.
pub(super) async fn offer(
    house: &House,
    signed: &Signed,
    parts: &Parts,
    kept: Option<&str>,
) -> Result<Result<Response, authz::Level>, Refusal> {
    let form = parts.method == Method::POST;
    if form && let Err(Denied::StepUp(level)) = signed.cx.dare() {
        return Ok(Err(level));
    }
    let to = if form && kept.is_none() {
        super::account::back(&parts.headers)
    } else {
        super::prove::target(parts).to_owned()
    };
    let waiting = Waiting { to: &to, kept, form };
    ask(house, signed, &waiting, (StatusCode::FORBIDDEN, &Refused::default())).await.map(Ok)
}

/// Shows the limits.
pub(super) async fn show(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    draw(&house, &signed, StatusCode::OK, &Refused::default()).await
}

async fn draw(house: &House, signed: &Signed, status: StatusCode, refused: &Refused) -> Result<Response, Refusal> {
    let roles = house.budget.list(&signed.cx).await?;
    let readers = house.budget.readers(&signed.cx).await?;
    let (own, ids) = (house.clone(), readers.iter().map(|reader| reader.user).collect::<Vec<_>>());
    let read = house.db.read(&signed.cx, move |tx| Ok::<_, Refusal>((own.people(tx, &ids)?, roles::names(tx)?)));
    let (names, made) = read.await?;
    let alone = house.exports.limit(&signed.cx).await?;
    let view = LimitsView { signed, roles: &roles, made: &made, alone, readers: &readers, names: &names, refused };
    let place = Place { title: t(signed.cx.lang(), B::Title), here: "/settings/budget", script: None };
    house.show_as(status, signed, place, &budget::limits(&view)).await
}

/// Reads the limits of a role; nothing if the form does not name it.
fn wanted(form: &Pairs, role: Role) -> Option<Result<(Role, ::budget::Limits), Refusal>> {
    let get = |what: &str| form.get(&format!("{what}.{}", role.code()));
    get("soft_hour")?;
    let number = |what: &str| -> Result<u64, Refusal> {
        get(what).and_then(|typed| typed.trim().parse().ok()).ok_or_else(|| Refusal::invalid("budget-limits"))
    };
    let read = || -> Result<_, Refusal> {
        let soft = Counted { hour: number("soft_hour")?, day: number("soft_day")? };
        let hard = Counted { hour: number("hard_hour")?, day: number("hard_day")? };
        Ok((role, ::budget::limits(soft, hard)?))
    };
    Some(read())
}

/// Changes the limits.
pub(super) async fn change(
    State(house): State<House>,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let made = house.db.read(&signed.cx, roles::names).await?;
    let known = Role::ALL.iter().copied().chain(made.iter().map(|(role, _)| *role));
    let wanted: Result<Vec<_>, Refusal> = known.filter_map(|role| wanted(&form, role)).collect();
    match wanted {
        Ok(wanted) => {
            house.budget.change(&signed.cx, wanted).await?;
            Ok(see_other("/settings/budget"))
        }
        Err(refusal) => {
            let refused = Refused { code: Some(refusal.code()), wrongs: Vec::new() };
            draw(&house, &signed, refusal.status(), &refused).await
        }
    }
}

/// Gives somebody more for a day.
pub(super) async fn raise(State(house): State<House>, signed: Signed, at: BudgetRaise) -> Result<Response, Refusal> {
    house.budget.raise(&signed.cx, at.id).await?;
    Ok(see_other("/settings/budget"))
}

/// Says how many rows go alone; for more, asks for a second person, or goes ahead alone with an alarm.
pub(super) async fn change_alone(
    State(house): State<House>,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let rows = form.get("rows").and_then(|typed| typed.trim().parse::<i64>().ok());
    let rows = rows.ok_or_else(|| Refusal::invalid("invalid"))?;
    match house.exports.change_limit(&signed.cx, rows).await {
        Ok(()) => return Ok(see_other("/settings/budget#alone")),
        Err(ExportFault::Denied(Denied::NeedsApproval(_))) => {}
        Err(fault) => return Err(fault.into()),
    }
    let terms = house.exports.limit_terms(&signed.cx, rows).await?;
    let reason = form.get(budget::REASON).unwrap_or_default();
    let asked = if form.get("alone") == Some("yes") {
        let done = house.approvals.alone(&signed.cx, LIMIT_RULE, terms, reason).await;
        done.map(|_| "/settings/budget#alone".to_owned())
    } else {
        let asked = house.approvals.ask(&signed.cx, LIMIT_RULE, terms, reason).await;
        asked.map(|id| ApprovalOne { id }.to_string())
    };
    match asked {
        Ok(to) => Ok(see_other(&to)),
        Err(fault @ ApprovalFault::Reason) => {
            let refused = Refused { code: Some(fault.code()), wrongs: Vec::new() };
            draw(&house, &signed, status(fault.class()), &refused).await
        }
        Err(fault) => Err(fault.into()),
    }
}
