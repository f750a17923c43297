//! What roles grant, as data: object × action × reach, and rules for fields.
//!
//! A [`Charter`] is what one role says. [`Rights`] are those of somebody at one moment: the union of the grants of all their
//! roles, and of several rules for one field the strictest. They are worked out once, where somebody is authenticated, and
//! lie behind an `Arc`: a decision is a look-up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kernel::{FieldName, ObjectName, TeamId, UserId, Uuid};

use crate::{Condition, Facts, Reach, Role, Verb};

/// The class of objects a grant is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// Contacts, companies, deals, notes, tasks and custom objects.
    Records,
    /// People who may sign in, their invitations, sessions and tokens.
    People,
    /// The ledger.
    Ledger,
    /// How the workspace works.
    Settings,
    /// What gives thieves away, keys in operation, and whether everything stands as it was written.
    Watch,
}

impl Area {
    /// Every area.
    pub const ALL: &'static [Self] = &[Self::Records, Self::People, Self::Ledger, Self::Settings, Self::Watch];

    /// Sorts an object into its area; every name that is not the system's own is a record object.
    #[must_use]
    pub fn of(object: &str) -> Self {
        match object {
            "user" | "session" | "token" | "team" | "link" => Self::People,
            "ledger" => Self::Ledger,
            "canary" | "key" | "integrity" => Self::Watch,
            "setting" | "workspace" | "job" | "role" | "app" => Self::Settings,
            _ => Self::Records,
        }
    }
}

/// What a role does not show of a field, or does not let be changed; the strictest comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldRule {
    /// It is shown, and not changed.
    ReadOnly,
    /// It is covered until it is revealed, with a reason, and not changed.
    Masked,
    /// It is as if it did not exist.
    Hidden,
}

impl FieldRule {
    /// Every rule, the mildest first.
    pub const ALL: &'static [Self] = &[Self::ReadOnly, Self::Masked, Self::Hidden];

    /// Returns the stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::Masked => "masked",
            Self::Hidden => "hidden",
        }
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.code() == code)
    }

    /// Tells whether the value is kept from view.
    #[must_use]
    pub const fn covers(self) -> bool {
        matches!(self, Self::Masked | Self::Hidden)
    }
}

/// How far each action goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Row([Option<Reach>; Verb::ALL.len()]);

impl Row {
    fn get(&self, verb: Verb) -> Option<Reach> {
        self.0.get(verb as usize).copied().flatten()
    }

    fn set(&mut self, verb: Verb, reach: Option<Reach>) {
        if let Some(place) = self.0.get_mut(verb as usize) {
            *place = reach;
        }
    }

    fn with(mut self, other: &Self, pick: fn(Option<Reach>, Option<Reach>) -> Option<Reach>) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = pick(*mine, theirs);
        }
        self
    }
}

/// What one role says, or several together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charter {
    areas: [Row; Area::ALL.len()],
    objects: BTreeMap<ObjectName, Row>,
    fields: BTreeMap<ObjectName, BTreeMap<FieldName, FieldRule>>,
    kept: BTreeMap<ObjectName, BTreeSet<FieldName>>,
}

impl Charter {
    /// Grants an action on every object of an area that is not named by itself.
    #[must_use]
    pub fn grant(mut self, area: Area, verb: Verb, reach: Reach) -> Self {
        if let Some(row) = self.areas.get_mut(area as usize) {
            row.set(verb, Some(reach));
        }
        self
    }

    /// Names an object: from now on what is said of its area says nothing of it.
    #[must_use]
    pub fn name(mut self, object: ObjectName) -> Self {
        self.objects.entry(object).or_default();
        self
    }

    /// Grants an action on one object, and names it.
    #[must_use]
    pub fn grant_on(mut self, object: ObjectName, verb: Verb, reach: Reach) -> Self {
        self.objects.entry(object).or_default().set(verb, Some(reach));
        self
    }

    /// Sets the rule of a field.
    #[must_use]
    pub fn rule(mut self, object: ObjectName, field: FieldName, rule: FieldRule) -> Self {
        self.fields.entry(object).or_default().insert(field, rule);
        self
    }

    /// Keeps some fields of an object and hides every other, those too that somebody defines later. What is said twice keeps what
    /// both keep.
    #[must_use]
    pub fn keep(mut self, object: ObjectName, fields: BTreeSet<FieldName>) -> Self {
        let kept = match self.kept.remove(&object) {
            Some(before) => before.intersection(&fields).cloned().collect(),
            None => fields,
        };
        self.kept.insert(object, kept);
        self
    }

    /// Returns how far an action goes.
    #[must_use]
    pub fn reach(&self, object: &str, verb: Verb) -> Option<Reach> {
        self.row(object).and_then(|row| row.get(verb))
    }

