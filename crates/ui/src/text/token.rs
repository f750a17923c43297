//! Words about tokens of programs.

super::messages! {
    /// What the pages of tokens say.
    K {
        Title: "Access tokens", "访问令牌";
        AllTitle: "Everybody’s access tokens", "所有成员的访问令牌";
        Lead: "A token lets a program work in your name. Give each program its own, and no longer than it needs.", "令牌让程序以您的名义工作。请为每个程序单独创建令牌，有效期不要超过实际需要。";
        AllLead: "Programs that work in somebody’s name, and those that ended within the last month.", "以成员名义工作的程序，包括最近一个月内已失效的。";
        CardLead: "For programs that read or write in your name.", "供以您的名义读取或写入数据的程序使用。";
        Open: "Show tokens", "查看令牌";
        Shown: "Copy the token now. It is not shown again.", "请立即复制令牌，之后不会再次显示。";
        Nothing: "No program works in your name", "没有程序以您的名义工作";
        NothingAll: "No program works in anybody’s name", "没有程序以任何成员的名义工作";
        NothingHint: "Tokens that you make are listed here, with when and from where each was used.", "您创建的令牌会列在这里，并显示最近使用的时间和来源。";
        New: "Make a token", "新建令牌";
        Name: "Name", "名称";
        NameHint: "The program, for example “Nightly report”.", "使用令牌的程序，例如“每日报表”。";
        Purpose: "What it is for", "用途";
        May: "What it may do", "权限";
        Everything: "Everything I may do with records", "我对业务数据的全部权限";
        EverythingHint: "Also what you may do only later. Never more than you may yourself.", "包括以后新增的权限，但不会超过您自己的权限。";
        Workspace: "Of the workspace itself", "工作区信息";
        WorkspaceHint: "Not part of everything: tick it only for a program that needs it. It sees what you may see yourself.", "不包含在上面的全部权限中，请仅在程序确有需要时勾选。它只能看到您本人有权查看的内容。";
        Assistant: "For an AI assistant", "供 AI 助手使用";
        AssistantHint: "It opens the door for assistants, and only reads, whatever else is ticked. With nothing else ticked, or with everything, it reads all that you may.", "令牌可用于 AI 助手接口，且只能读取，与其他勾选无关。不勾选其他项目或勾选全部时，可读取您有权查看的所有内容。";
        Proposes: "An assistant may suggest changes", "助手可以提出更改建议";
        ProposesHint: "Only together with the line above. What it suggests waits on the page Suggestions until you accept or reject it; by itself it changes nothing.", "须与上一项同时勾选。建议会在“助手建议”页面等待您接受或拒绝，助手本身不能更改任何内容。";
        ReadsAll: "reads what I may see", "可读取我有权查看的内容";
        Only: "Only some fields", "仅限部分字段";
        OnlyHint: "Where nothing is ticked, it sees every field you see. Where something is, every other field of these records does not exist for it, also one that is added later.", "未勾选时，可见您能看到的全部字段；一旦勾选，此类记录的其他字段（包括以后新增的）对该令牌而言并不存在。";
        Rows: "Only some records", "仅限部分记录";
        RowsHint: "One condition a line: the object, then a filter as in the address of a list. All conditions of an object must hold. Every other record does not exist for it, and it can neither make one nor move one there.", "每行一个条件：先写对象，再写筛选条件，写法与列表网址相同。同一类记录须满足全部条件。其他记录对该令牌而言并不存在，它既不能新建此类记录，也不能把记录移到范围之外。";
        Ends: "Good for", "有效期";
        EndsHint: "It also ends when nobody has used it for 60 days.", "连续 60 天无人使用也会自动失效。";
        Networks: "Only from these networks", "仅限这些网络";
        NetworksHint: "Addresses or ranges, like 198.51.100.7 or 10.0.0.0/8. Empty means from anywhere. From elsewhere it is refused, and you are told.", "地址或网段，例如 198.51.100.7 或 10.0.0.0/8。留空表示不限。从其他网络使用会被拒绝，并通知您。";
        Key: "Bound to a key", "绑定密钥";
        KeyHint: "The program’s public key (JWK) or its thumbprint. The token is then worth nothing to anybody else: each request is signed (DPoP, RFC 9449).", "程序的公钥（JWK）或其指纹。绑定后每个请求都要签名（DPoP，RFC 9449），令牌落入他人之手也无法使用。";
        Make: "Make the token", "创建令牌";
        End: "End it", "停用";
        Ended: "The token ended", "令牌已停用";
        Owner: "Works for", "代表成员";
        Until: "until", "有效至";
        Used: "used", "上次使用";
        Never: "never used", "从未使用";
        From: "from", "来源";
        OfApp: "app", "应用";
        Bound: "bound to a key", "已绑定密钥";
        Good: "good", "有效";
        Withdrawn: "ended", "已停用";
        Expired: "expired", "已过期";
        Unused: "ended, unused for 60 days", "60 天未使用，已失效";
        What: "What it read", "读取记录";
        WhatLead: "From the access log: everything this token was used for, as far back as the last 2,000 entries.", "来自访问日志：此令牌的使用情况，最多追溯最近 2,000 条记录。";
        Seen: "Different records it saw", "读取过的不同记录";
        NothingSeen: "It saw no records", "没有读取过记录";
        Places: "Where from", "来源地址";
        Latest: "Latest", "最近操作";
        Refused: "refused", "已拒绝";
        Back: "All tokens", "返回令牌列表";
    }
}
