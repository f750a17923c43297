//! Looking, beginning, going on.

use std::sync::LazyLock;

use authz::{Action, Create, Cx, Denied, Facts, Read, permit};
use db::ReadTx;
use kernel::{Fault as _, ObjectName, Uuid};
use ledger::{Line, verbs};
use vault::{NewRoot, Root, RootMove, Rotation, Share, Turn};

use crate::{Custody, CustodyFault, Standing};

/// The root key was split; the verb of the line.
const ESCROW: &str = "key-escrow";
/// It was put together again; the verb of the line.
const RECOVER: &str = "key-recover";
/// There is another one; the verb of the line.
const ROOT: &str = "key-root";

/// Returns the name under which the ledger knows a key.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a key's change reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("key").expect("a name"));
    NAME.clone()
}

fn facts() -> Facts {
    Facts { object: object(), id: Uuid::nil(), owner: None, team: None }
}

/// Whoever has the machine has the keys; everybody else is asked for the right.
pub(crate) fn may<A: Action>(tx: &ReadTx<'_>, verb: &'static str) -> Result<(), Denied> {
    if tx.cx().is_operator() {
        return Ok(());
    }
    let permitted = permit::<A>(tx.cx(), facts()).map(|_| ());
    permitted.inspect_err(|denied| tx.note_denial(Line::denied(verb, object(), denied.code())))
}

/// Returns the person at a browser who has proved lately who they are; programs change no keys.
pub(crate) fn at_browser(tx: &ReadTx<'_>) -> Result<(), Denied> {
    if tx.cx().is_operator() {
        return Ok(());
    }
    let there = tx.cx().at_browser().ok_or(Denied::Hidden).and_then(|_| tx.cx().dare());
    there.inspect_err(|denied| tx.note_denial(Line::denied(verbs::KEY_ROTATE, object(), denied.code())))
}

/// Only whoever has the machine.
fn operator(tx: &ReadTx<'_>, verb: &'static str) -> Result<(), Denied> {
    if tx.cx().is_operator() {
        return Ok(());
    }
    tx.note_denial(Line::denied(verb, object(), Denied::Hidden.code()));
    Err(Denied::Hidden)
}

/// Says what is changed, and how far it is.
fn line(rotation: &Rotation, step: &'static str, keys: u64) -> Line {
    let line = Line::done(verbs::KEY_ROTATE, object()).about_each([rotation.old.uuid(), rotation.new.uuid()]);
    line.fact("what", "epoch").fact("step", step).fact("keys", keys.to_string())
}

impl Custody {
    /// Says how the keys stand.
    ///
    /// # Errors
    /// [`CustodyFault::Denied`] without the right.
    pub async fn report(&self, cx: &Cx) -> Result<Standing, CustodyFault> {
        let vault = self.vault.clone();
        let reading = self.db.read(cx, move |tx| -> Result<_, CustodyFault> {
            may::<Read>(tx, verbs::READ)?;
            tx.note(Line::done(verbs::READ, object()).fact("what", "keys"));
            let (index, resealing) = (tx.index_keys()?, tx.resealings()?);
            Ok(Standing { keys: vault.report()?, index, objects: vault.object_labels()?, resealing })
        });
        reading.await
    }

    /// Begins to change the epoch key, or returns the change that is going on. [`step`](Self::step) does the rest.
    ///
    /// # Errors
    /// [`CustodyFault::Denied`] without the right, a session or a fresh proof; [`CustodyFault::Vault`] if the root key cannot be
    /// asked for.
    pub async fn rotate(&self, cx: &Cx) -> Result<Rotation, CustodyFault> {
        let vault = self.vault.clone();
        let beginning = self.db.write(cx, move |tx| -> Result<_, CustodyFault> {
            may::<Create>(tx, verbs::KEY_ROTATE)?;
            at_browser(tx)?;
            let (rotation, begun) = vault.rotate()?;
            tx.note(line(&rotation, if begun { "begun" } else { "joined" }, rotation.total));
            Ok(rotation)
        });
        beginning.await
    }

