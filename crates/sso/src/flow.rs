//! There and back again.

use std::time::Duration;

use accounts::{NewSession, Vouched};
use authz::Cx;
use crypto::{LinkToken, Secret, Zeroizing, base64url};
use db::{DbFault, WriteTx};
use kernel::{Fault as _, SessionId, Timestamp, Uuid, chance};
use ledger::{Line, verbs};
use minicbor::{Decode, Encode};
use outbound::encode;
use vault::{Aad, KeyOf};

use crate::claims::{Claims, Expected};
use crate::store::{self, FlowId};
use crate::{Sso, SsoFault, sso};
use proofs::jws::Token;

/// Somebody who went comes back within this time, or begins again.
const LASTS: Duration = Duration::from_secs(10 * 60);
/// The session at the provider may be this old: as long as one here lasts at most.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);
const PURPOSE: &str = "sso.flow";

/// What somebody goes to the provider for.
pub enum Way {
    /// To sign in.
    Enter,
    /// To prove again who they are: the provider must ask them.
    Again,
    /// To link their account there to the one they are signed in with here.
    Link,
    /// To join by an invitation, whose token this is.
    Join(Secret<String>),
}

/// Where somebody comes back to.
pub struct Return {
    /// The address of the page that takes them in.
    pub redirect: String,
    /// Where they go on from there.
    pub next: String,
    /// The public half of their browser's key, if it has one.
    pub key: String,
}

/// Somebody about to go.
pub struct Departure {
    /// Where to.
    pub url: String,
    /// What the browser holds meanwhile.
    pub cookie: Secret<String>,
}

/// What somebody brings back.
#[derive(Default)]
pub struct Back {
    /// What was given along.
    pub state: String,
    /// What the provider gives tokens for.
    pub code: Option<String>,
    /// Who the provider says it is.
    pub issuer: Option<String>,
    /// That it said no.
    pub refused: bool,
    /// What the browser held meanwhile.
    pub cookie: Option<String>,
    /// The session cookie the browser holds already, if it does: it is replaced.
    pub previous: Option<String>,
    /// The cookie of a browser that somebody has signed in with before.
    pub device: Option<String>,
}

/// Where somebody arrives.
pub enum Landing {
    /// Signed in, and on to this page.
    Entered(Box<NewSession>, String),
    /// Joined, and signed in.
    Joined(Box<NewSession>),
    /// With their accounts linked.
    Linked,
}

/// What is kept while somebody is away.
#[derive(Encode, Decode)]
struct Pending {
    #[n(0)]
    state: String,
    #[n(1)]
    nonce: String,
    #[n(2)]
    verifier: String,
    #[cbor(n(3), with = "minicbor::bytes")]
    browser: [u8; 32],
    #[n(4)]
    redirect: String,
    #[n(5)]
    next: String,
    /// `e`, `a`, `l` or `j`.
    #[n(6)]
    way: char,
    #[n(7)]
    invitation: Option<String>,
    #[n(8)]
    since: i64,
    /// The public half of the browser's key, which ties the session to it.
    #[n(9)]
    key: String,
}

impl Way {
    const fn letter(&self) -> char {
        match self {
            Self::Enter => 'e',
            Self::Again => 'a',
            Self::Link => 'l',
            Self::Join(_) => 'j',
        }
    }
}

/// Who somebody is, as the provider says and a token proves.
pub(crate) struct Proven {
    pub(crate) claims: Claims,
    pub(crate) id_token: Zeroizing<String>,
}

impl Sso {
    /// Tells whether what comes back was begun by somebody signed in, who must be so still.
    #[must_use]
    pub fn is_own(state: &str) -> bool {
        state.starts_with('l')
    }

