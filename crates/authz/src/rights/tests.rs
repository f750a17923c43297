use super::*;

fn object(name: &str) -> ObjectName {
    ObjectName::parse(name).unwrap()
}

fn field(name: &str) -> FieldName {
    FieldName::parse(name).unwrap()
}

fn reads(reach: Reach) -> Charter {
    Charter::default().grant(Area::Records, Verb::Read, reach)
}

#[test]
fn several_roles_add_up() {
    let wide = reads(Reach::All).grant(Area::Records, Verb::Update, Reach::Own);
    let narrow = reads(Reach::Own).grant(Area::Ledger, Verb::Read, Reach::All);
    let both = wide.joined(&narrow);
    assert_eq!(both.reach("contact", Verb::Read), Some(Reach::All));
    assert_eq!(both.reach("contact", Verb::Update), Some(Reach::Own));
    assert_eq!(both.reach("ledger", Verb::Read), Some(Reach::All));
    assert_eq!(both.reach("user", Verb::Read), None);
    assert_eq!(narrow.joined(&wide), both);
}

/// Fails when: a role that does not name an object is taken to say nothing of it.
#[test]
fn an_object_that_only_one_role_names_is_one_of_its_area_for_the_other() {
    let no_deals = reads(Reach::All).name(object("deal"));
    assert_eq!((no_deals.reach("deal", Verb::Read), no_deals.reach("task", Verb::Read)), (None, Some(Reach::All)));
    for both in [no_deals.joined(&reads(Reach::Own)), reads(Reach::Own).joined(&no_deals)] {
        assert_eq!(both.reach("deal", Verb::Read), Some(Reach::Own));
        assert_eq!(both.reach("task", Verb::Read), Some(Reach::All));
    }
    for met in [no_deals.met_with(&reads(Reach::Own)), reads(Reach::Own).met_with(&no_deals)] {
        assert_eq!(met.reach("deal", Verb::Read), None);
        assert_eq!(met.reach("task", Verb::Read), Some(Reach::Own));
    }
}

#[test]
fn the_strictest_rule_of_a_field_counts_when_roles_add_up_and_when_they_meet() {
    let rule = |rule| reads(Reach::All).rule(object("contact"), field("email"), rule);
    for (one, other) in [(FieldRule::Hidden, FieldRule::ReadOnly), (FieldRule::ReadOnly, FieldRule::Hidden)] {
        assert_eq!(rule(one).joined(&rule(other)).field("contact", "email"), Some(FieldRule::Hidden));
        assert_eq!(rule(one).met_with(&rule(other)).field("contact", "email"), Some(FieldRule::Hidden));
    }
    assert_eq!(rule(FieldRule::Masked).joined(&reads(Reach::All)).field("contact", "email"), Some(FieldRule::Masked));
    assert!(FieldRule::Masked.covers() && FieldRule::Hidden.covers() && !FieldRule::ReadOnly.covers());
}

/// Fails when: a field that is not named stays in view, or two narrowings add up.
#[test]
fn what_is_not_kept_is_hidden_whatever_it_is_joined_with() {
    let kept =
        |names: &[&str]| Charter::default().keep(object("contact"), names.iter().map(|name| field(name)).collect());
    let one = kept(&["name", "email"]);
    for both in [reads(Reach::All).met_with(&one), one.met_with(&reads(Reach::All)), one.joined(&reads(Reach::All))] {
        assert_eq!((both.field("contact", "email"), both.field("deal", "amount")), (None, None));
        assert_eq!(both.field("contact", "defined_later"), Some(FieldRule::Hidden));
        assert!(both.is_ruled("contact") && !both.is_ruled("deal"));
    }
    let met = one.met_with(&kept(&["email", "city"]));
    assert_eq!((met.field("contact", "email"), met.field("contact", "name")), (None, Some(FieldRule::Hidden)));
    assert_eq!(met.field("contact", "city"), Some(FieldRule::Hidden));
    let masked = one.met_with(&Charter::default().rule(object("contact"), field("email"), FieldRule::Masked));
    assert_eq!(masked.field("contact", "email"), Some(FieldRule::Masked));
    let rights = Rights::of(&[Role::Manager]).keeping(object("contact"), [field("name")].into());
    assert_eq!(rights.charter().field("contact", "email"), Some(FieldRule::Hidden));
    assert_eq!(rights.reach("contact", Verb::Update), Rights::of(&[Role::Manager]).reach("contact", Verb::Update));
}

/// Fails when: what narrows rights can widen one of them.
#[test]
fn narrowing_never_widens() {
    let every = |role: &Role| Rights::of(&[*role]);
    for (mine, theirs) in Role::ALL.iter().flat_map(|mine| Role::ALL.iter().map(move |theirs| (mine, theirs))) {
        let (mine, theirs) = (every(mine), every(theirs));
        let met = mine.met_with(&theirs);
        for object in ["contact", "deal", "user", "ledger", "setting", "custom_thing"] {
            for verb in Verb::ALL {
                let least = mine.reach(object, *verb).min(theirs.reach(object, *verb));
                assert_eq!(met.reach(object, *verb), least);
            }
        }
        assert_eq!(met.roles(), mine.roles());
    }
}

#[test]
fn shares_are_found_by_their_record() {
    let [one, other] = [1, 2].map(Uuid::from_u128);
    let shares = [(other, false), (one, false), (one, true)];
    let rights = Rights::of(&[Role::Agent]).sharing(shares.map(|(id, change)| (object("deal"), Share { id, change })));
    assert_eq!(rights.share("deal", one), Some(Share { id: one, change: true }));
    assert_eq!(rights.share("contact", one), None);
    assert_eq!(rights.shared("deal", Verb::Read), [one, other]);
    assert_eq!(rights.shared("deal", Verb::Update), [one]);
    assert!(rights.shared("deal", Verb::Delete).is_empty());
}
