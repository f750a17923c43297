//! Somebody who signed in.

use accounts::SignIn;
use authz::{Assurance, Cx, Device, Identity, Level, Proof, Read};
use crypto::Secret;
use db::{Permitted, ReadTx, WriteTx};
use kernel::{Clock as _, Lang, UserId};
use ledger::{Origin, Via};
use records::{Change, Record, RecordFault, RecordRef, Records};

use crate::App;
use crate::app::PASSWORD;

/// Somebody who signed in; a value that acts.
pub struct Actor {
    /// The context of the session.
    pub cx: Cx,
    /// The session's cookie.
    pub cookie: String,
    /// The person.
    pub id: UserId,
    /// Their e-mail address.
    pub email: String,
    db: db::Db,
    records: Records,
}

impl Actor {
    pub(crate) async fn sign_in(app: &App, email: &str) -> Self {
        let nobody = Cx::nobody(Origin::via(Via::Web), app.request(), Lang::En);
        let attempt = SignIn {
            email: email.to_owned(),
            password: Secret::new(PASSWORD.to_owned()),
            previous: None,
            device: None,
        };
        let session = app.accounts.sign_in(&nobody, attempt).await.unwrap();
        let cookie = session.cookie.expose().clone();
        let signed =
            app.accounts.authenticate_session(&cookie, Origin::via(Via::Web), app.request(), Lang::En).await.unwrap();
        Self {
            cx: signed.cx,
            cookie,
            id: session.user,
            email: email.to_owned(),
            db: app.db.clone(),
            records: app.records.clone(),
        }
    }

    /// Signs somebody in who is there already.
    pub async fn again(app: &App, email: &str) -> Self {
        Self::sign_in(app, email).await
    }

    /// Returns the context of the same session after a proof just now, as if the person had given it on a page.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a test proves for its people")]
    pub fn proved(&self, app: &App, level: Level) -> Cx {
        let assurance = Assurance { level, at: app.clock.now() };
        let demand = self.cx.demand().unwrap_or_default();
        let proof = Proof { assurance, demand, device: Device::Untied, now: app.clock.now() };
        let identity = Identity {
            actor: self.cx.actor(),
            person: self.cx.person(),
            session: self.cx.session(),
            rights: std::sync::Arc::clone(self.cx.rights()),
        };
        Cx::mint_proven(identity, proof, self.cx.origin().clone(), app.request(), self.cx.lang())
    }

    /// Returns the same person, kept to the rows of an object that meet conditions as lists spell them: as a token keeps them, but with
    /// all that only people may do.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a test narrows its people")]
    pub fn kept_to(&self, app: &App, object: &str, conditions: &[&str]) -> Self {
        let object = app.records.object(object).unwrap();
        let currency = app.records.objects().currency();
        let rows = records::filter::kept(&object, currency, conditions.iter().copied(), self.id).unwrap();
        let rights = std::sync::Arc::unwrap_or_clone(std::sync::Arc::clone(self.cx.rights()));
        let rights = std::sync::Arc::new(rights.only(object.name.clone(), rows));
        let (actor, person, session) = (self.cx.actor(), self.cx.person(), self.cx.session());
        let identity = Identity { actor, person, session, rights };
        Self {
            cx: Cx::mint(identity, self.cx.origin().clone(), app.request(), self.cx.lang()),
            cookie: self.cookie.clone(),
            id: self.id,
            email: self.email.clone(),
            db: self.db.clone(),
            records: self.records.clone(),
        }
    }

    /// Runs a reading use case.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn read<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Records, &ReadTx<'_>) -> Result<T, RecordFault> + Send + 'static,
    ) -> Result<T, RecordFault> {
        let records = self.records.clone();
        self.db.read(&self.cx, move |tx| run(&records, tx)).await
    }

    /// Runs a writing use case.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn write<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Records, &mut WriteTx<'_>) -> Result<T, RecordFault> + Send + 'static,
    ) -> Result<T, RecordFault> {
        let records = self.records.clone();
        self.db.write(&self.cx, move |tx| run(&records, tx)).await
    }

    /// Makes a record from texts.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn create(&self, object: &str, fields: &[(&str, &str)]) -> Result<RecordRef, RecordFault> {
        let change = Change::from_form(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let object = kernel::ObjectName::parse(object).unwrap();
        self.write(move |records, tx| Ok(records.create_record(tx, object.as_str(), change)?.at())).await
    }

    /// Changes a record by texts, from a version if one is named, and returns the version it has then.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn update(
        &self,
        at: &RecordRef,
        version: Option<i64>,
        fields: &[(&str, &str)],
    ) -> Result<i64, RecordFault> {
        let change = Change::from_form(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let at = at.clone();
        self.write(move |records, tx| Ok(records.update_record(tx, &at, version, change)?.current_version())).await
    }

    /// Reads a record.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn record(&self, at: &RecordRef) -> Result<Permitted<Record, Read>, RecordFault> {
        let at = at.clone();
        self.read(move |records, tx| records.read_record(tx, &at)).await
    }
}
