//! What says who may do what, changed by somebody with the tables: nobody gets in by it, gets more, or makes it genuine by writing over it.

use std::time::Duration;

use accounts::{AccountFault, Preferences, SignIn};
use authz::{Charter, Level, Role};
use crypto::Secret;
use kernel::{Fault as _, Lang};
use ledger::{Origin, Via};
use testkit::{Actor, App, PASSWORD};
use tokens::Presented;

use crate::support::ledger::acts;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    an_account_that_was_altered_lets_nobody_in => super::accounts;
    a_session_that_was_altered_or_woken_up_is_none => super::sessions;
    a_token_that_was_altered_is_refused => super::tokens;
    a_link_that_was_given_to_another_opens_nothing => super::links;
    roles_teams_and_rules_that_were_altered_stop_everybody => super::whole;
    a_share_that_nobody_made_opens_nothing => super::shares;
    nothing_becomes_genuine_by_being_written_over => super::over;
    an_operator_takes_what_stands_there_for_genuine => super::accepted;
}

struct Set {
    app: App,
    raw: Raw,
    eve: Actor,
    founder: Actor,
}

async fn set(app: App) -> Set {
    let (eve, founder) = (app.person("Eve Long", Role::Agent).await, app.founder().await);
    let raw = Raw::data(&app).await;
    Set { app, raw, eve, founder }
}

impl Set {
    /// What came of a session's cookie, once nobody remembers it.
    async fn recognised(&self, actor: &Actor) -> &'static str {
        self.app.clock.advance(Duration::from_secs(3));
        let (origin, request) = (Origin::via(Via::Web), self.app.request());
        code(self.app.accounts.authenticate_session(&actor.cookie, origin, request, Lang::En).await.map(|_| ()))
    }

    async fn signs_in(&self, email: &str) -> &'static str {
        let nobody = authz::Cx::nobody(Origin::via(Via::Web), self.app.request(), Lang::En);
        let password = Secret::new(PASSWORD.to_owned());
        let attempt = SignIn { email: email.to_owned(), password, previous: None, device: None };
        code(self.app.accounts.sign_in(&nobody, attempt).await.map(|_| ()))
    }

    /// Keeps a table as it is, to put its rows back from.
    async fn keep(&self, table: &str) {
        self.raw.run(&format!("create table kept_{table} as select * from {table}")).await;
    }

    /// Puts the rows of a table back.
    async fn restore(&self, table: &str) {
        let columns = self.raw.columns(table).await;
        let set: Vec<String> = columns
            .iter()
            .filter(|column| column.name != "id")
            .map(|column| format!("{0} = (select {0} from kept_{table} k where k.id = {table}.id)", column.name))
            .collect();
        self.raw.run(&format!("update {table} set {}", set.join(", "))).await;
    }
}

fn code(result: Result<(), AccountFault>) -> &'static str {
    result.map_or_else(|fault| fault.code(), |()| "good")
}

/// Fails when: a column of an account is left out of its mark, or an account is used without looking at it.
async fn accounts(app: App) {
    let set = set(app).await;
    set.keep("app_user").await;
    let (own, ada) = (set.raw.id(set.eve.id.uuid()), set.raw.id(set.founder.id.uuid()));
    let of_ada = |column: &str| format!("{column} = (select {column} from kept_app_user where id = {ada})");
    for change in [
        "roles = 'administrator'".to_owned(),
        "roles = roles || ' manager'".to_owned(),
        of_ada("password"),
        of_ada("subject_id"),
        of_ada("sealed"),
        of_ada("mark"),
        "password = null".to_owned(),
        "state = 'invited'".to_owned(),
        "version = version + 1".to_owned(),
        "mark = null".to_owned(),
    ] {
        set.raw.run(&format!("update app_user set {change} where id = {own}")).await;
        assert_eq!(set.recognised(&set.eve).await, "row-altered", "{change}");
        assert_eq!(set.signs_in(&set.eve.email).await, "row-altered", "{change}");
        set.restore("app_user").await;
        assert_eq!(set.recognised(&set.eve).await, "good", "{change}");
    }
    // The password of one under the address of another.
    set.raw
        .run(&format!(
            "update app_user set password = (select password from kept_app_user where id = {own}) where id = {ada}"
        ))
        .await;
    assert_eq!(set.signs_in(&set.founder.email).await, "row-altered");
    set.restore("app_user").await;
    assert_eq!(set.signs_in(&set.founder.email).await, "good");
    // It stands in the ledger, though what was tried was refused.
    sequence::settle(&set.app.db, &jobs::system_cx(&set.app.db)).await.unwrap();
    let told = acts(&set.raw).await.into_iter().flat_map(|act| act.lines);
    assert!(told.filter(|line| line.verb == "damage" && line.ids.contains(&set.eve.id.uuid())).count() > 5);
    set.raw.run("drop table kept_app_user").await;
    set.app.finish(&[]).await;
}

