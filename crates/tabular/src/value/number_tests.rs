use super::*;
use DecimalMark::{Comma, Point};

fn number(cell: &str, mark: DecimalMark) -> Result<String, ValueFault> {
    parse_number(cell, mark).map(|number| number.to_string())
}

#[test]
fn numbers_as_people_write_them() {
    for (cell, mark, expected) in [
        ("3,565,000", Point, "3565000"),
        ("3565000", Comma, "3565000"),
        ("1.234,50", Point, "1234.5"),
        ("1,234.50", Comma, "1234.5"),
        ("1 234,5", Point, "1234.5"),
        ("1\u{202f}234\u{a0}567", Point, "1234567"),
        ("1'234.5", Point, "1234.5"),
        ("1.234", Point, "1.234"),
        ("1.234", Comma, "1234"),
        ("1,234", Point, "1234"),
        ("1,234", Comma, "1.234"),
        ("0.125", Comma, "0.125"),
        ("1234,567", Point, "1234.567"),
        ("12,34,567", Point, "1234567"),
        ("(12)", Point, "-12"),
        ("-3", Point, "-3"),
        ("−3", Point, "-3"),
        ("3-", Point, "-3"),
        ("+3", Point, "3"),
        (".5", Point, "0.5"),
        ("5.", Point, "5"),
        ("20%", Point, "20"),
        ("１２，０００", Point, "12000"),
        ("1.2万", Point, "12000"),
        ("3亿", Point, "300000000"),
        ("1.23456万", Point, "12345.6"),
        ("1100.0400", Point, "1100.04"),
        ("-0", Point, "0"),
    ] {
        assert_eq!(number(cell, mark).as_deref(), Ok(expected), "{cell}");
    }
}

#[test]
fn what_is_no_number_says_so() {
    for cell in ["abc", "12a", "1,2,3", "1.2.3.4", "--1", "(-1)", "1 2", "12,3456,7", "€5", "=1+1", "1e5", ".", ","] {
        assert_eq!(number(cell, Point), Err(ValueFault::Number), "{cell}");
    }
    assert_eq!(number(" ", Point), Err(ValueFault::Blank));
    assert_eq!(number(&"9".repeat(31), Point), Err(ValueFault::Range));
}

#[test]
fn amounts_carry_their_currency() {
    let eur = Currency::EUR;
    for (cell, minor, code) in [
        ("€1,234", 123_400, "EUR"),
        ("1.234,50 €", 123_450, "EUR"),
        ("¥12,000", 1_200_000, "EUR"),
        ("￥12,000", 1_200_000, "EUR"),
        ("12,000元", 1_200_000, "CNY"),
        ("人民币 3.5万元", 3_500_000, "CNY"),
        ("USD 12.5", 1_250, "USD"),
        ("12.5 usd", 1_250, "USD"),
        ("-$5", -500, "EUR"),
        ("$-5", -500, "EUR"),
        ("($5.25)", -525, "EUR"),
        ("JPY 500", 500, "JPY"),
        ("7", 700, "EUR"),
        ("Rs. 500", 50_000, "INR"),
    ] {
        let money = parse_amount(cell, Point).and_then(|amount| amount.money(eur));
        assert_eq!(
            money.map(|money| (money.minor, money.currency.to_string())),
            Ok((minor, code.to_owned())),
            "{cell}"
        );
    }
    assert_eq!(parse_amount("€5 USD", Point), Err(ValueFault::Number));
    assert_eq!(parse_amount("XYZ 5", Point), Err(ValueFault::Number));
    assert_eq!(parse_amount("1.005", Point).and_then(|amount| amount.money(eur)), Err(ValueFault::Decimals));
}

#[test]
fn a_column_shows_its_decimal_mark() {
    assert_eq!(DecimalMark::infer(["1.234", "12,5", ""]), Some(Comma));
    assert_eq!(DecimalMark::infer(["3,565,000", "4,797"]), Some(Point));
    assert_eq!(DecimalMark::infer(["1.234", "7"]), None);
    assert_eq!(DecimalMark::infer(["$1.50", "€2,50"]), None);
}
