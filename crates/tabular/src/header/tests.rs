use super::*;

const CONTACT: &[Target<'static>] = &[
    Target { field: "full_name", labels: &["Name", "姓名"], kind: Kind::Text },
    Target { field: "first_name", labels: &[], kind: Kind::Text },
    Target { field: "last_name", labels: &[], kind: Kind::Text },
    Target { field: "email", labels: &["E-mail"], kind: Kind::Email },
    Target { field: "phone", labels: &["Phone"], kind: Kind::Phone },
    Target { field: "mobile", labels: &["Mobile"], kind: Kind::Phone },
    Target { field: "company", labels: &["Company"], kind: Kind::Text },
    Target { field: "title", labels: &["Position"], kind: Kind::Text },
    Target { field: "city", labels: &[], kind: Kind::Text },
    Target { field: "country", labels: &[], kind: Kind::Text },
    Target { field: "website", labels: &[], kind: Kind::Url },
    Target { field: "created", labels: &[], kind: Kind::Date },
    Target { field: "tags", labels: &[], kind: Kind::List },
    Target { field: "note", labels: &["Notes"], kind: Kind::Text },
];

fn fields(headers: &[&str], samples: &[&[&str]], targets: &[Target<'static>]) -> Vec<&'static str> {
    let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
    let samples: Vec<Vec<String>> =
        samples.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
    let proposed = propose(&headers, &samples, targets);
    proposed.into_iter().map(|proposal| proposal.map_or("", |proposal| proposal.field)).collect()
}

#[test]
fn headers_of_common_systems_find_their_fields() {
    for (headers, expected) in [
        (
            &[
                "Contact Name ",
                "E-mail Address",
                "Tel.",
                "Organisation",
                "Position",
                "Town/City",
                "Date added",
                "Comments",
            ][..],
            &["full_name", "email", "phone", "company", "title", "city", "created", "note"][..],
        ),
        (
            &["姓名", "邮箱", "手机号码", "公司名称", "职位", "备注"],
            &["full_name", "email", "phone", "company", "title", "note"],
        ),
        (
            &["E-mail 1 - Label", "E-mail 1 - Value", "Phone 1 - Value", "Address 1 - City", "Labels"],
            &["", "email", "phone", "city", "tags"],
        ),
        (&["firstName", "lastName", "mobilePhone", "jobTitle"], &["first_name", "last_name", "mobile", "title"]),
        (&["Phone 1", "Phone 2", "Company Website"], &["phone", "", "website"]),
        (&["Middle Name", "Name Prefix", "Phonetic First Name", "File As"], &["", "", "", ""]),
    ] {
        assert_eq!(fields(headers, &[], CONTACT), expected);
    }
}

#[test]
fn a_blank_column_gives_way_to_a_filled_one() {
    let samples: &[&[&str]] = &[&["", "Sales lead", "a@b.example"], &["", "Engineer", "c@d.example"]];
    assert_eq!(fields(&["Title", "Job Title", "Mail"], samples, CONTACT), ["", "title", "email"]);
}

#[test]
fn values_overrule_a_misleading_name() {
    let samples: &[&[&str]] = &[&["SMTP", "ana@example.org"], &["SMTP", "bo@example.org"]];
    assert_eq!(fields(&["E-mail", "Primary"], samples, CONTACT), ["", "email"]);
}

#[test]
fn columns_without_names_are_told_by_unmistakable_values() {
    let samples: &[&[&str]] = &[
        &["ana@example.org", "https://a.example/", "+44 20 496 0786", "x"],
        &["bo@example.org", "https://b.example/", "(617) 555-0143", "y"],
    ];
    let headers = ["Column 1", "Column 2", "Column 3", "Column 4"];
    assert_eq!(fields(&headers, samples, CONTACT), ["email", "website", "phone", ""]);
}

#[test]
fn a_table_of_companies_names_them_by_their_account() {
    let company = &[
        Target { field: "name", labels: &["Name"], kind: Kind::Text },
        Target { field: "industry", labels: &[], kind: Kind::Text },
        Target { field: "annual_revenue", labels: &[], kind: Kind::Money },
        Target { field: "employees", labels: &[], kind: Kind::Number },
        Target { field: "city", labels: &[], kind: Kind::Text },
        Target { field: "country", labels: &[], kind: Kind::Text },
    ];
    let samples: &[&[&str]] =
        &[&["Acme", "medical", "1100.04", "2822", "Kenya"], &["Bolt", "retail", "5", "7", "Japan"]];
    let headers = ["account", "sector", "revenue", "employees", "office_location"];
    assert_eq!(fields(&headers, samples, company), ["name", "industry", "annual_revenue", "employees", "country"]);
}

#[test]
fn no_field_is_proposed_twice_and_equal_names_go_left() {
    assert_eq!(fields(&["email", "Email", "EMAIL"], &[], CONTACT), ["email", "", ""]);
}

#[test]
fn a_first_row_of_values_is_no_header() {
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    for cells in [&["name", "email"][..], &["a", "b", "c"], &["姓名", "2019", "邮箱"], &["", "kind", "weight"]] {
        assert!(looks_like_one(&row(cells)), "{cells:?}");
    }
    for cells in [&["1", "2", "3"][..], &["2007-01-01", "", ""], &["Ana", "ana@example.org"], &["", ""], &["", "", "x"]]
    {
        assert!(!looks_like_one(&row(cells)), "{cells:?}");
    }
}
