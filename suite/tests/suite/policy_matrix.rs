//! Role, action, object, relation: what the policy says, as a file; and the use cases asked whether they do what it says.

use authz::{
    Action, Bulk, Configure, Create, Cx, Delete, Denied, Erase, Export, Facts, Grant, Identity, Import, Merge, Read,
    Reveal, Rights, Role, Share, Shared, Update, Verb, decide, permit,
};
use kernel::{FixedClock, Lang, ObjectName, RequestId, SeededChance, TeamId, Timestamp, UserId, Uuid};
use ledger::{ActorRef, Origin, Via};
use records::{Change, RecordFault, RecordRef};
use testkit::{Actor, App};

use crate::support::assert_committed;

testkit::on_both_engines! {
    use_cases_do_what_the_matrix_says => super::use_cases;
}

const LEGEND: &str = "\
Who may do what. One row a role and an object, one column an action. The seven signs of a cell are about a thing that is
one's own, one's team's, of a team below, a colleague's, nobody's, a colleague's that was shared to be seen, and one that was
shared to be changed:  + granted   - forbidden   . hidden (answered like what does not exist).
Behind the bar: whether it may be done to the object as a whole, in one's own name.
";

/// One of each area, and an object that somebody may make up one day.
const OBJECTS: &[&str] = &[
    "contact",
    "company",
    "deal",
    "note",
    "task",
    "import",
    "custom_thing",
    "user",
    "session",
    "token",
    "link",
    "ledger",
    "canary",
    "key",
    "integrity",
    "workspace",
    "setting",
    "job",
    "role",
];

/// Whose a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Own,
    Team,
    Below,
    Colleague,
    Nobody,
    Shared,
    Lent,
}

const RELATIONS: [Relation; 7] = [
    Relation::Own,
    Relation::Team,
    Relation::Below,
    Relation::Colleague,
    Relation::Nobody,
    Relation::Shared,
    Relation::Lent,
];

fn me() -> UserId {
    UserId::from_uuid(Uuid::from_u128(1))
}

fn team() -> TeamId {
    TeamId::from_uuid(Uuid::from_u128(2))
}

fn below() -> TeamId {
    TeamId::from_uuid(Uuid::from_u128(5))
}

/// The record that a colleague shared: to be seen, or to be changed too.
fn shared(change: bool) -> Shared {
    Shared { id: Uuid::from_u128(if change { 7 } else { 6 }), change }
}

#[expect(clippy::disallowed_methods, reason = "the matrix is about every role, signed in or not")]
fn cx(role: Role) -> Cx {
    let clock = FixedClock::at(Timestamp::from_micros(0));
    let request = RequestId::new(kernel::Clock::now(&clock), &SeededChance::new(1));
    let shares = OBJECTS
        .iter()
        .flat_map(|object| [false, true].map(|change| (ObjectName::parse(object).unwrap(), shared(change))));
    let rights = Rights::of(&[role]).in_teams(vec![team()], vec![below()]).sharing(shares);
    let identity = Identity { actor: ActorRef::User(me()), person: Some(me()), session: None, rights: rights.into() };
    Cx::mint(identity, Origin::via(Via::Web), request, Lang::En)
}

fn facts(object: &str, relation: Relation) -> Facts {
    let colleague = UserId::from_uuid(Uuid::from_u128(3));
    let (owner, team) = match relation {
        Relation::Own => (Some(me()), None),
        Relation::Team => (Some(colleague), Some(team())),
        Relation::Below => (Some(colleague), Some(below())),
        Relation::Colleague | Relation::Shared | Relation::Lent => (Some(colleague), None),
        Relation::Nobody => (None, None),
    };
    let id = match relation {
        Relation::Shared => shared(false).id,
        Relation::Lent => shared(true).id,
        _ => Uuid::from_u128(4),
    };
    Facts { object: ObjectName::parse(object).unwrap(), id, owner, team }
}

const fn sign<T>(decision: &Result<T, Denied>) -> char {
    match decision {
        Ok(_) => '+',
        Err(Denied::Forbidden(_)) => '-',
        Err(Denied::Hidden) => '.',
        Err(Denied::StepUp(_) | Denied::SignDevice | Denied::NeedsApproval(_)) => '?',
    }
}

fn cell<A: Action>(cx: &Cx, object: &str) -> String {
    let mut signs: String = RELATIONS.map(|relation| sign(&decide::<A>(cx, facts(object, relation)))).iter().collect();
    signs.push('|');
    signs.push(sign(&permit::<A>(cx, facts(object, Relation::Own))));
    signs
}

/// Asks about an action by its value; a new one does not compile until it is asked about.
fn asked(verb: Verb, cx: &Cx, object: &str) -> String {
    match verb {
        Verb::Read => cell::<Read>(cx, object),
        Verb::Reveal => cell::<Reveal>(cx, object),
        Verb::Create => cell::<Create>(cx, object),
        Verb::Update => cell::<Update>(cx, object),
        Verb::Delete => cell::<Delete>(cx, object),
        Verb::Share => cell::<Share>(cx, object),
        Verb::Export => cell::<Export>(cx, object),
        Verb::Import => cell::<Import>(cx, object),
        Verb::Bulk => cell::<Bulk>(cx, object),
        Verb::Merge => cell::<Merge>(cx, object),
        Verb::Erase => cell::<Erase>(cx, object),
        Verb::Grant => cell::<Grant>(cx, object),
        Verb::Configure => cell::<Configure>(cx, object),
    }
}