    /// Sends somebody to the provider.
    ///
    /// # Errors
    /// [`SsoFault::Down`] if the provider does not answer.
    pub async fn depart(&self, cx: &Cx, way: Way, back: Return) -> Result<Departure, SsoFault> {
        let now = self.db().now();
        if matches!(way, Way::Link) {
            self.accounts().prove_before_vouching(cx, verbs::FACTOR_ADD).await?;
        }
        let metadata = self.provider().metadata(self.settings(), now).await?;
        let chance = self.db().chance();
        let word = || base64url(&chance::array::<32>(chance));
        let cookie = LinkToken::generate(chance);
        let id = FlowId::new(now, chance);
        let pending = Pending {
            state: format!("{}{}{}", way.letter(), base64url(&id.to_bytes()), word()),
            nonce: word(),
            verifier: word(),
            browser: self.vault().token_hash(cookie.expose_bytes()),
            redirect: back.redirect,
            next: back.next,
            key: back.key.chars().take(200).collect(),
            way: way.letter(),
            invitation: if let Way::Join(token) = &way { Some(token.expose().clone()) } else { None },
            since: now.micros(),
        };
        let url = self.url(&metadata.authorize.to_string(), &pending);
        let plain = Zeroizing::new(minicbor::to_vec(&pending).map_err(|_| DbFault::Shape(0))?);
        let vault = self.vault().clone();
        let keeping = self.db().write(cx, move |tx| -> Result<(), SsoFault> {
            store::remove_old(tx)?;
            let sealed = vault.seal(KeyOf::Object(&sso::user()), &place(&sso::user(), id), &plain)?;
            Ok(store::wait(tx, id, sealed, now.plus(LASTS))?)
        });
        keeping.await?;
        Ok(Departure { url, cookie: Secret::new(cookie.reveal().to_string()) })
    }