/// Fails when: a session is taken for somebody else's, for a stronger one, or for one that goes on.
async fn sessions(app: App) {
    let set = set(app).await;
    set.keep("session").await;
    let (own, ada) = (set.raw.id(set.eve.id.uuid()), set.raw.id(set.founder.id.uuid()));
    for change in [
        format!("user_id = {ada}"),
        "level = 3".to_owned(),
        "level_at = level_at + 1".to_owned(),
        "until = until + 1".to_owned(),
        "family_hash = secret_hash".to_owned(),
        "mark = null".to_owned(),
    ] {
        set.raw.run(&format!("update session set {change} where user_id = {own}")).await;
        assert_eq!(set.recognised(&set.eve).await, "signed-out", "{change}");
        set.restore("session").await;
        assert_eq!(set.recognised(&set.eve).await, "good", "{change}");
    }
    // One that has ended.
    let session = set.eve.cx.session().unwrap();
    set.app.accounts.end_session(&set.eve.cx, session).await.unwrap();
    set.raw.run(&format!("update session set ended_at = null where user_id = {own}")).await;
    assert_eq!(set.recognised(&set.eve).await, "signed-out");
    set.raw.run("drop table kept_session").await;
    set.app.finish(&[]).await;
}

/// Fails when: a token acts for another, for more, for longer, or again.
async fn tokens(app: App) {
    let set = set(app).await;
    let token = set.app.token(&set.eve).await;
    set.keep("api_token").await;
    let tried = async || {
        set.app.clock.advance(Duration::from_secs(3));
        let (origin, request) = (Origin::via(Via::Api), set.app.request());
        let tried = set.app.tokens.authenticate(Presented::Bearer(&token), origin, request, Lang::En).await;
        tried.map_or_else(|fault| fault.code(), |_| "good")
    };
    assert_eq!(tried().await, "good");
    for change in [
        format!("user_id = {}", set.raw.id(set.founder.id.uuid())),
        "terms = null".to_owned(),
        "expires_at = expires_at + 1".to_owned(),
        "mark = null".to_owned(),
    ] {
        set.raw.run(&format!("update api_token set {change}")).await;
        assert_eq!(tried().await, "row-altered", "{change}");
        set.restore("api_token").await;
        assert_eq!(tried().await, "good", "{change}");
    }
    set.raw.run("drop table kept_api_token").await;
    set.app.finish(&[]).await;
}

/// Fails when: a link that somebody got for themselves opens the account of another.
async fn links(app: App) {
    let set = set(app).await;
    let invitation = accounts::Invitation {
        email: "new.one@example.org".to_owned(),
        name: "New One".to_owned(),
        roles: vec![Role::Viewer],
    };
    let (_, link) = set.app.accounts.invite(&set.app.operator(), invitation).await.unwrap();
    set.raw
        .run(&format!("update link set user_id = {} where used_at is null", set.raw.id(set.founder.id.uuid())))
        .await;
    let nobody = authz::Cx::nobody(Origin::via(Via::Web), set.app.request(), Lang::En);
    let joining = accounts::Joining { name: "Ada".to_owned(), password: Secret::new(PASSWORD.to_owned()) };
    assert_eq!(code(set.app.accounts.join(&nobody, link.token, joining).await.map(|_| ())), "row-altered");
    set.app.finish(&[]).await;
}

