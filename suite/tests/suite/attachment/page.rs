//! Files on pages and for programs.

use serde_json::Value;
use testkit::App;
use tokens::TokenForm;

use super::PNG;
use crate::support::http::{Answer, Client, site};
use crate::support::scene::CANARY;

testkit::on_both_engines! {
    a_form_brings_files_and_they_leave_as_downloads_only => super::form;
    a_program_brings_and_fetches_files => super::program;
}

/// A form with files, as a browser sends it.
fn sent(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes(),
        );
    }
    for (name, bytes) in files {
        let head = format!("--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
        body.extend(head.into_bytes());
        body.extend_from_slice(b"content-type: text/html\r\n\r\n");
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    ("multipart/form-data; boundary=edge".to_owned(), body)
}

fn is_download(answer: &Answer) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert!(answer.header("content-disposition").starts_with("attachment; filename="), "{answer:?}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").starts_with("sandbox; default-src 'none'"));
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// Fails when: a file is sent with a type of its own or without its headers, or a preview is the file itself.
async fn form(app: App) {
    let max = app.person("Max Stone", authz::Role::Manager).await;
    let at = max.create("contact", &[("name", "Somebody")]).await.unwrap();
    let (site, base) = (site(&app), format!("/contacts/{}/files", at.id));
    let browser = Client::of(&site, &max);
    let (kind, body) = sent(&[("stay", "1")], &[("报价.pdf", b"%PDF-1.7 one"), ("../b<i>.png", PNG)]);
    let answer = browser.send("POST", &base, &kind, body).await;
    assert_eq!((answer.status, answer.header("location")), (303, &*format!("{base}?did=added")), "{answer:?}");
    let page = browser.get(&base).await;
    assert!(page.text.contains("报价.pdf") && page.text.contains("b_i_.png"), "{page:?}");
    let links: Vec<&str> = page.text.split("href=\"").filter_map(|rest| rest.split('"').next()).collect();
    let links: Vec<&str> = links.into_iter().filter(|link| link.starts_with(&format!("{base}/"))).collect();
    assert_eq!(links.len(), 2, "{page:?}");
    let mut found = Vec::new();
    for link in &links {
        let file = browser.get(link).await;
        is_download(&file);
        found.push(file.bytes);
    }
    assert!(found.contains(&b"%PDF-1.7 one".to_vec()) && found.contains(&PNG.to_vec()));
    let picture = links.iter().find(|link| page.text.contains(&format!("{link}/preview"))).unwrap();
    let preview = browser.get(&format!("{picture}/preview")).await;
    assert_eq!((preview.status, preview.header("content-type")), (200, "image/jpeg"));
    assert!(
        preview.bytes.starts_with(b"\xff\xd8\xff") && preview.header("content-security-policy").starts_with("sandbox;")
    );
    let other = links.iter().find(|link| *link != picture).unwrap();
    assert_eq!(browser.get(&format!("{other}/preview")).await.status, 404);
    // What is refused is said on a page where it can be mended.
    let number = |digit: u32| format!("paid with 400088888888888{digit}");
    let card = (0..10).map(number).find(|text| !scanner::find(text).is_empty()).unwrap();
    for (name, bytes, status, said) in [
        ("a.exe", &b"MZ\x90\0"[..], 415, "kind of file"),
        ("a.csv", card.as_bytes(), 422, "keep_secrets"),
        ("", b"", 422, "empty"),
    ] {
        let (kind, body) = sent(&[], &[(name, bytes)]);
        let answer = browser.send("POST", &base, &kind, body).await;
        assert!(answer.status == status && answer.text.contains(said), "{name}: {answer:?}");
    }
    let (kind, body) = sent(&[("keep_secrets", "1")], &[("a.csv", card.as_bytes())]);
    assert_eq!(browser.send("POST", &base, &kind, body).await.status, 303);
    // A form that breaks off in the middle of a file leaves nothing of it.
    let (kind, mut body) = sent(&[], &[("half.pdf", &[&b"%PDF-1.7 "[..], &[b'x'; 400_000]].concat())]);
    body.truncate(200_000);
    assert!(browser.send("POST", &base, &kind, body).await.status >= 400);
    assert_eq!(super::listed(&app, &max, &at).await.len(), 3);
    // Removed and taken back, from the page.
    let removed = browser.post(&format!("{picture}/remove"), &[]).await;
    assert_eq!(removed.status, 303);
    assert_eq!(browser.get(picture).await.status, 404);
    let page = browser.get(removed.header("location")).await;
    assert!(page.text.contains(&format!("{picture}/restore")), "{page:?}");
    assert_eq!(browser.post(&format!("{picture}/restore"), &[]).await.status, 303);
    is_download(&browser.get(picture).await);
    let page = browser.get(&format!("/contacts/{}", at.id)).await;
    assert!(page.text.contains("added a file") && page.text.contains("downloaded a file"), "{page:?}");
    app.finish(&[CANARY]).await;
}

