//! What is said of one field.

use kernel::Lang;

/// Returns what is wrong with a field; `limit` is the number in the message, where there is one.
#[must_use]
pub fn field(lang: Lang, code: &str, limit: Option<i64>) -> String {
    let n = limit.map(crate::format::number).unwrap_or_default();
    let Some((_, en, zh)) = FIELDS.iter().find(|(known, ..)| *known == code) else {
        return crate::either(lang, "This is not accepted.", "无法接受此内容。").to_owned();
    };
    crate::either(lang, en, zh).replace("{}", &n)
}

/// What is wrong with a field: the code, English, Chinese. `{}` is the limit.
pub(super) const FIELDS: &[(&str, &str, &str)] = &[
    ("password-long", "At most 256 characters.", "最多 256 个字符。"),
    (
        "password-personal",
        "This holds your name, address or company: others would try that first.",
        "密码包含您的姓名、邮箱或公司名称，容易被猜到。",
    ),
    (
        "password-guessable",
        "This would be guessed soon. Take a few unrelated words.",
        "这个密码很容易被猜到，请使用几个互不相关的词。",
    ),
    (
        "password-common",
        "Many people use this, or it was stolen somewhere. Take a few unrelated words.",
        "这个密码过于常见或已被泄露，请使用几个互不相关的词。",
    ),
    (
        "passkeys-enough",
        "You have 20 passkeys already. Remove one you no longer use first.",
        "您已有 20 个通行密钥，请先移除不再使用的一个。",
    ),
    ("wrong-code", "This code is not right, or was used already.", "验证码不正确或已使用过。"),
    ("password-short-of-two", "At least 8 characters.", "至少 8 个字符。"),
    ("password-short", "At least 15 characters.", "至少 15 个字符。"),
    ("required", "Please fill this in.", "请填写此项。"),
    ("missing", "Please fill this in.", "请填写此项。"),
    ("unknown-field", "There is no such field.", "没有此字段。"),
    ("locked-field", "Your role does not let you change this.", "您的角色不允许修改此项。"),
    ("too-long", "At most {} characters.", "最多 {} 个字符。"),
    ("control-character", "This holds a character that cannot be stored.", "包含无法存储的字符。"),
    (
        "not-an-email",
        "This is not an e-mail address, like name@example.org.",
        "不是有效的邮箱地址，例如 name@example.org。",
    ),
    (
        "not-a-phone",
        "This is not a phone number: digits, +, spaces and brackets.",
        "不是有效的电话号码，只能包含数字、+、空格和括号。",
    ),
    ("not-a-url", "This is not a web address, like https://example.org.", "不是有效的网址，例如 https://example.org。"),
    (
        "not-a-network",
        "Write addresses or ranges, like 198.51.100.7 or 10.0.0.0/8.",
        "请填写地址或网段，例如 198.51.100.7 或 10.0.0.0/8。",
    ),
    ("nothing-chosen", "Choose at least one, or everything you may do.", "请至少选择一项，或选择“我能做的一切”。"),
    ("no-event", "Choose at least one.", "请至少选择一项。"),
    ("not-an-event", "You may not choose this.", "您无权选择此项。"),
    (
        "url-clear",
        "The address begins with https://: messages are not sent in the clear.",
        "地址必须以 https:// 开头，不会以明文发送。",
    ),
    (
        "not-an-address",
        "One address a line: https://…, or http://127.0.0.1:port/…, without #.",
        "每行一个地址：https://…，或 http://127.0.0.1:端口/…，不含 #。",
    ),
    ("not-a-scope", "A token cannot be made for this.", "无法为此创建令牌。"),
    (
        "not-a-token-row",
        "One condition a line, on an open field, as in the example. Sealed fields, words and the time of the last change will not do.",
        "每行一个条件，只能使用未加密的字段，写法如示例。不能使用加密字段、关键词或最后修改时间。",
    ),
    (
        "rows-of-everything",
        "Choose what it may do first: a token for everything is not kept to some records.",
        "请先选择权限：可做一切的令牌不能限定记录。",
    ),
    ("not-a-token-field", "There is no such field.", "没有此字段。"),
    ("too-many-networks", "At most 20 networks.", "最多 20 个网段。"),
    (
        "not-a-key",
        "This is not a public key of P-256 or Ed25519 as JSON, and not the thumbprint of one.",
        "不是 P-256 或 Ed25519 的 JSON 公钥，也不是其指纹。",
    ),
    (
        "private-key",
        "This is the private key. It must not leave its machine: make a new one, and paste only the public half.",
        "这是私钥。私钥不应离开所在设备，请重新生成密钥，并只粘贴公钥部分。",
    ),
    ("not-a-number", "This is not a whole number.", "不是整数。"),
    ("too-small", "At least {}.", "不能小于 {}。"),
    ("too-large", "At most {}.", "不能大于 {}。"),
    ("not-an-amount", "This is not an amount, like 1,250.50.", "不是有效的金额，例如 1,250.50。"),
    ("not-a-currency", "This is not a currency code, like EUR.", "不是有效的货币代码，例如 CNY。"),
    ("too-many-decimals", "This currency has fewer decimals.", "该货币的小数位数较少。"),
    ("not-a-date", "This is not a date, like 2026-11-30.", "不是有效的日期，例如 2026-11-30。"),
    ("not-a-time", "This is not a time.", "不是有效的时间。"),
    ("not-a-choice", "Choose one of the list.", "请从列表中选择。"),
    ("not-a-boolean", "Yes or no.", "请选择是或否。"),
    ("not-an-id", "There is nothing of this name that you may see.", "没有找到您可查看的同名记录。"),
    ("link-not-found", "There is nothing of this name that you may see.", "没有找到您可查看的同名记录。"),
    ("too-many-items", "At most {} items.", "最多 {} 项。"),
    (
        "secret-private-key",
        "This holds what looks like a private key. Take it out, or say above that it stays.",
        "内容疑似包含私钥。请删除，或在上方确认保留。",
    ),
    (
        "secret-token",
        "This holds what looks like a token or key of a service. Take it out, or say above that it stays.",
        "内容疑似包含服务的令牌或密钥。请删除，或在上方确认保留。",
    ),
    (
        "secret-password",
        "This holds what looks like a password. Take it out, or say above that it stays.",
        "内容疑似包含密码。请删除，或在上方确认保留。",
    ),
    (
        "secret-card",
        "This holds what looks like the number of a payment card. Take it out, or say above that it stays.",
        "内容疑似包含银行卡号。请删除，或在上方确认保留。",
    ),
    (
        "secret-resident-id",
        "This holds what looks like the number of an identity card. Take it out, or say above that it stays.",
        "内容疑似包含身份证号。请删除，或在上方确认保留。",
    ),
    (
        "secret-iban",
        "This holds what looks like the number of a bank account. Take it out, or say above that it stays.",
        "内容疑似包含国际银行账号。请删除，或在上方确认保留。",
    ),
    (
        "barred-private-key",
        "This holds what looks like a private key. Your workspace does not keep that here.",
        "内容疑似包含私钥，您的工作区不允许在此保存。",
    ),
    (
        "barred-token",
        "This holds what looks like a token or key of a service. Your workspace does not keep that here.",
        "内容疑似包含服务的令牌或密钥，您的工作区不允许在此保存。",
    ),
    (
        "barred-password",
        "This holds what looks like a password. Your workspace does not keep that here.",
        "内容疑似包含密码，您的工作区不允许在此保存。",
    ),
    (
        "barred-card",
        "This holds what looks like the number of a payment card. Your workspace does not keep that here.",
        "内容疑似包含银行卡号，您的工作区不允许在此保存。",
    ),
    (
        "barred-resident-id",
        "This holds what looks like the number of an identity card. Your workspace does not keep that here.",
        "内容疑似包含身份证号，您的工作区不允许在此保存。",
    ),
    (
        "barred-iban",
        "This holds what looks like the number of a bank account. Your workspace does not keep that here.",
        "内容疑似包含国际银行账号，您的工作区不允许在此保存。",
    ),
    ("wrong-type", "This is a value of another kind.", "值的类型不正确。"),
    ("wrong", "This is not right.", "不正确。"),
    ("row-cell-count", "More or fewer cells than the header.", "单元格数量与表头不一致。"),
    ("row-invalid-bytes", "Characters that do not fit the file's encoding.", "包含不符合文件编码的字符。"),
    ("row-nul", "A NUL character.", "包含空字符。"),
    ("row-unclosed-quote", "A quotation mark that is never closed.", "引号没有闭合。"),
    ("row-cell-too-long", "Longer than a row may be.", "内容过长。"),
    ("row-too-long", "Longer than a row may be.", "内容过长。"),
    ("exists", "Another record has this already.", "其他记录已使用该值。"),
    ("not-unique", "Another record has this already.", "其他记录已使用该值。"),
];
