//! Who is told about whom.

use accounts::{Invitation, State};
use authz::Role;
use kernel::{Id, UserId, Uuid};
use ledger::verbs;

use crate::house::{FOUNDER, House, MINUTE, code};

const AGENT: &str = "tomas@brightloom.example";

on_both_engines! {
    people_are_listed_to_whoever_may_see_them;
    names_are_known_to_colleagues_only;
    standing_is_told_to_the_operator_only;
}

async fn people_are_listed_to_whoever_may_see_them(house: House) {
    let founder = house.founded().await;
    house.clock.advance(MINUTE);
    let invitation = Invitation { email: AGENT.to_owned(), name: "Tomás".to_owned(), roles: vec![Role::Agent] };
    house.accounts.invite(&founder.cx, invitation).await.unwrap();
    let people = house.accounts.list_people(&founder.cx).await.unwrap();
    let told: Vec<_> =
        people.iter().map(|person| (person.name.as_str(), person.email.as_str(), person.state)).collect();
    assert_eq!(told, [("Mei Chen", FOUNDER, State::Active), ("Tomás", AGENT, State::Invited)]);
    let listed = house.lines_of(verbs::LIST).await;
    assert_eq!(listed[0].ids.len(), 2);
}

async fn names_are_known_to_colleagues_only(house: House) {
    let founder = house.founded().await;
    let agent = house.joined(&founder.cx, AGENT, &[Role::Agent]).await;
    let stranger: UserId = Id::from_uuid(Uuid::from_u128(7));
    let ids = vec![founder.user.id, agent.user.id, stranger, agent.user.id];
    for _ in 0..2 {
        let names = house.accounts.names(&agent.cx, ids.clone()).await.unwrap();
        assert_eq!(names.len(), 2);
        assert_eq!(&*names[&founder.user.id], "Mei Chen");
    }
    assert_eq!(house.lines_of(verbs::LIST).await.len(), 2);
    assert_eq!(code(house.accounts.names(&house.nobody(), ids).await), "signed-out");
}

async fn standing_is_told_to_the_operator_only(house: House) {
    let founder = house.founded().await;
    let standing = house.accounts.standing_of(&house.operator(), FOUNDER).await.unwrap();
    assert_eq!(standing.user, founder.user.id);
    assert_eq!(code(house.accounts.standing_of(&founder.cx, FOUNDER).await), "not-found");
    assert_eq!(code(house.accounts.standing_of(&house.operator(), "x@y.example").await), "nobody-there");
    let agent = house.joined(&founder.cx, AGENT, &[Role::Agent]).await;
    house.accounts.disable_person(&founder.cx, agent.user.id).await.unwrap();
    assert_eq!(code(house.accounts.standing(&house.operator(), agent.user.id).await), "nobody-there");
}
