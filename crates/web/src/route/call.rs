//! Who is on the phone.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use caller::{Caller, CallerFault};
use http::{StatusCode, header};
use httpkit::{Asked, Fields, Params, Refusal, Signed, status};
use kernel::{Fault as _, Lang, ObjectName};
use records::RecordRef;

use super::{CallAnswer, CallCustomer, CallPublic};
use crate::House;
use crate::house::{Place, html, see_other};
use console::call::{self, CallView};
use pages::auth::Refused;
use ui::text::{C, t};

const HERE: &str = "/verify-call";

fn caller(house: &House) -> &Caller {
    &house.caller
}

pub(super) async fn show(State(house): State<House>, asked: Asked, signed: Signed) -> Result<Response, Refusal> {
    draw(&house, &asked, &signed, StatusCode::OK, &Refused::default()).await
}

async fn draw(
    house: &House,
    asked: &Asked,
    signed: &Signed,
    code: StatusCode,
    refused: &Refused,
) -> Result<Response, Refusal> {
    let checks = caller(house).list(&signed.cx).await?;
    let colleagues = caller(house).colleagues(&signed.cx).await?;
    let public = format!("{}{}", asked.host, CallPublic {});
    let now = house.db.now();
    let body =
        call::page(&CallView { signed, checks: &checks, colleagues: &colleagues, public: &public, refused, now });
    let place = Place { title: t(signed.cx.lang(), C::Title), here: HERE, script: None };
    house.show_as(code, signed, place, &body).await
}

/// Shows the page again with what was refused; what is hidden answers like what is absent.
async fn again(house: &House, asked: &Asked, signed: &Signed, fault: CallerFault) -> Result<Response, Refusal> {
    if !matches!(fault, CallerFault::Oneself | CallerFault::Over) {
        return Err(fault.into());
    }
    let refused = Refused { code: Some(fault.code()), wrongs: Vec::new() };
    draw(house, asked, signed, status(fault.class()), &refused).await
}

pub(super) async fn begin(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let other = form.get("colleague").and_then(|id| id.parse().ok()).ok_or_else(|| Refusal::invalid("invalid"))?;
    match caller(&house).begin(&signed.cx, other).await {
        Ok(_) => Ok(see_other(HERE)),
        Err(fault) => again(&house, &asked, &signed, fault).await,
    }
}

pub(super) async fn answer(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    at: CallAnswer,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let typed = form.get("code").unwrap_or_default();
    let answering = match form.get("customer") {
        Some(_) => caller(&house).answer_customer(&signed.cx, at.id, (typed, form.get("dialled").is_some())).await,
        None => caller(&house).answer(&signed.cx, at.id, typed).await,
    };
    match answering {
        // The page says what became of it, and so it does when it is loaded again.
        Ok(_) => Ok(see_other(HERE)),
        Err(fault) => again(&house, &asked, &signed, fault).await,
    }
}

pub(super) async fn customer(
    State(house): State<House>,
    signed: Signed,
    at: CallCustomer,
) -> Result<Response, Refusal> {
    let object = ObjectName::parse("contact").map_err(|_| Refusal::not_found())?;
    caller(&house).begin_with_customer(&signed.cx, RecordRef { object, id: at.id }).await?;
    Ok(see_other(HERE))
}

fn language(asked: &Asked, query: &httpkit::Pairs) -> Lang {
    query.get("lang").and_then(Lang::parse).unwrap_or(asked.lang)
}

async fn workspace(house: &House, asked: &Asked) -> Result<String, Refusal> {
    Ok(house.accounts.workspace(&asked.nobody()).await?.map(|workspace| workspace.name).unwrap_or_default())
}

pub(super) async fn public_page(
    State(house): State<House>,
    asked: Asked,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let name = workspace(&house, &asked).await?;
    Ok(html(&call::public(language(&asked, &query), &name, None, &Refused::default())))
}

pub(super) async fn public(
    State(house): State<House>,
    asked: Asked,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let name = workspace(&house, &asked).await?;
    let fault = match caller(&house).confirm(&asked.nobody(), form.get("code").unwrap_or_default()).await {
        Ok(back) => return Ok(html(&call::public(asked.lang, &name, Some(&back), &Refused::default()))),
        Err(fault @ (CallerFault::Wrong | CallerFault::TooMany(_))) => fault,
        Err(fault) => return Err(fault.into()),
    };
    let refused = Refused { code: Some(fault.code()), wrongs: Vec::new() };
    let mut response = (status(fault.class()), html(&call::public(asked.lang, &name, None, &refused))).into_response();
    if let CallerFault::TooMany(wait) = fault {
        response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
    }
    Ok(response)
}