/// Fails when: any set in `authz/src/role.rs`, any reach in `decide` or `permit` changes.
#[test]
fn the_policy_is_the_committed_one() {
    let mut table = format!("{LEGEND}\n{:<17}{:<13}", "role", "object");
    for verb in Verb::ALL {
        table.push_str(&format!("{:<13}", verb.name()));
    }
    for role in Role::ALL {
        table.push('\n');
        for object in OBJECTS {
            let cells: String =
                Verb::ALL.iter().map(|verb| format!("{:<13}", asked(*verb, &cx(*role), object))).collect();
            table.push_str(&format!("\n{:<17}{object:<13}{}", role.code(), cells.trim_end()));
        }
    }
    table.push('\n');
    let table: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    assert_committed("policy_matrix.txt", &table);
}

/// What a use case came to, in the signs of the matrix.
fn outcome<T>(result: Result<T, RecordFault>) -> char {
    match result {
        Ok(_) => '+',
        Err(RecordFault::Denied(Denied::Forbidden(_))) => '-',
        Err(RecordFault::Denied(Denied::Hidden) | RecordFault::NotFound) => '.',
        Err(other) => panic!("neither done nor denied: {other:?}"),
    }
}

/// Makes a contact that stands in a relation to somebody.
async fn contact(app: &App, by: &Actor, (relation, somebody): (Relation, UserId)) -> RecordRef {
    let mut change = Change::new().text("name", "Somebody").text("national_id", "X1");
    let cx = match relation {
        Relation::Nobody => nobody(app),
        Relation::Own => {
            change = change.owned_by(somebody);
            by.cx.clone()
        }
        Relation::Team | Relation::Below | Relation::Colleague | Relation::Shared | Relation::Lent => by.cx.clone(),
    };
    let records = app.records.clone();
    app.db.write(&cx, move |tx| records.create_record(tx, "contact", change).map(|made| made.at())).await.unwrap()
}

/// Returns the context of a worker that makes records which belong to nobody.
#[expect(clippy::disallowed_methods, reason = "a test is its own worker")]
fn nobody(app: &App) -> Cx {
    let rights = Rights::of(&[Role::Manager]).into();
    let identity = Identity { actor: ActorRef::System, person: None, session: None, rights };
    Cx::mint(identity, Origin::via(Via::Command), app.request(), Lang::En)
}

/// Does to a record what `verb` says.
async fn act(actor: &Actor, verb: Verb, at: &RecordRef) -> char {
    let at = at.clone();
    match verb {
        Verb::Read => outcome(actor.record(&at).await),
        Verb::Reveal => {
            outcome(actor.read(move |records, tx| records.reveal_field(tx, &at, "national_id", "asked for")).await)
        }
        Verb::Update => outcome(actor.update(&at, None, &[("city", "Oslo")]).await),
        Verb::Delete => outcome(actor.write(move |records, tx| records.delete_record(tx, &at, None)).await),
        other => panic!("no use case does {other:?}"),
    }
}

/// Fails when: a use case of `records` opens a row for another action than it does, or does not open it at all.
async fn use_cases(app: App) {
    let founder = app.founder().await;
    for role in Role::ALL {
        let actor = app.person(&format!("Some {}", role.code().replace('_', " ")), *role).await;
        for relation in [Relation::Own, Relation::Colleague, Relation::Nobody] {
            for verb in [Verb::Read, Verb::Reveal, Verb::Update, Verb::Delete] {
                let at = contact(&app, &founder, (relation, actor.id)).await;
                let says = asked(verb, &cx(*role), "contact");
                let expected = says.chars().nth(RELATIONS.iter().position(|r| *r == relation).unwrap()).unwrap();
                assert_eq!(act(&actor, verb, &at).await, expected, "{role:?} {verb:?} {relation:?}");
            }
        }
        let made = actor.create("contact", &[("name", "New")]).await;
        assert_eq!(Some(outcome(made)), asked(Verb::Create, &cx(*role), "contact").chars().last(), "{role:?} create");
        let listed =
            actor.read(|records, tx| records.list_records(tx, "contact", &records::ListQuery::default())).await;
        assert_eq!(Some(outcome(listed)), asked(Verb::Read, &cx(*role), "contact").chars().last(), "{role:?} list");
        let given = Change::from_form([("name", "Theirs")]).owned_by(founder.id);
        let given = actor.write(move |records, tx| records.create_record(tx, "contact", given).map(|_| ())).await;
        // In a colleague's name: only who may make anybody's.
        let expected = if *role == Role::Manager { '+' } else { '-' };
        assert_eq!(outcome(given), expected, "{role:?} create for a colleague");
    }
    app.finish(&[]).await;
}
