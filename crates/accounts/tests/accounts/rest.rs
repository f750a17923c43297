//! What lies in the files at rest.

use authz::Role;
use testkit::tokens::TokenForm;

use crate::house::{self, FOUNDER, HOUR, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_and_no_secret_lies_in_any_file() {
    let house = house::open("sqlite").await.unwrap();
    let founder = house.founded().await;
    house.joined(&founder.cx, "tomas@brightloom.example", &[Role::Agent]).await;
    let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let _ = house.sign_in("somebody.else@brightloom.example", "my other password").await;
    let form = TokenForm { label: "Ledger export of Mei".to_owned(), lasts: HOUR, ..TokenForm::default() };
    let token = house.tokens.create(&founder.cx, founder.user.id, form).await.unwrap();
    let link = house.accounts.sign_in_link(&house.operator(), founder.user.id).await.unwrap();
    house.accounts.list_people(&founder.cx).await.unwrap();
    let canaries = [
        "Mei Chen",
        "Tomás",
        "mei.chen",
        "tomas@",
        "somebody.else",
        "my other password",
        PASSWORD,
        "Ledger export",
        session.cookie.expose(),
        token.token.expose(),
        link.token.expose(),
    ];
    let mut seen = 0;
    for file in std::fs::read_dir(house.dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        seen += bytes.len();
        for canary in canaries {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary.as_bytes()), "{canary}");
        }
    }
    assert!(seen > 50_000, "the files were there to be looked at");
}
