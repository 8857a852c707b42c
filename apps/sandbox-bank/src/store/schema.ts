/** Raised with every change of {@link schema}; a file of another version is not opened. */
export const schemaVersion = 1;

/** The bank's tables. Amounts are integer minor units; `request` is what was asked, as JSON. */
export const schema = `
  create table bank (
    id integer primary key check (id = 1),
    date text not null
  ) strict;

  create table payment (
    seq integer primary key,
    key text not null unique,
    request text not null,
    status text not null check (status in ('settled', 'final', 'returned', 'rejected')),
    amount_minor integer check (amount_minor > 0),
    currency text,
    bank_reference text unique,
    booked_on text,
    returnable_until text,
    return_on text,
    returned_on text,
    reason_code text,
    message text,
    check ((status = 'rejected') = (amount_minor is null)),
    check ((status = 'rejected') = (booked_on is null))
  ) strict;
  create index payment_by_status on payment (status);

  create table armed (
    seq integer primary key autoincrement,
    failure text not null check (failure in ('timeout-after-paid', 'return-next-day')),
    times integer not null check (times > 0),
    reason_code text
  ) strict;
`;
