//! `custos demo`.

use std::path::{Path, PathBuf};

use accounts::{Founder, Invitation, Joining};
use anyhow::{Context as _, Result, bail};
use authz::{Cx, Level, Role};
use crypto::{Secret, base64url};
use kernel::{RecordId, UserId};
use records::{Change, RecordFault, RecordRef};
use sample::{About, Sample, SampleCompany, SampleContact, SampleDeal, Size};

use super::{operator, serve};
use crate::cli::{self, Common};
use crate::config::Config;
use crate::house::{self, House};

/// The folder used when none is named; never that of a real installation.
const FOLDER: &str = "custos-demo";
/// The file that says a folder holds a demo, and whether it is whole.
const MARK: &str = "demo";
const UNFINISHED: &str = "unfinished\n";
const WHOLE: &str = "whole\n";
/// The seed of the invented company.
const SEED: u64 = 20_261_102;
/// Records made in one transaction.
const TOGETHER: usize = 200;
/// Who works there. Nobody knows their passwords; the first is signed in by link.
const STAFF: [(&str, &str, &[Role]); 4] = [
    ("Mara Lindqvist", "mara@northlight.example", &[]),
    ("Tomás Ferreira", "tomas@northlight.example", &[Role::Agent]),
    ("陈思远", "siyuan@northlight.example", &[Role::Agent]),
    ("Ines Okafor", "ines@northlight.example", &[Role::Manager]),
];

/// Serves an invented company's data, made on the first start, and prints a link that signs in once.
///
/// # Errors
/// The folder holds something else, or as `serve`.
pub(super) async fn run(mut common: Common, demo: &cli::Demo) -> Result<()> {
    common.data = Some(common.data.unwrap_or_else(|| PathBuf::from(FOLDER)));
    let config = Config::gather(&common, &demo.serve)?;
    let bound = serve::bind(&config).await?;
    let mark = config.data.join(MARK);
    let is_demo = is_demo(&config.data, &mark)?;
    let house = house::open(&config).await?;
    let cx = operator(&house.db);
    if !is_demo {
        if house.accounts.workspace(&cx).await?.is_some() {
            bail!("the database is set up already and holds no demo");
        }
        std::fs::write(&mark, UNFINISHED).with_context(|| format!("cannot write {}", mark.display()))?;
        println!("inventing a company with {} contacts ...", demo.contacts);
        fill(&house, &cx, demo.contacts).await?;
        ask_nothing(&house, &cx).await?;
        std::fs::write(&mark, WHOLE).with_context(|| format!("cannot write {}", mark.display()))?;
    }
    let [(_, email, _), ..] = STAFF;
    let first = house.accounts.standing_of(&cx, email).await?.user;
    let link = house.accounts.sign_in_link(&cx, first).await?;
    let url = bound.url(config.hosts.first().map(String::as_str));
    println!("Custos answers at {url}");
    println!("Sign in within 30 minutes, once, here:\n\n    {url}/enter/{}\n", link.token.expose());
    println!("This demo asks for no passkey before dangerous acts. A real installation does: see Sign-in rules.");
    serve::until_stopped(&config, house, bound).await
}

/// Who looks around in invented data has nothing to prove with: nobody knows a password of anybody.
async fn ask_nothing(house: &House, cx: &Cx) -> Result<()> {
    let nothing = policy::demand(Level::Single, Level::Single, policy::LONGEST)?;
    let wanted = Role::ALL.iter().map(|role| (*role, nothing)).collect();
    Ok(house.accounts.set_role_policy(cx, wanted).await?)
}

/// Tells whether a folder holds a whole demo; refuses one that holds something else.
fn is_demo(folder: &Path, mark: &Path) -> Result<bool> {
    match std::fs::read_to_string(mark) {
        Ok(text) if text == WHOLE => Ok(true),
        Ok(_) => bail!("the demo in {0} was cut off while it was made: remove {0} and start again", folder.display()),
        Err(_) if folder.join("root.key").exists() => {
            bail!("{} holds an installation, not a demo: name another folder with --data", folder.display())
        }
        Err(_) => Ok(false),
    }
}

/// Makes the company, its people and their data.
async fn fill(house: &House, cx: &Cx, contacts: u32) -> Result<()> {
    let [(name, email, _), colleagues @ ..] = STAFF;
    let founder = Founder {
        workspace: "Northlight".to_owned(),
        name: name.to_owned(),
        email: email.to_owned(),
        password: password(house),
    };
    let first = house.accounts.init(cx, founder).await?;
    let mut staff = vec![first];
    for (name, email, roles) in colleagues {
        staff.push(join(house, cx, (name, email, roles)).await?);
    }
    let contacts = usize::try_from(contacts)?;
    let size = Size { contacts, companies: (contacts * 3 / 20).max(1), deals: contacts * 2 / 5 };
    let sample = Sample::new(SEED, size).around(house.db.now().date()).with_near_duplicates(60);
    let acting = house.accounts.acting(cx, first).await?;
    let making = Making { house, cx: acting, staff };
    making.all(&sample).await
}

