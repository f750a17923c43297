//! Decisions about tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use accounts::AccountFault;
use authz::{Area, Charter, Probation, Reach, Rights, Verb};
use db::DbFault;
use identity::input::Findings;
use kernel::{FieldName, Network, ObjectName, Timestamp, UserId};
use ledger::ActorRef;
use proofs::dpop::Thumbprint;

use crate::model::{Standing, Terms, Token};
use crate::workspace::{self, EVERYTHING};
use crate::{TokenForm, rows};

/// No token is good for longer than a year.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// A shorter one would have ended before it is pasted anywhere.
const SHORTEST: Duration = Duration::from_secs(60);
/// A token that nobody used for so long is forgotten by its owner, and ends.
const UNUSED: Duration = Duration::from_secs(60 * 24 * 60 * 60);
/// More networks than this are no restriction that anybody keeps in mind.
const MOST_NETWORKS: usize = 20;

/// What a token can be made for: what the API does.
pub const VERBS: [Verb; 4] = [Verb::Read, Verb::Create, Verb::Update, Verb::Delete];
/// So many people an app may see on its first day, whoever it acts for: enough to find out whether it works.
pub const FIRST_DAY: u64 = 100;
/// Every action on every object of a large workspace.
const MOST_SCOPES: usize = 400;
/// As many fields as nobody ticks.
const MOST_FIELDS: usize = 1_000;

/// Among what a token is for: an AI assistant asks with it. It opens the door for assistants, and reads only, whatever else it
/// names; with nothing else named it reads all that its owner may.
pub const ASSISTANT: &str = "assistant";

/// Beside [`ASSISTANT`]: it may also propose changes, which its owner makes on a page or does not.
pub const PROPOSES: &str = "propose";

/// A form that was taken.
pub(crate) struct Wanted {
    pub(crate) label: String,
    pub(crate) purpose: String,
    pub(crate) lasts: Duration,
    pub(crate) networks: Vec<Network>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) fields: Vec<String>,
    pub(crate) rows: Vec<String>,
    pub(crate) key: Option<Thumbprint>,
}

/// Takes the form of a token.
pub(crate) fn check(form: &TokenForm) -> Result<Wanted, AccountFault> {
    let mut findings = Findings::default();
    let label = findings.line("label", &form.label, 80);
    let purpose = match form.purpose.trim() {
        "" => Some(String::new()),
        purpose => findings.line("purpose", purpose, 300),
    };
    let lasts = match form.lasts {
        lasts if lasts > LONGEST => findings.add("expires", "too-long"),
        lasts if lasts < SHORTEST => findings.add("expires", "too-short"),
        lasts => Some(lasts),
    };
    let networks = match networks(&form.networks) {
        Ok(networks) => Some(networks),
        Err(code) => findings.add("networks", code),
    };
    let key = match form.key.trim() {
        "" => Some(None),
        text => match Thumbprint::typed(text) {
            Ok(key) => Some(Some(key)),
            Err(code) => findings.add("key", code),
        },
    };
    let scopes = match form.scopes.as_deref().map(scopes).transpose() {
        Ok(scopes) => Some(scopes),
        Err(code) => findings.add("scopes", code),
    };
    let fields = match fields(&form.fields) {
        Ok(fields) => Some(fields),
        Err(code) => findings.add("fields", code),
    };
    let rows = match rows::check(&form.rows) {
        // What is no record cannot be kept to rows, and a token for everything reaches it.
        Ok(rows) if !rows.is_empty() && form.scopes.is_none() => findings.add("rows", "rows-of-everything"),
        Ok(rows) => Some(rows),
        Err(code) => findings.add("rows", code),
    };
    match (label, purpose, lasts, networks, (scopes, fields, rows, key)) {
        (
            Some(label),
            Some(purpose),
            Some(lasts),
            Some(networks),
            (Some(scopes), Some(fields), Some(rows), Some(key)),
        ) => Ok(Wanted { label, purpose, lasts, networks, scopes, fields, rows, key }),
        _ => Err(findings.fault()),
    }
}