    /// Returns how far an action goes on the objects of an area that are not named.
    #[must_use]
    pub fn reach_in(&self, area: Area, verb: Verb) -> Option<Reach> {
        self.areas.get(area as usize).and_then(|row| row.get(verb))
    }

    /// Returns the objects that are named.
    pub fn named(&self) -> impl Iterator<Item = &ObjectName> {
        self.objects.keys()
    }

    /// Returns the rule of a field, if it has one.
    #[must_use]
    pub fn field(&self, object: &str, field: &str) -> Option<FieldRule> {
        if self.kept.get(object).is_some_and(|kept| !kept.contains(field)) {
            return Some(FieldRule::Hidden);
        }
        self.fields.get(object)?.get(field).copied()
    }

    /// Tells whether any field of an object has a rule; most objects have none.
    #[must_use]
    pub fn is_ruled(&self, object: &str) -> bool {
        self.kept.contains_key(object) || self.rules(object).is_some()
    }

    /// Returns the rules that roles have for fields of an object; nothing if there are none, as for most. What counts for a field
    /// is [`field`](Self::field).
    #[must_use]
    pub fn rules(&self, object: &str) -> Option<&BTreeMap<FieldName, FieldRule>> {
        self.fields.get(object).filter(|rules| !rules.is_empty())
    }

    /// Returns all rules of fields.
    pub fn all_rules(&self) -> impl Iterator<Item = (&ObjectName, &FieldName, FieldRule)> {
        self.fields.iter().flat_map(|(object, fields)| fields.iter().map(move |(field, rule)| (object, field, *rule)))
    }

    /// Returns what both grant together: the widest reach, the strictest rule.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        self.with(other, Ord::max)
    }

    /// Returns what each of both grants: the narrowest reach, the strictest rule.
    #[must_use]
    pub fn met_with(&self, other: &Self) -> Self {
        self.with(other, Ord::min)
    }

    fn row(&self, object: &str) -> Option<&Row> {
        self.objects.get(object).or_else(|| self.areas.get(Area::of(object) as usize))
    }

    fn with(&self, other: &Self, pick: fn(Option<Reach>, Option<Reach>) -> Option<Reach>) -> Self {
        let mut areas = self.areas;
        for (mine, theirs) in areas.iter_mut().zip(&other.areas) {
            *mine = mine.with(theirs, pick);
        }
        // An object that only one of them names is, for the other, one of its area.
        let row = |of: &Self, object: &ObjectName| of.row(object.as_str()).copied().unwrap_or_default();
        let named = self.objects.keys().chain(other.objects.keys());
        let objects = named.map(|object| (object.clone(), row(self, object).with(&row(other, object), pick))).collect();
        let mut fields = self.fields.clone();
        for (object, field, rule) in other.all_rules() {
            let kept = fields.entry(object.clone()).or_default().entry(field.clone()).or_insert(rule);
            *kept = rule.max(*kept);
        }
        let both = Self { areas, objects, fields, kept: self.kept.clone() };
        other.kept.iter().fold(both, |both, (object, fields)| both.keep(object.clone(), fields.clone()))
    }
}

/// A record that somebody was shown by a colleague, whoever it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    /// The record.
    pub id: Uuid,
    /// Whether it may be changed too.
    pub change: bool,
}

impl Share {
    /// Tells whether it opens a record for an action.
    #[must_use]
    pub const fn opens(self, verb: Verb) -> bool {
        match verb {
            Verb::Read => true,
            Verb::Update => self.change,
            _ => false,
        }
    }
}

/// Something acts for somebody that is not trusted to see much yet: an app on its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probation {
    /// What is counted together, whoever it acts for.
    pub of: Uuid,
    /// How many people it may see in a day.
    pub people: u64,
}

/// What somebody may do at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    roles: Vec<Role>,
    charter: Charter,
    teams: Vec<TeamId>,
    below: Vec<TeamId>,
    shares: BTreeMap<ObjectName, Vec<Share>>,
    probation: Option<Probation>,
    rows: BTreeMap<ObjectName, Arc<[Condition]>>,
}

impl Rights {
    /// Returns the rights of built-in roles as they are delivered.
    #[must_use]
    pub fn of(roles: &[Role]) -> Self {
        Self::compiled(roles.to_vec(), roles.iter().map(|role| role.charter()))
    }

    /// Puts together what several roles say.
    #[must_use]
    pub fn compiled(roles: Vec<Role>, charters: impl IntoIterator<Item = Charter>) -> Self {
        let charter = charters.into_iter().reduce(|all, one| all.joined(&one)).unwrap_or_default();
        Self { roles, charter, ..Self::default() }
    }

