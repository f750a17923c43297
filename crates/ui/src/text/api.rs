//! Words about the API. Its description is written in English, for programs; what people see of it in Chinese stands here.

use kernel::Lang;

super::messages! {
    /// What the page of the API says.
    I {
        Title: "API", "API";
        CardLead: "For whoever writes programs: what can be asked, and how.", "供开发者查阅：可用的接口及调用方法。";
        Open: "Show the API", "查看 API";
        Lead: "Programs read and write here what people do on the pages. Each works with a token, and may never do more than whoever the token belongs to.", "程序可通过此接口读写页面上的数据。每个程序凭令牌访问，权限不会超过令牌所属的成员。";
        Begin: "Begin", "开始使用";
        BeginLead: "Make a token, put it into `$TOKEN`, and ask:", "创建令牌，存入 `$TOKEN`，然后发送请求：";
        Document: "The same for programs (`OpenAPI` 3.1), with a token:", "供程序读取的接口描述（`OpenAPI` 3.1，需令牌）：";
        Parts: "Parts of the API", "API 分类";
        Common: "In general", "通用";
        Fields: "Fields", "字段";
        FieldsLead: "As you see them. A token may be made to see fewer.", "按您的权限显示。令牌可设为仅可见部分字段。";
        Field: "Field", "字段";
        Name: "Name", "名称";
        Kind: "Kind", "类型";
        Needed: "needed", "必填";
        ReadOnly: "read only", "只读";
        Sealed: "sealed: written, never answered", "密封：可写入，不会返回";
        Parameters: "Parameters", "参数";
        Where: "Where", "位置";
        What: "What it is", "说明";
        Body: "Body", "请求体";
        Answers: "Answers", "响应";
        Example: "Example", "示例";
        InPath: "in the address", "路径";
        InQuery: "in the query", "查询";
        InHeader: "header", "请求头";
        Text: "text", "文本";
        Number: "number", "数字";
        Flag: "yes or no", "是或否";
        Day: "day", "日期";
        Moment: "moment", "时间";
        Id: "id", "编号";
        Money: "money", "金额";
        Several: "several", "多个值";
        Group: "group", "对象";
        OneOf: "one of", "可选值";
    }
}

