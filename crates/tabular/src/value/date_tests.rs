use super::DateOrder::{DayFirst, MonthFirst};
use super::*;

fn shown(cell: &str, order: DateOrder) -> Result<String, ValueFault> {
    parse_moment(cell, order).map(|moment| match moment {
        Moment::Day(date) => date.to_string(),
        Moment::At(at) => at.to_rfc3339(),
    })
}

#[test]
fn days_as_people_write_them() {
    for (cell, order) in [
        ("2024-01-31", DayFirst),
        ("2024/1/31", DayFirst),
        ("2024.01.31", DayFirst),
        ("20240131", DayFirst),
        ("31.01.2024", MonthFirst),
        ("31.1.24", MonthFirst),
        ("31/01/2024", DayFirst),
        ("31-01-2024", DayFirst),
        ("01/31/2024", MonthFirst),
        ("1/31/24", MonthFirst),
        ("31 Jan 2024", MonthFirst),
        ("31-Jan-24", MonthFirst),
        ("Jan 31, 2024", DayFirst),
        ("January 31st, 2024", DayFirst),
        ("Wed, 31 Jan 2024", DayFirst),
        ("2024年1月31日", DayFirst),
        ("2024年01月31日 星期三", DayFirst),
        ("２０２４年１月３１日", DayFirst),
        ("45322", DayFirst),
        ("45322.0", DayFirst),
        (" 2024-01-31 ", DayFirst),
    ] {
        assert_eq!(shown(cell, order).as_deref(), Ok("2024-01-31"), "{cell}");
    }
}

#[test]
fn moments_as_people_and_systems_write_them() {
    let at = |text: &str| Timestamp::parse_rfc3339(text).map(Moment::At);
    for (cell, expected) in [
        ("2022-11-03T13:56:00Z", "2022-11-03T13:56:00Z"),
        ("2024-07-01T11:54:49.95+00:00", "2024-07-01T11:54:49.95Z"),
        ("2024-07-01T01:00:00+08:00", "2024-06-30T17:00:00Z"),
        ("2024-07-01 13:05", "2024-07-01T13:05:00Z"),
        ("7/1/2024 1:05 PM", "2024-07-01T13:05:00Z"),
        ("1 Jul 2024 13:05:09", "2024-07-01T13:05:09Z"),
        ("2024年7月1日 13时05分", "2024-07-01T13:05:00Z"),
        ("2024年7月1日下午1点05分", "2024-07-01T13:05:00Z"),
        ("2024/7/1 下午 1:05", "2024-07-01T13:05:00Z"),
        ("44868.580556", "2022-11-03T13:56:00Z"),
        ("45986.140278", "2025-11-25T03:22:00Z"),
    ] {
        assert_eq!(parse_moment(cell, MonthFirst).ok(), at(expected), "{cell}");
    }
}

#[test]
fn excel_counts_a_day_that_never_was() {
    assert_eq!(shown("1", DayFirst).as_deref(), Ok("1900-01-01"));
    assert_eq!(shown("59", DayFirst).as_deref(), Ok("1900-02-28"));
    assert_eq!(shown("60", DayFirst), Err(ValueFault::Date));
    assert_eq!(shown("61", DayFirst).as_deref(), Ok("1900-03-01"));
    assert_eq!(shown("2958465", DayFirst).as_deref(), Ok("9999-12-31"));
    assert_eq!(shown("2958466", DayFirst), Err(ValueFault::Date));
}

#[test]
fn what_is_no_date_says_why() {
    for (cell, fault) in [
        ("", ValueFault::Blank),
        ("0/0/00", ValueFault::Blank),
        ("1996", ValueFault::YearAlone),
        ("01/31/2024", ValueFault::DateOrder),
        ("2024-02-30", ValueFault::Date),
        ("31/31/2024", ValueFault::Date),
        ("2024-13-01", ValueFault::Date),
        ("31/01/024", ValueFault::Date),
        ("tomorrow", ValueFault::Date),
        ("2024-01-31T25:00:00Z", ValueFault::Date),
        ("1.2.3.4", ValueFault::Date),
        ("-5", ValueFault::Date),
        ("99999999", ValueFault::Date),
        ("1706659200000", ValueFault::Date),
        ("12:30", ValueFault::Date),
    ] {
        assert_eq!(shown(cell, DayFirst), Err(fault), "{cell}");
    }
}

#[test]
fn a_column_shows_its_order() {
    assert_eq!(DateOrder::infer(["01/02/2024", "31/01/2024", ""]), Some(DayFirst));
    assert_eq!(DateOrder::infer(["01/02/2024", "01/31/2024"]), Some(MonthFirst));
    assert_eq!(DateOrder::infer(["01/02/2024", "2024-01-31", "31.01.2024"]), None);
}