/// Fails when: a program gets by with fewer rights, or what its file says it is counts.
async fn program(app: App) {
    let max = app.person("Max Stone", authz::Role::Manager).await;
    let at = max.create("contact", &[("name", "Somebody")]).await.unwrap();
    let program = Client::program(&site(&app), &app.token(&max).await);
    let base = format!("/api/v1/contacts/{}/attachments", at.id);
    let bytes = "application/octet-stream";
    let made = program.send("POST", &format!("{base}?name=x.html"), bytes, b"only words".to_vec()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let file: Value = serde_json::from_str(&made.text).unwrap();
    assert_eq!((&file["name"], &file["kind"], &file["bytes"]), (&"x.html.txt".into(), &"text".into(), &10.into()));
    let place = made.header("location").to_owned();
    let fetched = program.get(&place).await;
    is_download(&fetched);
    assert_eq!(fetched.text, "only words");
    for (url, kind, body, status) in [
        (base.clone(), bytes, b"x".to_vec(), 422),
        (format!("{base}?name=a&x=1"), bytes, b"x".to_vec(), 422),
        (format!("{base}?name=a"), "application/json", b"{}".to_vec(), 415),
        (format!("{base}?name=a"), bytes, b"MZ\x90\0".to_vec(), 415),
        (format!("{base}?name=a"), bytes, vec![b' '; 25 * 1024 * 1024 + 1], 413),
        (format!("{base}?name=a"), bytes, vec![b' '; 26 * 1024 * 1024], 413),
    ] {
        let answer = program.send("POST", &url, kind, body).await;
        assert_eq!(answer.status, status, "{url}: {answer:?}");
    }
    let all: Value = serde_json::from_str(&program.get(&base).await.text).unwrap();
    assert_eq!((all["data"].as_array().unwrap().len(), &all["next"]), (1, &Value::Null));
    // A token for reading reads, and one whose owner does not see the record finds nothing.
    let vic = app.person("Vic Viewer", authz::Role::Viewer).await;
    let reader = Client::program(&site(&app), &app.token(&vic).await);
    assert_eq!(reader.get(&place).await.status, 200);
    assert_eq!(reader.send("POST", &format!("{base}?name=a"), bytes, b"x".to_vec()).await.status, 403);
    assert_eq!(reader.send("DELETE", &place, "", Vec::new()).await.status, 403);
    let ann = app.person("Ann Other", authz::Role::Agent).await;
    let stranger = Client::program(&site(&app), &app.token(&ann).await);
    for answer in [stranger.get(&base).await, stranger.get(&place).await] {
        assert_eq!(answer.status, 404, "{answer:?}");
    }
    // One that is kept to some fields sees no files.
    let (label, lasts) = ("x".to_owned(), std::time::Duration::from_secs(86_400));
    let wanted = TokenForm { label, lasts, fields: vec!["contact:name".to_owned()], ..TokenForm::default() };
    let kept = app.tokens.create(&app.operator(), max.id, wanted).await.unwrap();
    let narrow = Client::program(&site(&app), kept.token.expose());
    assert_eq!(narrow.get(&format!("/api/v1/contacts/{}", at.id)).await.status, 200);
    let none: Value = serde_json::from_str(&narrow.get(&base).await.text).unwrap();
    assert_eq!(none["data"], serde_json::json!([]));
    assert_eq!(narrow.get(&place).await.status, 404);
    assert_eq!(narrow.send("POST", &format!("{base}?name=a"), bytes, b"x".to_vec()).await.status, 404);
    assert_eq!(narrow.send("DELETE", &place, "", Vec::new()).await.status, 404);
    // In the bin the record is not there, and nor are its files.
    let binned = at.clone();
    max.write(move |records, tx| records.delete_record(tx, &binned, None)).await.unwrap();
    for answer in
        [program.get(&base).await, program.get(&place).await, program.send("DELETE", &place, "", Vec::new()).await]
    {
        assert_eq!(answer.status, 404, "{answer:?}");
    }
    let back = at.clone();
    max.write(move |records, tx| records.restore_record(tx, &back).map(|_| ())).await.unwrap();
    assert_eq!(program.send("DELETE", &place, "", Vec::new()).await.status, 204);
    assert_eq!(program.get(&place).await.status, 404);
    app.finish(&[CANARY]).await;
}
