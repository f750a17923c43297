-- Whether who called a customer says that they dialled the number in the record: then what the customer reads back is theirs.
alter table call_check add column dialled {INT};