    /// Spells the way to the provider (OpenID Connect Core §3.1.2.1, RFC 7636 §4.3).
    fn url(&self, authorize: &str, pending: &Pending) -> String {
        let challenge = base64url(&crypto::sha256(pending.verifier.as_bytes()));
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", self.settings().client_id.as_str()),
            ("redirect_uri", pending.redirect.as_str()),
            ("scope", "openid profile email"),
            ("state", pending.state.as_str()),
            ("nonce", pending.nonce.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        // To be asked again, or else to be told when they were asked: what is not said is taken for long ago.
        let longest = LONGEST.as_secs().to_string();
        if is_anew(pending.way) {
            fields.extend([("prompt", "login"), ("max_age", "0")]);
        } else {
            fields.push(("max_age", longest.as_str()));
        }
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        format!("{authorize}{}{}", if authorize.contains('?') { "&" } else { "?" }, pairs.join("&"))
    }

    /// Takes in somebody who comes back.
    ///
    /// # Errors
    /// [`SsoFault`]; every one leaves a line, and none says more than its code.
    pub async fn arrive(&self, cx: &Cx, back: Back) -> Result<Landing, SsoFault> {
        match self.judge(cx, back).await {
            Ok(landing) => Ok(landing),
            Err(fault) => {
                let (code, why) = (fault.code(), fault.why());
                let noting = self.db().write(cx, move |tx| -> Result<(), SsoFault> {
                    let line = Line::failed(verbs::SIGN_IN_FAILED, sso::user(), code).fact("by", "provider");
                    tx.note(if let Some(why) = why { line.fact("why", why) } else { line });
                    Ok(())
                });
                noting.await?;
                Err(fault)
            }
        }
    }

    async fn judge(&self, cx: &Cx, back: Back) -> Result<Landing, SsoFault> {
        let pending = self.take(cx, &back).await?;
        let proven = self.prove(&back, &pending).await?;
        match (pending.way, pending.invitation) {
            ('l', _) => self.link(cx, proven).await.map(|()| Landing::Linked),
            ('j', Some(token)) => {
                let session = self.join(cx, proven, Secret::new(token), &back).await?;
                Ok(Landing::Joined(Box::new(self.accounts().bind_session(cx, session, &pending.key).await?)))
            }
            _ => {
                let session = self.enter(cx, proven, &back).await?;
                let session = self.accounts().bind_session(cx, session, &pending.key).await?;
                Ok(Landing::Entered(Box::new(session), pending.next))
            }
        }
    }

    /// Takes out what waits: once, whatever becomes of it, and only for the browser and the session that went.
    async fn take(&self, cx: &Cx, back: &Back) -> Result<Pending, SsoFault> {
        let id = back.state.get(1..23).and_then(crypto::unbase64url).and_then(|bytes| bytes.try_into().ok());
        let id = FlowId::from_uuid(Uuid::from_bytes(id.ok_or(SsoFault::Lost)?));
        let vault = self.vault().clone();
        let taking = self.db().write(cx, move |tx| -> Result<_, SsoFault> {
            let (now, session) = (tx.now(), tx.cx().session());
            let waiting = store::take(tx, id)?.filter(|waiting| now < waiting.expires_at && waiting.session == session);
            let Some(waiting) = waiting else { return Ok(None) };
            let object = sso::user();
            Ok(Some(vault.open_seal(KeyOf::Object(&object), &place(&object, id), &waiting.sealed)?))
        });
        let plain = taking.await?.ok_or(SsoFault::Lost)?;
        let pending: Pending = minicbor::decode(&plain).map_err(|_| DbFault::Shape(0))?;
        let held = back.cookie.as_deref().and_then(|cookie| LinkToken::parse(cookie).ok());
        let held = held.map(|token| self.vault().token_hash(token.expose_bytes()));
        let own = held.is_some_and(|hash| crypto::same(&hash, &pending.browser));
        let asked = crypto::same(pending.state.as_bytes(), back.state.as_bytes());
        if own && asked { Ok(pending) } else { Err(SsoFault::Lost) }
    }

    /// Gets a token for what was brought back, and checks it.
    async fn prove(&self, back: &Back, pending: &Pending) -> Result<Proven, SsoFault> {
        let (settings, now) = (self.settings(), self.db().now());
        let metadata = self.provider().metadata(settings, now).await?;
        // Whoever names itself must be the one that was asked, also when it says no (RFC 9207 §2.4).
        match &back.issuer {
            Some(issuer) if *issuer != settings.issuer => return Err(SsoFault::Token("mixed up")),
            None if metadata.names_itself => return Err(SsoFault::Token("mixed up")),
            _ => {}
        }
        let code = back.code.as_deref().filter(|code| !back.refused && (1..=4_096).contains(&code.len()));
        let code = code.ok_or(SsoFault::Refused)?;
        let given = self.provider().exchange(settings, &metadata, (code, &pending.redirect, &pending.verifier)).await?;
        let token = Token::parse(&given.id_token)?;
        let keys = self.provider().keys(settings, &token, now).await?;
        let (asked, anew) = (Timestamp::from_micros(pending.since), is_anew(pending.way));
        let access = given.access_token.as_ref().map(|text| text.as_str());
        let expected = Expected {
            issuer: &settings.issuer,
            client: &settings.client_id,
            nonce: &pending.nonce,
            access,
            algorithm: token.algorithm,
            since: if anew { asked } else { asked.minus(LONGEST) },
            anew,
            now: self.db().now(),
        };
        let mut claims = Claims::check(token.kind.as_deref(), token.open(&keys)?, &expected)?;
        if let Some(access) = access.filter(|_| self.wants_more(&claims)) {
            claims.add(self.provider().user_info(&metadata, access).await?)?;
        }
        Ok(Proven { claims, id_token: given.id_token })
    }

    /// Tells whether the token leaves out what is decided by: many providers say it only when they are asked once more.
    fn wants_more(&self, claims: &Claims) -> bool {
        let settings = self.settings();
        settings.role_claim.as_deref().is_some_and(|claim| !claims.has(claim))
            || (!settings.sign_up_domains.is_empty() && !claims.has("email"))
    }

    /// Puts together what accounts are told.
    pub(crate) fn vouched(&self, proven: &Proven, back: &Back) -> Result<Vouched, SsoFault> {
        let (settings, now) = (self.settings(), self.db().now());
        Ok(Vouched {
            by: "provider",
            assurance: crate::rule::assurance(settings, &proven.claims, now),
            roles: crate::rule::roles(settings, &proven.claims)?,
            previous: back.previous.clone(),
            device: back.device.clone(),
        })
    }
}

const fn is_anew(way: char) -> bool {
    matches!(way, 'a' | 'l')
}

fn place(object: &kernel::ObjectName, id: FlowId) -> Aad<'_> {
    Aad { object, record: id.uuid(), purpose: PURPOSE }
}

/// Notes which session at the provider began one here, with what signs out there.
pub(crate) fn keep_session(
    sso: &Sso,
    tx: &mut WriteTx<'_>,
    proven: &Proven,
    (session, user): (SessionId, kernel::UserId),
) -> Result<(), SsoFault> {
    let subject = sso.accounts().subject_of(tx, user)?;
    let object = crate::sso::session();
    let aad = Aad { object: &object, record: user.uuid(), purpose: "sso.token" };
    let sealed = sso.vault().seal(KeyOf::Subject(subject), &aad, proven.id_token.as_bytes())?;
    let lookup = sso.lookup(proven.claims.subject());
    let sid = proven.claims.session().map(|sid| sso.lookup_session(sid));
    Ok(store::begin_session(tx, &store::Begun { session, user, sealed }, (lookup, sid))?)
}