    /// Adds the teams worked in, and those below them.
    #[must_use]
    pub fn in_teams(mut self, teams: Vec<TeamId>, below: Vec<TeamId>) -> Self {
        (self.teams, self.below) = (teams, below);
        self
    }

    /// Adds what colleagues share at this moment.
    #[must_use]
    pub fn sharing(mut self, shares: impl IntoIterator<Item = (ObjectName, Share)>) -> Self {
        for (object, share) in shares {
            let known = self.shares.entry(object).or_default();
            match known.binary_search_by_key(&share.id, |known| known.id) {
                Ok(at) => known.get_mut(at).into_iter().for_each(|known| known.change |= share.change),
                Err(at) => known.insert(at, share),
            }
        }
        self
    }

    /// Returns these rights, narrowed to what `other` grants too: what a token may do is what its owner may, and no more than
    /// it was made for. Whose they are (teams, shares) does not change.
    #[must_use]
    pub fn met_with(&self, other: &Self) -> Self {
        self.narrowed(&other.charter)
    }

    /// Does the same with what one role says.
    #[must_use]
    pub fn narrowed(&self, to: &Charter) -> Self {
        Self { charter: self.charter.met_with(to), ..self.clone() }
    }

    /// Puts whoever acts with these rights on probation, beside every limit there is.
    #[must_use]
    pub fn on_probation(mut self, probation: Probation) -> Self {
        self.probation = Some(probation);
        self
    }

    /// Returns the probation, if there is one.
    #[must_use]
    pub const fn probation(&self) -> Option<Probation> {
        self.probation
    }

    /// Keeps some fields of an object and hides every other.
    #[must_use]
    pub fn keeping(mut self, object: ObjectName, fields: BTreeSet<FieldName>) -> Self {
        self.charter = self.charter.keep(object, fields);
        self
    }

    /// Keeps to the rows of an object that meet these conditions: every other is as if it did not exist, and none can be made.
    #[must_use]
    pub fn only(mut self, object: ObjectName, conditions: Vec<Condition>) -> Self {
        let before = self.rows.remove(&object);
        let all = before.iter().flat_map(|rows| rows.iter().cloned()).chain(conditions).collect();
        self.rows.insert(object, all);
        self
    }

    /// Returns the conditions that rows of an object have to meet; nothing if it is kept to none, as almost always.
    #[must_use]
    pub fn rows(&self, object: &str) -> Option<&Arc<[Condition]>> {
        self.rows.get(object)
    }

    /// Returns the roles held.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Returns what all roles say together.
    #[must_use]
    pub fn charter(&self) -> &Charter {
        &self.charter
    }

    /// Returns the teams worked in.
    #[must_use]
    pub fn teams(&self) -> &[TeamId] {
        &self.teams
    }

    /// Returns the teams whose things a reach spans, beside one's own.
    #[must_use]
    pub fn spanned(&self, reach: Reach) -> Vec<TeamId> {
        match reach {
            Reach::Own => Vec::new(),
            Reach::Team => self.teams.clone(),
            Reach::Branch | Reach::All => self.teams.iter().chain(&self.below).copied().collect(),
        }
    }

    /// Tells whether a reach of these rights, which are somebody's, covers a resource. It is what every decision asks.
    #[must_use]
    pub fn covers(&self, person: Option<UserId>, reach: Reach, facts: &Facts) -> bool {
        let own = || facts.owner.is_some() && facts.owner == person;
        let team = || facts.team.is_some_and(|team| self.spans(reach, team));
        reach == Reach::All || own() || team()
    }

    /// Tells whether a team is within a reach.
    fn spans(&self, reach: Reach, team: TeamId) -> bool {
        match reach {
            Reach::Own => false,
            Reach::Team => self.teams.contains(&team),
            Reach::Branch => self.teams.contains(&team) || self.below.contains(&team),
            Reach::All => true,
        }
    }

    /// Returns how far the right to `verb` goes: the widest of all roles.
    #[must_use]
    pub fn reach(&self, object: &str, verb: Verb) -> Option<Reach> {
        self.charter.reach(object, verb)
    }

    /// Returns what a colleague shared of a record.
    #[must_use]
    pub fn share(&self, object: &str, id: Uuid) -> Option<Share> {
        let known = self.shares.get(object)?;
        known.binary_search_by_key(&id, |known| known.id).ok().and_then(|at| known.get(at)).copied()
    }

    /// Returns the records of an object that shares open for an action.
    #[must_use]
    pub fn shared(&self, object: &str, verb: Verb) -> Vec<Uuid> {
        let known = self.shares.get(object).map(Vec::as_slice).unwrap_or_default();
        known.iter().filter(|share| share.opens(verb)).map(|share| share.id).collect()
    }
}

#[cfg(test)]
mod tests;
