/** Raised with every change of {@link schema}; a file of another version is not opened. */
export const schemaVersion = 1;

/**
 * The tables of the accounting server. Amounts are integer minor units; `hash` is of the request.
 * The unique keys are what makes every entry booked once, whatever arrives how often.
 */
export const schema = `
  create table batch (
    seq integer primary key autoincrement,
    key text not null unique,
    hash text not null,
    institution text not null,
    rule text not null,
    entries integer not null check (entries > 0),
    receipt text not null unique,
    received_at text not null
  ) strict;

  create table entry (
    seq integer primary key autoincrement,
    key text not null unique,
    batch_seq integer not null references batch (seq),
    debit text not null,
    credit text not null check (credit <> debit),
    amount_minor integer not null check (amount_minor > 0),
    currency text not null,
    booked_on text not null,
    rule_set text not null,
    rule_set_version integer not null,
    transfers integer not null check (transfers > 0)
  ) strict;
  create index entry_by_batch on entry (batch_seq);

  create table account (
    code text not null,
    currency text not null,
    balance_minor integer not null,
    primary key (code, currency)
  ) strict;

  create table armed (
    seq integer primary key autoincrement,
    failure text not null,
    times integer not null check (times > 0),
    delay_ms integer
  ) strict;
`;