/// A password that nobody ever sees.
fn password(house: &House) -> Secret<String> {
    Secret::new(base64url(&kernel::chance::array::<24>(house.db.chance())))
}

async fn join(house: &House, cx: &Cx, (name, email, roles): (&str, &str, &[Role])) -> Result<UserId> {
    let invitation = Invitation { email: email.to_owned(), name: name.to_owned(), roles: roles.to_vec() };
    let (user, link) = house.accounts.invite(cx, invitation).await?;
    let nobody = Cx::nobody(cx.origin().clone(), cx.request(), cx.lang());
    let joining = Joining { name: name.to_owned(), password: password(house) };
    house.accounts.join(&nobody, link.token, joining).await?;
    Ok(user)
}

/// The making of records, in the name of the first person.
struct Making<'a> {
    house: &'a House,
    cx: Cx,
    staff: Vec<UserId>,
}

/// Ids of what was made, by the index of the sample's row.
struct Made {
    companies: Vec<RecordId>,
    contacts: Vec<RecordId>,
    deals: Vec<RecordId>,
}

impl Making<'_> {
    async fn all(&self, sample: &Sample) -> Result<()> {
        let mut made = Made { companies: Vec::new(), contacts: Vec::new(), deals: Vec::new() };
        made.companies = self.records("company", sample.companies().map(|row| company(&row))).await?;
        made.contacts = self.records("contact", sample.contacts().map(|row| contact(&row, &made))).await?;
        made.deals = self.records("deal", sample.deals().map(|row| deal(&row, &made))).await?;
        let notes = sample.notes().map(|note| {
            let kind = ["note", "call", "meeting"].get(note.index % 3).copied().unwrap_or("note");
            let at = format!("{}T{:02}:{:02}:00Z", note.on, 8 + note.index % 9, note.index * 7 % 60);
            about(Change::new().text("text", note.text).text("kind", kind).text("at", at), note.about, &made)
        });
        self.records("note", notes).await?;
        let tasks = sample.tasks().map(|task| {
            let change = Change::new().text("title", task.title).text("due", task.due.to_string());
            about(change.text("done", task.done.to_string()), task.about, &made)
        });
        self.records("task", tasks).await?;
        Ok(())
    }

    /// Makes records, each owned by one of the staff in turn, and returns their ids in order.
    async fn records(&self, object: &'static str, rows: impl Iterator<Item = Change>) -> Result<Vec<RecordId>> {
        let owners = self.staff.iter().copied().cycle();
        let mut rows = rows.zip(owners).map(|(change, owner)| change.owned_by(owner)).peekable();
        let mut ids = Vec::new();
        while rows.peek().is_some() {
            let some: Vec<Change> = rows.by_ref().take(TOGETHER).collect();
            let records = self.house.records.clone();
            let making = self.house.db.write(&self.cx, move |tx| -> Result<Vec<RecordRef>, RecordFault> {
                some.into_iter().map(|change| Ok(records.create_record(tx, object, change)?.at())).collect()
            });
            ids.extend(making.await.with_context(|| format!("a {object} of the demo"))?.into_iter().map(|at| at.id));
        }
        Ok(ids)
    }
}

fn company(row: &SampleCompany) -> Change {
    Change::new()
        .text("name", &row.name)
        .text("website", format!("https://{}", row.domain))
        .text("phone", &row.phone)
        .text("industry", &row.industry)
        .text("city", &row.city)
        .text("country", &row.country)
        .text("employees", row.employees.to_string())
}

fn contact(row: &SampleContact, made: &Made) -> Change {
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    let birthday = row.birthday.map(|day| day.to_string()).unwrap_or_default();
    // The sample's word for a stage between first contact and customer is another than the definition's.
    let stage = if row.stage == "qualified" { "evaluating" } else { row.stage };
    Change::new()
        .text("name", &row.name)
        .text("email", optional(&row.email))
        .text("phone", optional(&row.phone))
        .text("title", &row.title)
        .text("city", &row.city)
        .text("company", link(row.company, &made.companies))
        .text("stage", stage)
        .text("birthday", birthday)
        .text("national_id", optional(&row.national_id))
}

fn deal(row: &SampleDeal, made: &Made) -> Change {
    Change::new()
        .text("name", &row.title)
        .text("contact", link(row.contact, &made.contacts))
        .text("company", link(row.company, &made.companies))
        .text("stage", row.stage)
        .text("amount", format!("{} {}", row.amount.amount(), row.amount.currency))
        .text("close_date", row.close.to_string())
}

fn about(change: Change, about: About, made: &Made) -> Change {
    match about {
        About::Contact(index) => change.text("contact", link(Some(index), &made.contacts)),
        About::Company(index) => change.text("company", link(Some(index), &made.companies)),
        About::Deal(index) => change.text("deal", link(Some(index), &made.deals)),
    }
}

fn link(index: Option<usize>, ids: &[RecordId]) -> String {
    index.and_then(|index| ids.get(index)).map(ToString::to_string).unwrap_or_default()
}
