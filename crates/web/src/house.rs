//! What the pages work with.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use accounts::Accounts;
use approvals::Approvals;
use apps::Apps;
use attachments::Attachments;
use authz::Read;
use axum::extract::FromRef;
use axum::response::{IntoResponse, Response};
use budget::Budget;
use caller::Caller;
use canaries::Canaries;
use custody::Custody;
use db::{Db, ReadTx};
use duplicates::Duplicates;
use erasure::Erasures;
use exports::Exports;
use http::{HeaderValue, StatusCode, header};
use httpkit::{Refusal, Signed};
use integrity::Integrity;
use kernel::UserId;
use maud::Markup;
use proposals::Proposals;
use records::{Record, RecordRef, Records};
use rescue::Rescue;
use sso::Sso;
use tokens::Tokens;
use webhooks::Webhooks;

use pages::{Frame, frame};
use ui::Names;

/// Describes the API as whoever asks sees it (OpenAPI 3.1). Pages and API stand side by side; what joins them brings it.
pub type Describe = fn(&Records, &authz::Cx) -> serde_json::Value;

/// The handles of the features, and the workspace's name once it is known. Cheap to clone.
#[derive(Clone)]
pub struct House(Arc<Handles>);

/// The handles themselves. They stand behind one pointer, because the router clones its state for every request.
#[derive(Clone)]
pub struct Handles {
    pub(crate) db: Db,
    pub(crate) accounts: Accounts,
    pub(crate) tokens: Tokens,
    pub(crate) rescue: Rescue,
    pub(crate) approvals: Approvals,
    pub(crate) apps: Apps,
    pub(crate) erasures: Erasures,
    pub(crate) exports: Exports,
    pub(crate) budget: Budget,
    pub(crate) canaries: Canaries,
    pub(crate) integrity: Integrity,
    pub(crate) custody: Custody,
    pub(crate) webhooks: Webhooks,
    pub(crate) proposals: Proposals,
    pub(crate) attachments: Attachments,
    pub(crate) records: Records,
    pub(crate) caller: Caller,
    pub(crate) sso: Option<Sso>,
    pub(crate) describe: Option<Describe>,
    workspace: OnceLock<String>,
}

impl FromRef<House> for Accounts {
    fn from_ref(house: &House) -> Self {
        house.accounts.clone()
    }
}

/// What a page is called and where it stands.
pub(crate) struct Place<'a> {
    pub(crate) title: &'a str,
    pub(crate) here: &'a str,
    pub(crate) script: Option<&'static str>,
}

impl Deref for House {
    type Target = Handles;

    fn deref(&self) -> &Handles {
        &self.0
    }
}

impl House {
    /// Takes the handles.
    #[must_use]
    pub fn new(db: Db, (accounts, tokens): (Accounts, Tokens), records: Records, caller: Caller) -> Self {
        let rescue = Rescue::new(accounts.clone());
        let exports = Exports::new(accounts.clone(), records.clone());
        let erasures = Erasures::new(&accounts, records.clone(), exports.clone());
        let approvals = Approvals::new(accounts.clone(), Vec::new());
        let apps = Apps::new(&accounts, tokens.clone());
        let budget = Budget::new(accounts.clone());
        let canaries = Canaries::new(accounts.clone());
        let integrity = Integrity::new(&accounts, records.clone());
        let custody = Custody::new(db.clone(), accounts.vault(), records.clone());
        let webhooks = Webhooks::new(accounts.clone(), records.clone());
        let proposals = Proposals::new(db.clone(), accounts.vault(), records.clone());
        let attachments = Attachments::new(db.clone(), accounts.vault(), records.clone());
        Self(Arc::new(Handles {
            db,
            accounts,
            tokens,
            rescue,
            approvals,
            apps,
            budget,
            canaries,
            integrity,
            custody,
            erasures,
            exports,
            webhooks,
            proposals,
            attachments,
            records,
            caller,
            sso: None,
            describe: None,
            workspace: OnceLock::new(),
        }))
    }