/// Takes what a token may do: in the one order and each once. Nothing at all is no token, and not one that may do everything. Beside
/// everything, single actions on records say nothing more.
fn scopes(typed: &[String]) -> Result<Vec<String>, &'static str> {
    if typed.is_empty() {
        return Err("nothing-chosen");
    }
    let mut scopes = Vec::new();
    for text in typed {
        let proposes = text == PROPOSES && typed.iter().any(|text| text == ASSISTANT);
        if text == ASSISTANT || text == EVERYTHING || proposes {
            scopes.push(text.clone());
            continue;
        }
        let (object, verb) = scope(text).ok_or("not-a-scope")?;
        scopes.push(format!("{object}:{}", verb.name()));
    }
    if scopes.iter().any(|scope| scope == EVERYTHING) {
        scopes.retain(|scope| !scope.contains(':') || workspace::is_of_workspace(scope));
    }
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.len() > MOST_SCOPES { Err("not-a-scope") } else { Ok(scopes) }
}

fn scope(text: &str) -> Option<(ObjectName, Verb)> {
    let (object, verb) = text.split_once(':')?;
    let object = ObjectName::parse(object).ok()?;
    let verb = Verb::parse(verb).filter(|verb| VERBS.contains(verb))?;
    // Records, and what of the workspace is named one by one: the rest is not for programs.
    let records = Area::of(object.as_str()) == Area::Records;
    (records || workspace::is_known(object.as_str(), Some(verb))).then_some((object, verb))
}

/// Takes the fields that a token sees: in the one order and each once.
fn fields(typed: &[String]) -> Result<Vec<String>, &'static str> {
    let mut fields = Vec::new();
    for text in typed {
        let (object, field) = named_field(text).ok_or(NOT_A_FIELD)?;
        fields.push(format!("{object}:{field}"));
    }
    fields.sort_unstable();
    fields.dedup();
    if fields.len() > MOST_FIELDS { Err(NOT_A_FIELD) } else { Ok(fields) }
}

const NOT_A_FIELD: &str = "not-a-token-field";

fn named_field(text: &str) -> Option<(ObjectName, FieldName)> {
    let (object, field) = text.split_once(':')?;
    let (object, field) = (ObjectName::parse(object).ok()?, FieldName::parse(field).ok()?);
    (Area::of(object.as_str()) == Area::Records).then_some((object, field))
}

/// Refuses fields that are not there: a slip of the pen would make a token that sees less than was meant, and nobody would know why.
/// `known` tells of an object and a field whether whoever makes the token sees them.
///
/// # Errors
/// [`AccountFault::Invalid`].
pub fn fields_exist(fields: &[String], known: impl Fn(&str, &str) -> bool) -> Result<(), AccountFault> {
    if fields.iter().all(|text| text.split_once(':').is_some_and(|(object, field)| known(object, field))) {
        return Ok(());
    }
    let mut findings = Findings::default();
    let _: Option<()> = findings.add("fields", NOT_A_FIELD);
    Err(findings.fault())
}

/// Returns the rights of a token: what its owner may at this moment, and no more than it was made for. One that cannot be read
/// any more is an error: left out, it might widen them.
pub(crate) fn narrowed(owner: Arc<Rights>, terms: &Terms) -> Result<Arc<Rights>, DbFault> {
    let mut rights = Arc::new(owner.narrowed(&charter(terms)?));
    let mut seen: BTreeMap<ObjectName, BTreeSet<FieldName>> = BTreeMap::new();
    for text in terms.fields() {
        let (object, field) = named_field(text).ok_or(DbFault::Mismatch)?;
        seen.entry(object).or_default().insert(field);
    }
    for (object, fields) in seen {
        rights = Arc::new(Arc::unwrap_or_clone(rights).keeping(object, fields));
    }
    Ok(rights)
}