    /// Splits the root key into shares, of which any `needed` give it back. Only whoever has the machine may. Blocks.
    ///
    /// # Errors
    /// [`CustodyFault::Denied`] for anybody but the operator; [`CustodyFault::Vault`] for numbers that do not go together.
    pub fn escrow(&self, cx: &Cx, (needed, of): (u8, u8)) -> Result<Vec<Share>, CustodyFault> {
        let vault = self.vault.clone();
        self.db.write_now(cx, move |tx| -> Result<_, CustodyFault> {
            operator(tx, ESCROW)?;
            let shares = vault.escrow((needed, of))?;
            let set = shares.first().map(Share::set).unwrap_or_default();
            let line = Line::done(ESCROW, object()).fact("what", "root").fact("set", set);
            tx.note(line.fact("shares", of.to_string()).fact("needed", needed.to_string()));
            Ok(shares)
        })
    }

    /// Notes that the root key was put together from shares, or that it was proved that it can be. Blocks.
    ///
    /// # Errors
    /// [`CustodyFault::Denied`] for anybody but the operator.
    pub fn recovered(&self, cx: &Cx, set: String, only_checked: bool) -> Result<(), CustodyFault> {
        self.db.write_now(cx, move |tx| -> Result<_, CustodyFault> {
            operator(tx, RECOVER)?;
            let step = if only_checked { "checked" } else { "written" };
            tx.note(Line::done(RECOVER, object()).fact("what", "root").fact("set", set).fact("step", step));
            Ok(())
        })
    }

    /// Changes the root key. Only whoever has the machine may. Behind it the files are still to be put in order
    /// ([`NewRoot::settle`]). Blocks.
    ///
    /// # Errors
    /// [`CustodyFault::Denied`] for anybody but the operator; [`CustodyFault::Vault`] if the present root key cannot be asked for, or
    /// the next one cannot be made.
    pub fn change_root(&self, cx: &Cx, root: Root) -> Result<NewRoot, CustodyFault> {
        self.db.write_now(cx, |tx| operator(tx, ROOT).map_err(CustodyFault::from))?;
        self.tell_root(cx)?;
        let new = self.vault.next_root(root)?.commit()?;
        self.tell_root(cx)?;
        Ok(new)
    }

    /// Two databases cannot commit together: the line is written behind the change, and a program that is killed in between leaves it
    /// to whoever comes next.
    fn tell_root(&self, cx: &Cx) -> Result<(), CustodyFault> {
        let Some(moved) = self.vault.untold_root()? else { return Ok(()) };
        let RootMove { from, to, .. } = moved.clone();
        self.db.write_now(cx, move |tx| -> Result<_, CustodyFault> {
            tx.note(Line::done(ROOT, object()).fact("what", "root").fact("from", from).fact("to", to));
            Ok(())
        })?;
        Ok(self.vault.root_told(&moved)?)
    }

    /// Does the next part of a change, or begins one that is due; blocks. Returns the change while there is more to do.
    ///
    /// # Errors
    /// [`CustodyFault`] of the machine.
    pub fn step(&self, cx: &Cx) -> Result<Option<Rotation>, CustodyFault> {
        match self.vault.turn()? {
            Turn::More(rotation) => return Ok(Some(rotation)),
            Turn::Done(_) => {}
            Turn::Idle => {
                let due = self.every.is_some_and(|every| self.vault.epoch_age().is_ok_and(|age| age >= every));
                if due {
                    let (rotation, begun) = self.vault.rotate()?;
                    if begun {
                        self.tell(cx, &rotation, ("due", rotation.total))?;
                    }
                    return Ok(Some(rotation));
                }
            }
        }
        // A program that is killed in between says it twice; one that said it first might say what never happened.
        for rotation in self.vault.untold()? {
            self.tell(cx, &rotation, ("ended", rotation.done))?;
            self.vault.told(&rotation)?;
        }
        self.tell_root(cx)?;
        Ok(None)
    }

    fn tell(&self, cx: &Cx, rotation: &Rotation, (step, keys): (&'static str, u64)) -> Result<(), CustodyFault> {
        let line = line(rotation, step, keys);
        self.db.write_now(cx, move |tx| -> Result<_, CustodyFault> {
            tx.note(line);
            Ok(())
        })
    }
}