/// What the description says, and what it is in Chinese.
const SAID: &[(&str, &str)] = &[
    ("The objects there are, their fields and choices", "所有对象及其字段和选项"),
    ("Every object.", "所有对象。"),
    ("This document", "本接口描述文档"),
    ("An OpenAPI 3.1 document.", "`OpenAPI` 3.1 文档。"),
    ("Many, page by page", "分页列出"),
    ("Many, looked for by a body, which no address holds", "按请求体中的条件查找（条件不会出现在地址中）"),
    ("Make one", "新建"),
    ("One", "读取一条"),
    ("Change fields; those that are not named stay", "修改字段；未列出的字段保持不变"),
    ("Put one into the bin", "移入回收站"),
    ("What it links to, and what links to it", "双向关联：它关联的记录，以及关联到它的记录"),
    ("Both ways.", "两个方向的关联。"),
    ("One page.", "一页记录。"),
    ("The files of one", "列出一条记录的文件"),
    ("Every file of the record.", "该记录的所有文件。"),
    ("Add a file to one", "为一条记录添加文件"),
    ("The new file.", "新添加的文件。"),
    ("A file of one", "下载一条记录的文件"),
    ("The file.", "文件内容。"),
    ("Remove a file of one", "移除一条记录的文件"),
    ("It is removed, and can be taken back on the pages.", "已移除，可在页面上恢复。"),
    ("The file's id.", "文件的编号。"),
    (
        "What it is called. It is made safe, and ends in what the file is.",
        "文件名。会被处理为安全的名称，扩展名以实际内容为准。",
    ),
    ("Whether a secret that stands in a text is meant to stand there.", "文本中的敏感内容是否确认保留。"),
    ("What it is called (RFC 6266).", "文件名（RFC 6266）。"),
    ("The new record.", "新建的记录。"),
    ("The record.", "记录内容。"),
    ("The record as it is now.", "修改后的记录。"),
    ("It lies in the bin.", "已移入回收站。"),
    ("The record's id.", "记录编号。"),
    (
        "A filter as the pages spell it, `field:operation:value`, for example `stage:is:lead`. Several must all hold.",
        "筛选条件，格式为“字段:操作:值”，与页面地址中的写法相同；可给出多个，须同时满足。",
    ),
    ("Falling with a minus.", "加负号表示降序。"),
    ("The `next` of the page before, with the same filters and sort.", "上一页返回的后续标记，筛选和排序须保持不变。"),
    ("Only these fields are answered, `name,stage`.", "仅返回这些字段，以逗号分隔。"),
    (
        "A name for this request, never used for another. Sent again within a day, it is done once: what it made is \
         answered as it is now, 404 if it is gone or hidden since. Another body under the same name is refused (`key-reused`).",
        "此请求的唯一标识，请勿用于其他请求。一天内重复发送只会执行一次，并返回记录的当前内容；若记录已删除或不可见，则返回 404。同一标识用于不同内容会被拒绝。",
    ),
    (
        "The `ETag` of the version it is made from (RFC 9110 §13.1.1): done to that version or not at all.",
        "所依据版本的标识：仅当记录仍为该版本时才执行。",
    ),
    ("The request cannot be read.", "无法解析请求。"),
    ("There is no token, or it is not good.", "没有令牌，或令牌无效。"),
    ("The owner of the token may not do this.", "令牌所属成员无权执行此操作。"),
    ("It does not exist, or is hidden from the owner of the token.", "不存在，或令牌所属成员无权查看。"),
    ("The request took too long to arrive.", "请求传输超时。"),
    ("Somebody else was faster, or a value is taken.", "他人已先行修改，或值已被占用。"),
    ("It is not the version of `If-Match` any more.", "记录已不是所指定的版本。"),
    ("The body is too large.", "请求体过大。"),
    ("The body is of a kind that is not taken.", "请求体的类型不受支持。"),
    ("The host is not one of this server's.", "主机名不属于本服务器。"),
    (
        "What is asked can be read and not be done: each wrong member is named in `errors`.",
        "请求可以解析但无法执行，返回内容会列出每个有误的字段。",
    ),
    ("Too many requests; `Retry-After` says when to come back.", "请求过多，返回内容会说明何时可以重试。"),
    ("The headers are too large.", "请求头过大。"),
    ("Something broke; `instance` is what the log knows it by.", "系统出错，返回内容中有对应的日志编号。"),
    ("The database cannot be reached, or its disk is full.", "数据库无法访问，或磁盘已满。"),
    (
        "Filters as lists take them, `field:operation:value`, all of which must hold.",
        "筛选条件，格式为“字段:操作:值”，须同时满足。",
    ),
    ("Only these fields are answered.", "仅返回这些字段。"),
    (
        "What looks like a key, a password or the number of a card in free text is meant to stay there.",
        "确认自由文本中疑似密钥、密码或卡号的内容应保留。",
    ),
    ("Whom the token acts for, what it may, and how much", "令牌所属成员、权限和用量"),
    ("Whoever asks.", "请求者的信息。"),
    ("The people who may sign in, or might, page by page", "分页列出成员"),
    ("The roles and what each grants, page by page", "分页列出角色及其权限"),
    ("The teams, page by page", "分页列出团队"),
    ("The events of the access log, page by page", "分页列出访问日志中的事件"),
    ("The tokens of the token's owner, page by page", "分页列出令牌所属成员的令牌"),
    (
        "Each token may end itself; another one only a token that names it.",
        "每个令牌都可以停用自己；停用其他令牌须明确包含此权限。",
    ),
    ("It has ended.", "已停用。"),
    ("End one of the owner's tokens", "停用所属成员的一个令牌"),
    ("One of the people who may sign in, or might", "读取一位成员"),
    ("One of the roles and what each grants", "读取一个角色"),
    ("One of the teams", "读取一个团队"),
    ("Only for a token that names it.", "仅限明确包含此权限的令牌。"),
    ("The `next` of the page before.", "上一页返回的后续标记。"),
    ("Its id.", "编号。"),
    ("It.", "所读取的内容。"),
    ("Workspace", "工作区"),
];

/// Returns a sentence of the description in a language; nothing where it has none.
#[must_use]
pub fn said(lang: Lang, text: &str) -> Option<&str> {
    match lang {
        Lang::En => Some(text),
        Lang::Zh => SAID.iter().find(|(english, _)| *english == text).map(|(_, chinese)| *chinese),
    }
}
