use std::time::Duration;

use kernel::{FixedClock, Lang, SeededChance, Timestamp};
use ledger::{ActorRef, Origin, Via};

use super::*;
use crate::{
    Assurance, Bulk, Configure, Create, Delete, Demand, Device, Erase, Export, Grant, Identity, Import, Merge, Proof,
    Reveal, Rights, Role, Share, Update,
};

fn me() -> UserId {
    UserId::from_uuid(Uuid::from_u128(1))
}

fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

/// Somebody with every role, who proved `level` so many minutes ago.
#[expect(clippy::disallowed_methods, reason = "a decision is about somebody")]
fn cx(level: Level, ago: u64, demand: Demand) -> Cx {
    let at = Timestamp::from_micros(0);
    let request = RequestId::new(kernel::Clock::now(&FixedClock::at(at)), &SeededChance::new(1));
    let identity = Identity {
        actor: ActorRef::User(me()),
        person: Some(me()),
        session: None,
        rights: Rights::of(Role::ALL).into(),
    };
    let proof =
        Proof { assurance: Assurance { level, at }, demand, device: Device::Untied, now: at.plus(minutes(ago)) };
    Cx::mint_proven(identity, proof, Origin::via(Via::Web), request, Lang::En)
}

fn facts(object: &str) -> Facts {
    Facts { object: ObjectName::parse(object).unwrap(), id: Uuid::from_u128(4), owner: Some(me()), team: None }
}

/// Asks all three doors about an action on the object its right is about.
fn asked<A: Action>(cx: &Cx) -> [Option<Denied>; 3] {
    let object = match A::VERB {
        Verb::Grant => "user",
        Verb::Configure => "setting",
        _ => "contact",
    };
    [
        decide::<A>(cx, facts(object)).err(),
        permit::<A>(cx, facts(object)).err(),
        scope::<A>(cx, &facts(object).object).err(),
    ]
}

fn all(cx: &Cx) -> Vec<(Verb, [Option<Denied>; 3])> {
    vec![
        (Verb::Read, asked::<Read>(cx)),
        (Verb::Reveal, asked::<Reveal>(cx)),
        (Verb::Create, asked::<Create>(cx)),
        (Verb::Update, asked::<Update>(cx)),
        (Verb::Delete, asked::<Delete>(cx)),
        (Verb::Share, asked::<Share>(cx)),
        (Verb::Export, asked::<Export>(cx)),
        (Verb::Import, asked::<Import>(cx)),
        (Verb::Bulk, asked::<Bulk>(cx)),
        (Verb::Merge, asked::<Merge>(cx)),
        (Verb::Erase, asked::<Erase>(cx)),
        (Verb::Grant, asked::<Grant>(cx)),
        (Verb::Configure, asked::<Configure>(cx)),
    ]
}

/// Fails when: `dare` is not called in one of the doors, or an action loses its danger.
#[test]
fn a_dangerous_act_needs_a_strong_and_fresh_proof() {
    let dangerous = [Verb::Reveal, Verb::Export, Verb::Erase, Verb::Grant, Verb::Configure];
    for asks in Level::ALL.iter().copied() {
        let demand = Demand { danger: asks, ..Demand::default() };
        for level in Level::ALL.iter().copied() {
            for (ago, fresh) in [(0, true), (10, true), (11, false), (600, false)] {
                let answers = all(&cx(level, ago, demand));
                assert_eq!(answers.len(), Verb::ALL.len());
                for (verb, answers) in answers {
                    let good = !dangerous.contains(&verb) || (level >= asks && fresh);
                    let expected = (!good).then_some(Denied::StepUp(asks));
                    assert_eq!(answers, [expected; 3], "{verb:?} {level:?} {ago}, asked {asks:?}");
                }
            }
        }
    }
}

/// Fails when: `mint_proven` leaves the roles of whoever has proved too little.
#[test]
fn who_owes_a_proof_has_no_rights() {
    let demand = Demand { sign_in: Level::Multi, ..Demand::default() };
    let owing = cx(Level::Single, 0, demand);
    assert_eq!((owing.owes(), owing.roles()), (Some(Level::Multi), &[][..]));
    for (verb, answers) in all(&owing) {
        assert!(answers.iter().all(Option::is_some), "{verb:?}");
        assert!(!answers.contains(&Some(Denied::StepUp(Level::Resistant))), "{verb:?}");
    }
    assert_eq!(cx(Level::Multi, 600, demand).owes(), None);
}

#[test]
fn a_step_up_tells_nothing_about_what_is_hidden() {
    let demand = Demand::default();
    let stranger = |owner| Facts { owner, ..facts("contact") };
    let other = UserId::from_uuid(Uuid::from_u128(9));
    let agent = one_role(Role::Agent, demand);
    assert_eq!(decide::<Reveal>(&agent, stranger(Some(other))).err(), Some(Denied::Hidden));
    assert_eq!(decide::<Reveal>(&agent, stranger(Some(me()))).err(), Some(Denied::StepUp(Level::Resistant)));
    let viewer = one_role(Role::Viewer, demand);
    assert_eq!(decide::<Reveal>(&viewer, stranger(Some(me()))).err(), Some(Denied::Forbidden(Verb::Reveal)));
}

#[expect(clippy::disallowed_methods, reason = "a decision is about somebody")]
fn one_role(role: Role, demand: Demand) -> Cx {
    let all = cx(Level::Single, 0, demand);
    let identity =
        Identity { actor: all.actor(), person: all.person(), session: None, rights: Rights::of(&[role]).into() };
    let at = Timestamp::from_micros(0);
    let proof = Proof { assurance: Assurance { level: Level::Single, at }, demand, device: Device::Untied, now: at };
    Cx::mint_proven(identity, proof, all.origin().clone(), all.request(), all.lang())
}

#[test]
fn the_code_of_a_step_up_says_how_strong() {
    for level in Level::ALL.iter().copied() {
        assert_eq!(Denied::step_up_of(Denied::StepUp(level).code()), Some(level));
    }
    for other in ["step-up-", "step-up", "forbidden", "step-up-x"] {
        assert_eq!(Denied::step_up_of(other), None);
    }
}

/// Fails when: the gate does not ask what the browser has shown, or asks before the right is there.
#[test]
#[expect(clippy::disallowed_methods, reason = "a decision is about somebody")]
fn a_silent_browser_does_nothing_dangerous_and_all_the_rest() {
    let at = Timestamp::from_micros(0);
    for (device, expected) in
        [(Device::Silent, Some(Denied::SignDevice)), (Device::Signed, None), (Device::Untied, None)]
    {
        let request = RequestId::new(at, &SeededChance::new(1));
        let identity = Identity {
            actor: ActorRef::User(me()),
            person: Some(me()),
            session: None,
            rights: Rights::of(Role::ALL).into(),
        };
        let assurance = Assurance { level: Level::Resistant, at };
        let proof = Proof { assurance, demand: Demand::default(), device, now: at };
        let cx = Cx::mint_proven(identity, proof, Origin::via(Via::Web), request, Lang::En);
        for (verb, doors) in all(&cx) {
            let wanted = expected.filter(|_| verb.is_dangerous());
            assert_eq!(doors, [wanted; 3], "{verb:?} {device:?}");
        }
    }
}
