import { expect, test } from 'vitest';
import { found } from '../testing/made-up.ts';
import { migrations } from './migrations.ts';

const dir = 'packages/rule-book/src/store/migrations';
const first = `${dir}/001_rule.sql`;
const up = '-- Up Migration\n';
const faults = (sql: string): readonly string[] =>
  found(migrations, { [first]: `${up}${sql}\n` }).map((each) => each.replace(`${first}:`, ''));

test('a migration as it should be', () => {
  const sql = `create table rule_book.rule (
  id bigint generated always as identity primary key,
  type text not null, -- from other.schema; it is; only a comment
  changed_on date check (changed_on is distinct from old_on)
);
create unique index rule_type on rule_book.rule (type) where type <> 'a;b';
create index on rule_book.rule (id);
create table rule_book.step (rule_id bigint references rule_book.rule (id) on update cascade);
comment on table rule_book.rule is 'It''s drawn from pool.draw.';
comment on column rule_book.rule.id is 'Its number.';
create function rule_book.refuse() returns trigger language plpgsql as $$
begin
  perform 1 from rule_book.rule where id = new.id and note = 'from x.y'; -- from x.y
  return new;
end;
$$;
create trigger keep before update or delete on rule_book.rule
for each row execute function rule_book.refuse();
alter table rule_book.rule add column note text;
insert into rule_book.rule (type) select name from unnest(array['a']) as names (name);
update rule_book.rule set note = '' from rule_book.step where rule_id = id;
grant usage on schema rule_book to sluice_app;
grant select, insert on rule_book.rule, rule_book.step to sluice_app;
grant update (note, type) on rule_book.rule to sluice_app;
revoke execute on function rule_book.refuse() from public;`;
  expect(faults(sql)).toEqual([]);
});

test('numbers leave no gap', () => {
  const texts = { [first]: up, [`${dir}/003_step.sql`]: up, [`${dir}/notes.txt`]: up };
  expect(found(migrations, texts)).toEqual([
    `${dir}/003_step.sql:1 is file 002 here: call it 002_name.sql`,
    `${dir}/notes.txt:1 is file 003 here: call it 003_name.sql`,
  ]);
});

test('a migration goes up only', () => {
  expect(found(migrations, { [first]: 'create schema rule_book;' })).toEqual([
    `${first}:1 does not begin with "-- Up Migration": do`,
  ]);
  expect(faults('-- Down Migration\ndrop table rule_book.rule;')).toEqual([
    '2 goes down: undo by a new migration, forward',
  ]);
});

test.each([
  ['create table pool.draw ();', 'touches the schema pool: this package owns rule_book'],
  ['create table draw ();', 'touches "draw": write rule_book.draw'],
  ['alter table if exists only pool.draw add a int;', 'touches the schema pool'],
  ['drop table pool.draw;', 'touches the schema pool'],
  ['create index on pool.draw (a);', 'touches the schema pool'],
  ['create index a on draw (a);', 'touches "draw": write rule_book.draw'],
  ['create trigger t before update on pool.draw execute function rule_book.f();', 'touches the'],
  ["comment on column pool.draw.id is '';", 'touches the schema pool'],
  ['insert into pool.draw values (1);', 'touches the schema pool'],
  ['update pool.draw set a = 1;', 'touches the schema pool'],
  ['create schema pool;', 'touches the schema pool'],
  ['create table rule_book.a (b int references pool.draw (id));', 'touches the schema pool'],
  ['create table rule_book.a (b int references draw (id));', 'touches "draw"'],
  ['create view rule_book.v as select 1 from pool.draw;', 'touches the schema pool'],
  ['create function rule_book.f() as $$ select 1 from pool.draw; $$;', 'touches the schema pool'],
  ['grant usage on schema pool to sluice_app;', 'touches the schema pool'],
  ['grant select on rule_book.a, pool.draw to sluice_app;', 'touches the schema pool'],
])('%s stays not in its schema', (sql, violation) => {
  expect(faults(`\n${sql}`)).toEqual([expect.stringContaining(`3 ${violation}`)]);
});

test.each([
  ['delete', 'grants delete'],
  ['select, insert, delete', 'grants delete'],
  ['all privileges', 'grants all'],
  ['truncate', 'grants truncate'],
])('granting %s lets the app destroy', (privileges, violation) => {
  expect(faults(`grant ${privileges} on rule_book.a to sluice_app;`)).toEqual([
    `2 ${violation}: grant select, insert, update (columns) or usage`,
  ]);
});

test.each(['public', 'postgres', 'sluice_app, public', 'sluice_app with grant option'])(
  'granting to %s reaches further than the app',
  (roles) => {
    expect(faults(`grant select on rule_book.a to ${roles};`)).toEqual([
      expect.stringMatching(/^2 grants to .*: grant to sluice_app alone$/),
    ]);
  },
);

test.each(['create role a;', 'create extension b;', 'do $$ begin end $$;', 'grant a to b;'])(
  '%s is nothing that a migration does',
  (sql) => {
    expect(faults(sql)).toEqual([expect.stringContaining('2 runs "')]);
  },
);
