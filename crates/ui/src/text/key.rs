//! Keys: how they stand, and their change.

use super::messages;

messages! {
    /// Words about the keys of the workspace.
    Y {
        Title: "Keys", "密钥";
        Lead: "Everything personal is sealed with keys that lie apart from the data. Here is how old they are, and whether one is being replaced. Nothing secret is shown.", "所有个人数据都用密钥加密，密钥与数据分开存放。这里显示密钥的使用时间，以及是否正在更换。不会显示任何机密内容。";
        Root: "Root key", "根密钥";
        RootHint: "It wraps the master key, and is kept outside of every database.", "用于封装主密钥，不存放在任何数据库中。";
        FromFile: "Read from a key file", "从密钥文件读取";
        FromPassphrase: "Made from a passphrase", "由口令生成";
        FromToken: "Kept in a token that never hands it out", "保存在安全令牌中，密钥不会离开令牌";
        From: "Comes from:", "来源：";
        Epoch: "Master key", "主密钥";
        EpochHint: "It wraps all other keys. When it is replaced, every key is wrapped anew while everybody goes on working.", "用于封装其他所有密钥。更换时，所有密钥会重新封装，大家可以照常工作。";
        Index: "Search key", "搜索密钥";
        IndexHint: "Records are found by codes that only this key can make. When it is replaced, every record gets new codes, and old ones are worth nothing. Search works all the time.", "记录通过只有此密钥才能生成的代码来查找。更换时，每条记录都会获得新代码，旧代码随即失效。搜索始终可用。";
        Sealing: "Keys of companies, deals and the like", "公司、商机等的密钥";
        SealingHint: "They seal records that are about no person, the files on these, and what the program keeps for itself. When one is replaced, all of this is sealed anew. The former key is kept, only to read what the access log and older backups hold.", "用于加密不涉及个人的记录及其附件，以及程序自身的数据。更换时，这些内容会全部重新加密。旧密钥仅保留用于读取访问日志和旧备份中的内容。";
        Resealed: "Rows sealed anew:", "已重新加密的行：";
        Former: "former keys:", "旧密钥：";
        InUse: "In use", "使用中";
        Leaving: "Being replaced", "正在更换";
        Wiping: "Replaced; its remains are being wiped", "已更换，正在清除残留";
        Since: "first used", "启用时间：";
        Wraps: "Keys that it wraps:", "封装的密钥数：";
        Rewrapped: "Keys wrapped anew", "已重新封装的密钥";
        Remade: "Records with new codes", "已更新代码的记录";
        Replace: "Replace", "更换";
        Begun: "It has begun", "已开始更换";
        Again: "Look again", "刷新";
        Others: "All keys", "全部密钥";
        Kind: "What for", "用途";
        Many: "Number", "数量";
        Oldest: "Oldest", "最早";
        Newest: "Newest", "最新";
        Subjects: "One for each person", "每人一个";
        Objects: "Records about nobody, and the program's own", "不涉及个人的记录及程序自用";
        Lookup: "Finding accounts and codes", "查找账户和验证码";
        Rows: "Marks against alteration", "防篡改标记";
        Tokens: "Sessions and access tokens", "会话和访问令牌";
        Forms: "Forms", "表单";
        Jobs: "Files that wait", "待处理的文件";
        Log: "Signing the access log", "签署访问日志";
        Yearly: "The master key is replaced by itself at this age, in days:", "主密钥自动更换周期（天）：";
        OnRequest: "The master key is replaced only when somebody asks.", "主密钥仅在有人要求时更换。";
    }
}