/// Returns what a token was made for. Everything is every record, and nothing of the workspace itself.
fn charter(terms: &Terms) -> Result<Charter, DbFault> {
    let every = |verbs: &[Verb]| {
        verbs.iter().fold(Charter::default(), |charter, verb| charter.grant(Area::Records, *verb, Reach::All))
    };
    let Some(scopes) = &terms.scopes else { return Ok(every(Verb::ALL)) };
    let (assistant, is_way) = (terms.is_for_assistants(), |text: &str| text == ASSISTANT || text == PROPOSES);
    let mut charter = match (terms.names(EVERYTHING), assistant) {
        (true, false) => every(&VERBS),
        (true, true) => every(&[Verb::Read]),
        (false, true) if scopes.iter().all(|text| is_way(text)) => every(&[Verb::Read]),
        (false, _) => Charter::default(),
    };
    for text in scopes.iter().filter(|text| !is_way(text) && *text != EVERYTHING) {
        let (object, verb) = scope(text).ok_or(DbFault::Mismatch)?;
        if verb == Verb::Read || !assistant {
            charter = charter.grant_on(object, verb, Reach::All);
        }
    }
    Ok(charter)
}

/// Puts the rights of an app's token on probation while the app is new.
pub(crate) fn watched(rights: Arc<Rights>, token: &Token, now: Timestamp) -> Arc<Rights> {
    match (token.app, token.watched_until) {
        (Some(of), Some(until)) if now < until => {
            Arc::new(Arc::unwrap_or_clone(rights).on_probation(Probation { of, people: FIRST_DAY }))
        }
        _ => rights,
    }
}

/// Tells whether these are scopes that a token can have.
///
/// # Errors
/// The code of what is wrong.
pub fn scopes_of(typed: &[String]) -> Result<Vec<String>, &'static str> {
    // Apps say in words, object by object, which records they ask for; what else there is, people open for themselves.
    let one = |text: &String| text.contains(':') && !workspace::is_of_workspace(text);
    if typed.iter().all(one) { scopes(typed) } else { Err("not-a-scope") }
}

fn networks(typed: &str) -> Result<Vec<Network>, &'static str> {
    let words = typed.split([' ', ',', ';', '\n', '\r', '\t', '，', '；']).filter(|word| !word.is_empty());
    let networks: Vec<Network> = words.map(str::parse).collect::<Result<_, _>>().map_err(|_| "not-a-network")?;
    if networks.len() > MOST_NETWORKS { Err("too-many-networks") } else { Ok(networks) }
}

/// Tells how a token stands.
pub(crate) fn standing(token: &Token, now: Timestamp) -> Standing {
    let seen = token.used_at.unwrap_or(token.created_at);
    match token.revoked_at {
        Some(_) => Standing::Revoked,
        None if now >= token.expires_at => Standing::Expired,
        None if now.since(seen) >= UNUSED => Standing::Unused,
        None => Standing::Good,
    }
}

/// Tells whether a token may be used from an address; from one that is not known only if it may be used from any.
pub(crate) fn may_come_from(networks: &[Network], ip: Option<IpAddr>) -> bool {
    networks.is_empty() || ip.is_some_and(|ip| networks.iter().any(|network| network.holds(ip)))
}

/// Returns the last four characters, to tell a token from others: they are of its checksum, not of its secret.
pub(crate) fn hint(token: &str) -> String {
    token.chars().skip(token.chars().count().saturating_sub(4)).collect()
}