/// Fails when: a right that somebody added, or a rule that somebody took away, is taken for what the workspace set.
async fn whole(app: App) {
    let set = set(app).await;
    let objects = set.app.records.objects().clone();
    let charter = Charter::default().grant(authz::Area::Records, authz::Verb::Read, authz::Reach::Own);
    let save = move |tx: &mut db::WriteTx<'_>| roles::save(tx, &objects, Role::Agent, "Agent", &charter);
    set.app.db.write(&set.founder.proved(&set.app, Level::Resistant), save).await.unwrap();
    assert_eq!(set.recognised(&set.eve).await, "good");
    set.raw.run("create table kept_grant as select * from role_grant").await;
    let grants = "delete from role_grant; insert into role_grant select * from kept_grant";
    let eve = set.raw.id(set.eve.id.uuid());
    for (change, back) in [
        ("update role_grant set reach = 'all'".to_owned(), grants),
        ("delete from role_grant".to_owned(), grants),
        (
            "insert into role_field (role, object, field, rule) values ('agent', 'contact', 'phone', 'hidden')"
                .to_owned(),
            "delete from role_field",
        ),
        (
            format!(
                "insert into team (id, name, created_at) values ({eve}, 'All', 1); insert into team_member (user_id, team_id) values ({eve}, {eve})"
            ),
            "delete from team_member; delete from team",
        ),
        (
            "update role_policy set danger = 1, sign_in = 1, minutes = 719".to_owned(),
            "update role_policy set minutes = 720",
        ),
    ] {
        set.raw.run(&change).await;
        assert_eq!(set.recognised(&set.eve).await, "row-altered", "{change}");
        set.raw.run(back).await;
        assert_eq!(set.recognised(&set.eve).await, "good", "{change}");
    }
    set.raw.run("drop table kept_grant").await;
    set.app.finish(&[]).await;
}

/// Fails when: somebody shares a record with themselves by a row.
async fn shares(app: App) {
    let set = set(app).await;
    let hers = set.founder.create("contact", &[("name", "Wilma Kept")]).await.unwrap();
    let (own, id) = (set.raw.id(set.eve.id.uuid()), set.raw.id(hers.id.uuid()));
    set.raw
        .run(&format!(
            "insert into record_share (id, object, record_id, user_id, may_change, until, by_user, created_at) \
             select {id}, 'contact', {id}, {own}, id = {own}, 9000000000000000, {own}, 1 from app_user where id = {own}"
        ))
        .await;
    assert_eq!(set.recognised(&set.eve).await, "row-altered");
    set.raw.run("delete from record_share").await;
    assert_eq!(set.recognised(&set.eve).await, "good");
    set.app.finish(&[]).await;
}

/// Fails when: a row that was altered gets a new mark because somebody changes something else in it.
async fn over(app: App) {
    let set = set(app).await;
    let own = set.raw.id(set.eve.id.uuid());
    set.raw.run(&format!("update app_user set roles = 'administrator' where id = {own}")).await;
    // By herself, in the second in which her session is still remembered, and by whoever may.
    let liked = set.app.accounts.set_preferences(&set.eve.cx, Preferences::default()).await;
    assert_eq!(code(liked), "row-altered");
    let proved = set.founder.proved(&set.app, Level::Resistant);
    assert_eq!(code(set.app.accounts.disable_person(&proved, set.eve.id).await), "row-altered");
    let roles = set.app.accounts.change_roles(&proved, set.eve.id, vec![Role::Manager]).await;
    assert_eq!(code(roles), "row-altered");
    assert_eq!(set.recognised(&set.eve).await, "row-altered");
    set.app.finish(&[]).await;
}

/// Fails when: an operator cannot bring a house back in which somebody repaired rows, or it leaves no line.
async fn accepted(app: App) {
    let set = set(app).await;
    let own = set.raw.id(set.eve.id.uuid());
    set.raw.run(&format!("update app_user set roles = 'viewer' where id = {own}")).await;
    let found = set.app.db.read(&set.app.operator(), db::altered).await.unwrap();
    assert_eq!(found, [("user", Some(set.eve.id.uuid()))]);
    assert!(set.app.db.accept_rights(&set.app.operator()).await.unwrap() > 3);
    assert_eq!(set.recognised(&set.eve).await, "good");
    sequence::settle(&set.app.db, &jobs::system_cx(&set.app.db)).await.unwrap();
    let lines: Vec<_> = acts(&set.raw).await.into_iter().flat_map(|act| act.lines).collect();
    assert_eq!(lines.iter().filter(|line| line.verb == "rights-accept").count(), 1);
    // Once marked, rows are not marked again by a start.
    set.raw.run(&format!("update app_user set roles = 'manager' where id = {own}")).await;
    let again = crate::attack::budget::opened(&set.app).await;
    assert_eq!(again.read(&set.app.operator(), db::altered).await.unwrap().len(), 1);
    set.app.finish(&[]).await;
}
