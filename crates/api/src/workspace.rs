//! What leaves about the workspace itself: people, roles, teams, and whoever asks.

use accounts::Person;
use authz::{Area, Charter, Rights, Role, Verb};
use db::budget::{Counted, Standing};
use kernel::TeamId;
use records::Objects;
use roles::team::Team;
use roles::{GRANTABLE, RoleRow};
use serde::Serialize;
use tokens::{OF_WORKSPACE, Standing as Stands, TokenView, VERBS};

/// One page of a list.
#[derive(Serialize)]
pub(crate) struct ListView<T> {
    pub(crate) data: Vec<T>,
    pub(crate) next: Option<String>,
}

/// Somebody who may sign in, or might.
#[derive(Serialize)]
pub(crate) struct UserView<'p> {
    id: String,
    name: &'p str,
    email: &'p str,
    state: &'static str,
    roles: Vec<String>,
    team_id: Option<String>,
    created_at: String,
}

impl<'p> UserView<'p> {
    pub(crate) fn of(person: &'p Person, team: Option<TeamId>) -> Self {
        Self {
            id: person.id.to_string(),
            name: &person.name,
            email: &person.email,
            state: person.state.code(),
            roles: person.roles.iter().map(|role| role.code().into_owned()).collect(),
            team_id: team.map(|team| team.to_string()),
            created_at: person.created_at.to_rfc3339(),
        }
    }
}

/// A role and what it grants.
#[derive(Serialize)]
pub(crate) struct RoleView<'r> {
    id: String,
    /// What the workspace calls it; nothing of one that is built in, which each language has its own word for.
    name: Option<&'r str>,
    built_in: bool,
    holders: u64,
    grants: Vec<GrantView<'r>>,
    fields: Vec<RuleView<'r>>,
}

/// How far an action goes.
#[derive(Serialize)]
struct GrantView<'r> {
    area: &'static str,
    /// One object; nothing means every object of the area that is not named by itself.
    object: Option<&'r str>,
    action: &'static str,
    reach: &'static str,
}

/// The rule of a field.
#[derive(Serialize)]
struct RuleView<'r> {
    object: &'r str,
    field: &'r str,
    rule: &'static str,
}

impl<'r> RoleView<'r> {
    pub(crate) fn of(row: &'r RoleRow) -> Self {
        Self {
            id: row.role.code().into_owned(),
            name: row.name.as_deref(),
            built_in: !matches!(row.role, Role::Made(_)),
            holders: row.holders,
            grants: grants(&row.charter),
            fields: row
                .charter
                .all_rules()
                .map(|(object, field, rule)| RuleView {
                    object: object.as_str(),
                    field: field.as_str(),
                    rule: rule.code(),
                })
                .collect(),
        }
    }
}

fn grants(charter: &Charter) -> Vec<GrantView<'_>> {
    let mut grants = Vec::new();
    for area in Area::ALL {
        for verb in Verb::ALL {
            if let Some(reach) = charter.reach_in(*area, *verb) {
                grants.push(GrantView { area: word(*area), object: None, action: verb.name(), reach: reach.code() });
            }
        }
    }
    // What is named stands for itself, also where it grants nothing.
    for object in charter.named() {
        for verb in GRANTABLE {
            let reach = charter.reach(object.as_str(), *verb).map_or("none", authz::Reach::code);
            let area = word(Area::of(object.as_str()));
            grants.push(GrantView { area, object: Some(object.as_str()), action: verb.name(), reach });
        }
    }
    grants
}

const fn word(area: Area) -> &'static str {
    match area {
        Area::Records => "records",
        Area::People => "people",
        Area::Ledger => "ledger",
        Area::Settings => "settings",
        Area::Watch => "watch",
    }
}

/// A team.
#[derive(Serialize)]
pub(crate) struct TeamView<'t> {
    id: String,
    name: &'t str,
    parent_id: Option<String>,
}

impl<'t> TeamView<'t> {
    pub(crate) fn of(team: &'t Team) -> Self {
        Self { id: team.id.to_string(), name: &team.name, parent_id: team.parent.map(|parent| parent.to_string()) }
    }
}

/// A token, as its owner sees it on the page.
#[derive(Serialize)]
pub(crate) struct TokenLine<'t> {
    id: String,
    label: &'t str,
    purpose: &'t str,
    /// Its last four characters.
    hint: &'t str,
    standing: &'static str,
    created_at: String,
    expires_at: String,
    used_at: Option<String>,
    used_from: Option<&'t str>,
    ended_at: Option<String>,
    scopes: Option<&'t [String]>,
    fields: &'t [String],
    rows: &'t [String],
    networks: Vec<String>,
    bound: bool,
    app_id: Option<String>,
}