/// Tells whether `actor` may make a token that acts as `owner`: the owner, signed in; and whoever has the machine. Not an
/// administrator, who would gain rights that are not theirs; not a token, which would outlive its own end.
pub(crate) fn may_make(actor: ActorRef, owner: UserId) -> bool {
    match actor {
        ActorRef::User(user) => user == owner,
        ActorRef::Operator => true,
        ActorRef::Token { .. } | ActorRef::Job { .. } | ActorRef::Nobody | ActorRef::System => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn form() -> TokenForm {
        TokenForm { label: "reports".to_owned(), lasts: DAY * 30, ..TokenForm::default() }
    }

    #[test]
    fn a_token_has_a_label_and_an_end_within_a_year() {
        let judged = |label: &str, lasts| check(&TokenForm { label: label.to_owned(), lasts, ..form() }).is_ok();
        assert!(judged("reports", DAY * 30) && judged("reports", DAY * 365));
        assert!(!judged("reports", DAY * 367) && !judged("reports", Duration::ZERO) && !judged(" ", DAY));
    }

    #[test]
    fn networks_are_read_or_refused_and_never_left_out() {
        let of = |typed: &str| check(&TokenForm { networks: typed.to_owned(), ..form() });
        assert_eq!(of(" \n").unwrap().networks, []);
        assert_eq!(of("10.0.0.0/8,\n2001:db8::/32，192.0.2.7").unwrap().networks.len(), 3);
        for wrong in ["10.0.0.0/8 office", "10.0.0.0/64", "0x7f000001", &"10.0.0.1 ".repeat(21)] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        let office = networks("198.51.100.0/24").unwrap();
        let from = |ip: &str| may_come_from(&office, Some(ip.parse().unwrap()));
        assert!(from("198.51.100.9") && !from("198.51.101.9") && !from("::1") && !may_come_from(&office, None));
        assert!(may_come_from(&[], None));
    }

    #[test]
    fn a_token_may_do_what_its_owner_may_and_what_it_was_made_for() {
        let of = |scopes: &[&str]| {
            let scopes = Some(scopes.iter().map(|scope| (*scope).to_owned()).collect());
            check(&TokenForm { scopes, ..form() }).map(|wanted| wanted.scopes.unwrap())
        };
        assert_eq!(of(&["deal:read", "contact:update", "deal:read"]).unwrap(), ["contact:update", "deal:read"]);
        for wrong in [
            &[][..],
            &["contact"],
            &["contact:export"],
            &["contact:grant"],
            &["user:update"],
            &["setting:read"],
            &["session:read"],
            &["*:read"],
        ] {
            assert!(of(wrong).is_err(), "{wrong:?}");
        }
        let rights = |role, scopes: &[&str]| {
            let terms = Terms::new(String::new(), &[], Some(of(scopes).unwrap()));
            narrowed(Arc::new(Rights::of(&[role])), &terms).unwrap()
        };
        let manager = rights(authz::Role::Manager, &["contact:read", "deal:read", "deal:update"]);
        assert_eq!(manager.reach("contact", Verb::Read), Some(Reach::All));
        assert_eq!(manager.reach("contact", Verb::Update), None);
        assert_eq!(manager.reach("contact", Verb::Export), None);
        assert_eq!(manager.reach("deal", Verb::Update), Some(Reach::All));
        assert_eq!((manager.reach("company", Verb::Read), manager.reach("ledger", Verb::Read)), (None, None));
        let viewer = rights(authz::Role::Viewer, &["contact:read", "contact:update"]);
        assert_eq!(
            (viewer.reach("contact", Verb::Read), viewer.reach("contact", Verb::Update)),
            (Some(Reach::All), None)
        );
        let administrator = rights(authz::Role::Administrator, &["contact:read"]);
        assert_eq!((administrator.reach("contact", Verb::Read), administrator.reach("user", Verb::Read)), (None, None));
    }

    /// Fails when: a token for everything is for what was never named, or one word for the workspace opens another.
    #[test]
    fn the_workspace_is_no_part_of_everything() {
        let both = || Arc::new(Rights::of(&[authz::Role::Manager, authz::Role::Administrator]));
        let made = |scopes: Option<&[&str]>| {
            let scopes = scopes.map(|scopes| scopes.iter().map(|scope| (*scope).to_owned()).collect());
            let terms = Terms::new(String::new(), &[], check(&TokenForm { scopes, ..form() }).unwrap().scopes);
            narrowed(both(), &terms).unwrap()
        };
        for scopes in [None, Some(&[EVERYTHING][..]), Some(&[EVERYTHING, "contact:read"])] {
            let its = made(scopes);
            assert_eq!(its.reach("contact", Verb::Update), Some(Reach::All), "{scopes:?}");
            for object in ["user", "role", "team", "ledger", "setting", "session"] {
                assert_eq!(its.reach(object, Verb::Read), None, "{scopes:?} {object}");
            }
        }
        let its = made(Some(&[EVERYTHING, "user:read"]));
        assert_eq!((its.reach("user", Verb::Read), its.reach("user", Verb::Grant)), (Some(Reach::All), None));
        assert_eq!((its.reach("role", Verb::Read), its.reach("contact", Verb::Create)), (None, Some(Reach::All)));
        for app in ["user:read", EVERYTHING, ASSISTANT] {
            assert!(scopes_of(&["contact:read".to_owned(), app.to_owned()]).is_err(), "{app}");
        }
    }

    /// Fails when: what a token sees is widened by what cannot be read, or by what its owner does not see.
    #[test]
    fn a_token_sees_the_fields_it_was_made_for_and_its_owner_sees() {
        let of = |fields: &[&str]| {
            let fields = fields.iter().map(|field| (*field).to_owned()).collect();
            check(&TokenForm { fields, ..form() }).map(|wanted| wanted.fields)
        };
        assert_eq!(of(&[]).unwrap(), [""; 0]);
        assert_eq!(of(&["deal:name", "contact:email", "deal:name"]).unwrap(), ["contact:email", "deal:name"]);
        for wrong in ["contact", "contact:", "user:email", "*:name", "contact:*", "contact:name:x"] {
            assert!(of(&[wrong]).is_err(), "{wrong}");
        }
        let hidden = Some(authz::FieldRule::Hidden);
        let rights = |owner: Charter, fields: Vec<String>| {
            let owner = Arc::new(Rights::compiled(vec![authz::Role::Agent], [owner]));
            narrowed(owner, &Terms::new(String::new(), &[], None).seeing(fields)).map(|rights| rights.charter().clone())
        };
        let agent = authz::Role::Agent.charter();
        let seen = rights(agent.clone(), of(&["contact:email"]).unwrap()).unwrap();
        assert_eq!((seen.field("contact", "email"), seen.field("deal", "name")), (None, None));
        assert_eq!((seen.field("contact", "name"), seen.field("contact", "later")), (hidden, hidden));
        let email = FieldName::parse("email").unwrap();
        let blind = agent.clone().rule(ObjectName::parse("contact").unwrap(), email, authz::FieldRule::Hidden);
        assert_eq!(rights(blind, of(&["contact:email"]).unwrap()).unwrap().field("contact", "email"), hidden);
        assert!(rights(agent, vec!["contact".to_owned()]).is_err());
        let known = |object: &str, field: &str| (object, field) == ("contact", "email");
        assert!(fields_exist(&of(&["contact:email"]).unwrap(), known).is_ok());
        assert!(fields_exist(&of(&["contact:emial"]).unwrap(), known).is_err());
    }

    #[test]
    fn an_assistant_reads_and_nothing_else() {
        let rights = |scopes: &[&str]| {
            let scopes = check(&TokenForm { scopes: Some(scopes.iter().map(|s| (*s).to_owned()).collect()), ..form() });
            let terms = Terms::new(String::new(), &[], scopes.unwrap().scopes);
            narrowed(Arc::new(Rights::of(&[authz::Role::Manager, authz::Role::Administrator])), &terms).unwrap()
        };
        for (scopes, company) in [(&[ASSISTANT][..], true), (&[ASSISTANT, "contact:read", "contact:update"], false)] {
            let its = rights(scopes);
            assert_eq!(its.reach("contact", Verb::Read), Some(Reach::All));
            assert_eq!(its.reach("company", Verb::Read).is_some(), company);
            for verb in [Verb::Create, Verb::Update, Verb::Delete, Verb::Export, Verb::Reveal, Verb::Share] {
                assert_eq!(its.reach("contact", verb), None, "{verb:?}");
            }
            assert_eq!((its.reach("user", Verb::Read), its.reach("ledger", Verb::Read)), (None, None));
        }
        assert_eq!(rights(&["contact:update"]).reach("contact", Verb::Update), Some(Reach::All));
    }

    #[test]
    fn nobody_makes_a_token_for_another() {
        let [one, other] = [1, 2].map(|n| UserId::from_uuid(kernel::Uuid::from_u128(n)));
        let token = kernel::TokenId::from_uuid(one.uuid());
        assert!(may_make(ActorRef::User(one), one) && may_make(ActorRef::Operator, one));
        assert!(!may_make(ActorRef::User(other), one) && !may_make(ActorRef::Nobody, one));
        assert!(!may_make(ActorRef::Token { token, user: one }, one));
    }
}