    /// What looks alike.
    pub(crate) fn duplicates(&self) -> Duplicates {
        Duplicates::new(self.records.clone())
    }

    /// Says when keys are changed by themselves.
    #[must_use]
    pub fn with_custody(mut self, custody: Custody) -> Self {
        Arc::make_mut(&mut self.0).custody = custody;
        self
    }

    /// Lets people sign in with the company's identity provider too.
    #[must_use]
    pub fn with_sso(mut self, sso: Option<Sso>) -> Self {
        Arc::make_mut(&mut self.0).sso = sso;
        self
    }

    /// Shows the API to people, too.
    #[must_use]
    pub fn with_description(mut self, describe: Describe) -> Self {
        Arc::make_mut(&mut self.0).describe = Some(describe);
        self
    }

    /// Says what takes a second person here.
    #[must_use]
    pub fn with_approvals(mut self, approvals: Approvals) -> Self {
        Arc::make_mut(&mut self.0).approvals = approvals;
        self
    }

    /// Puts a page into its frame.
    pub(crate) async fn show(&self, signed: &Signed, place: Place<'_>, body: &Markup) -> Result<Response, Refusal> {
        self.show_as(StatusCode::OK, signed, place, body).await
    }

    /// Puts a page into its frame, with a status of its own.
    pub(crate) async fn show_as(
        &self,
        status: StatusCode,
        signed: &Signed,
        place: Place<'_>,
        body: &Markup,
    ) -> Result<Response, Refusal> {
        let workspace = match self.workspace.get() {
            Some(name) => name.clone(),
            None => {
                let known = self.accounts.workspace(&signed.cx).await?.map(|w| w.name).unwrap_or_default();
                self.workspace.get_or_init(|| known).clone()
            }
        };
        let waiting = self.accounts.notices().waiting(&signed.cx, signed.device.as_deref()).await?;
        let to_approve = self.approvals.count(&signed.cx).await?;
        let suggested = if signed.cx.may::<Read>("contact") { self.proposals.count(&signed.cx).await? } else { 0 };
        let view = Frame {
            lang: signed.cx.lang(),
            user: &signed.user,
            cx: &signed.cx,
            csrf: &signed.csrf,
            fresh: signed.fresh,
            workspace: &workspace,
            title: place.title,
            here: place.here,
            waiting: &waiting,
            to_approve,
            suggested,
            now: self.db.now(),
            script: place.script,
        };
        Ok((status, html(&frame(&view, body))).into_response())
    }

    /// Finds out what linked records and people are called.
    pub(crate) fn names<'a>(
        &self,
        tx: &ReadTx<'_>,
        records: impl IntoIterator<Item = &'a Record>,
    ) -> Result<Names, Refusal> {
        let records: Vec<&Record> = records.into_iter().collect();
        let links: Vec<RecordRef> = self.records.links_of(records.iter().copied());
        let titles = self.records.titles_of(tx, links)?.into_iter().map(|(id, title)| (id.uuid(), title)).collect();
        let owners: Vec<UserId> = records.iter().filter_map(|r| authz::Resource::owner(*r)).collect();
        Ok(Names { titles, people: self.people(tx, &owners)? })
    }

    /// Finds out what people are called.
    pub(crate) fn people(&self, tx: &ReadTx<'_>, ids: &[UserId]) -> Result<HashMap<UserId, String>, Refusal> {
        let names = self.accounts.names_of(tx, ids)?;
        Ok(names.into_iter().map(|(id, name)| (id, name.to_string())).collect())
    }
}

/// Makes an answer of markup.
pub(crate) fn html(markup: &Markup) -> Response {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], markup.0.clone()).into_response()
}

/// Sends a file to keep, not to look at.
pub(crate) fn attachment(body: impl IntoResponse, kind: &'static str, name: &str) -> Response {
    let mut response = ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response();
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// Sends the browser to another page with GET (RFC 9110 §15.4.4).
pub(crate) fn see_other(url: &str) -> Response {
    axum::response::Redirect::to(url).into_response()
}
