//! The names of currencies.

use kernel::Currency;

/// Returns the currency of a sign, code or name in capitals; `Some(None)` for a sign that several currencies share.
pub(super) fn currency(name: &str) -> Option<Option<Currency>> {
    const CODES: [&str; 40] = [
        "AED", "ARS", "AUD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "HKD", "HUF",
        "IDR", "ILS", "INR", "JPY", "KES", "KRW", "KWD", "MXN", "MYR", "NGN", "NOK", "NZD", "PHP", "PLN", "RON", "SAR",
        "SEK", "SGD", "THB", "TRY", "TWD", "USD", "VND", "ZAR",
    ];
    let code = match name {
        "$" | "¥" => return Some(None),
        "€" | "EURO" | "欧元" => "EUR",
        "£" | "英镑" => "GBP",
        "US$" | "$US" | "美元" => "USD",
        "HK$" | "港元" | "港币" => "HKD",
        "A$" | "AU$" => "AUD",
        "C$" | "CA$" => "CAD",
        "S$" => "SGD",
        "NT$" => "TWD",
        "R$" => "BRL",
        "元" | "人民币" | "RMB" | "CN¥" => "CNY",
        "日元" | "円" | "JP¥" => "JPY",
        "₹" | "RS" | "RS." => "INR",
        "₩" | "韩元" => "KRW",
        "₽" => return Currency::parse("RUB").ok().map(Some),
        code => CODES.into_iter().find(|known| *known == code)?,
    };
    Currency::parse(code).ok().map(Some)
}