impl<'t> TokenLine<'t> {
    pub(crate) fn of(token: &'t TokenView) -> Self {
        Self {
            id: token.id.to_string(),
            label: &token.label,
            purpose: &token.purpose,
            hint: &token.hint,
            standing: match token.standing {
                Stands::Good => "good",
                Stands::Revoked => "ended",
                Stands::Expired => "expired",
                Stands::Unused => "unused",
            },
            created_at: token.created_at.to_rfc3339(),
            expires_at: token.expires_at.to_rfc3339(),
            used_at: token.used_at.map(|at| at.to_rfc3339()),
            used_from: token.used_from.as_deref(),
            ended_at: token.revoked_at.map(|at| at.to_rfc3339()),
            scopes: token.scopes.as_deref(),
            fields: &token.fields,
            rows: &token.rows,
            networks: token.networks.iter().map(ToString::to_string).collect(),
            bound: token.key.is_some(),
            app_id: token.app.map(|app| app.to_string()),
        }
    }
}

/// Whoever asks.
#[derive(Serialize)]
pub(crate) struct MeView<'m> {
    user: NameView<'m>,
    token: AskingView<'m>,
    may: Vec<MayView<'m>>,
    people: PeopleSeenView,
}

#[derive(Serialize)]
struct NameView<'m> {
    id: String,
    name: &'m str,
}

/// The token, as far as it is its own business.
#[derive(Serialize)]
struct AskingView<'m> {
    id: String,
    created_at: String,
    expires_at: String,
    /// What it was made for; nothing means everything that its owner may do with records.
    scopes: Option<&'m [String]>,
    /// The only fields it sees of their objects.
    fields: &'m [String],
    /// The only rows it may know of.
    rows: &'m [String],
    networks: Vec<String>,
    bound: bool,
}

/// What it may at this moment, its owner's rights and what it was made for taken together.
#[derive(Serialize)]
struct MayView<'m> {
    object: &'m str,
    action: &'static str,
    /// How far; nothing where the workspace itself is asked, which has no owners.
    reach: Option<&'static str>,
}

/// How many people its owner has seen and may see, over everything.
#[derive(Serialize)]
struct PeopleSeenView {
    hour: LimitView,
    day: LimitView,
}

#[derive(Serialize)]
struct LimitView {
    seen: u64,
    soft: u64,
    hard: u64,
}

impl<'m> MeView<'m> {
    pub(crate) fn of(
        (token, name): (&'m TokenView, &'m str),
        (rights, objects): (&Rights, &'m Objects),
        standing: &Standing,
    ) -> Self {
        Self {
            user: NameView { id: token.owner.to_string(), name },
            token: AskingView {
                id: token.id.to_string(),
                created_at: token.created_at.to_rfc3339(),
                expires_at: token.expires_at.to_rfc3339(),
                scopes: token.scopes.as_deref(),
                fields: &token.fields,
                rows: &token.rows,
                networks: token.networks.iter().map(ToString::to_string).collect(),
                bound: token.key.is_some(),
            },
            may: may(token, rights, objects),
            people: PeopleSeenView {
                hour: limit(standing, |counted| counted.hour),
                day: limit(standing, |counted| counted.day),
            },
        }
    }
}

fn may<'m>(token: &TokenView, rights: &Rights, objects: &'m Objects) -> Vec<MayView<'m>> {
    let named = |object: &str, verb: Verb| {
        let scope = format!("{object}:{}", verb.name());
        token.scopes.as_ref().is_some_and(|scopes| scopes.contains(&scope))
    };
    let records = objects.iter().flat_map(|object| VERBS.map(|verb| (object.name.as_str(), verb)));
    let records = records.filter_map(|(object, verb)| {
        let reach = rights.reach(object, verb)?;
        Some(MayView { object, action: verb.name(), reach: Some(reach.code()) })
    });
    // Teams are known to everybody who works here, and one's tokens are one's own; the rest the policy says.
    let workspace = OF_WORKSPACE.into_iter().filter(|(object, verb)| {
        named(object, *verb) && (matches!(*object, "team" | "token") || rights.reach(object, *verb).is_some())
    });
    records.chain(workspace.map(|(object, verb)| MayView { object, action: verb.name(), reach: None })).collect()
}

fn limit(standing: &Standing, of: impl Fn(&Counted) -> u64) -> LimitView {
    let Standing { counted, limits, .. } = standing;
    LimitView { seen: of(counted), soft: of(&limits.soft), hard: of(&limits.hard) }
}
