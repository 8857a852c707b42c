const appRole = 'sluice_app';
const everywhere = new Set(['pg_catalog', 'information_schema']);
/** Not schemas: the rows that a trigger or an upsert sees. */
const rowNames = new Set(['new', 'old', 'excluded']);

const relation = 'table|(?:materialized )?view|sequence|type|domain|function|procedure|aggregate';
const guard = '(?:if (?:not )?exists )?(?:only )?';
const named = String.raw`([\w".]+)`;
/** The statements that a migration is made of; each names in its first group what it touches. */
const forms = [
  `create (?:or replace )?(?:unlogged )?(?:${relation}) ${guard}${named}`,
  `(?:alter|drop) (?:${relation}|index) (?:concurrently )?${guard}${named}`,
  `create (?:unique )?index (?:concurrently )?(?:if not exists )?(?:\\w+ )?on (?:only )?${named}`,
  `create (?:or replace )?(?:constraint )?trigger \\w+ .*? on ${named}`,
  `drop trigger ${guard}\\w+ on ${named}`,
  `comment on (?:${relation}|index|column|schema) ${named}`,
  `comment on (?:constraint|trigger) \\w+ on ${named}`,
  `create schema ${guard}${named}`,
  `insert into ${named}`,
  `update (?:only )?${named}`,
].map((form) => new RegExp(`^${form}`));
const onSchema = /^(comment on schema|create schema) /;
const privilege =
  /^(grant|revoke) (.+?) on (schema |table |sequence |function |)(.+?) (?:to|from) (.+)$/;
const mentioned =
  /\b(?:(?<!distinct )from|join|into|update|references|execute function) ([a-z_]\w*)(\.\w+)?/g;

/** What is wrong with one statement of a migration that owns this schema. */
export function faultsOf(statement: string, schema: string): readonly string[] {
  const own = privilege.exec(statement);
  if (own !== null) return privilegeFaults(own, schema);
  const touched = forms.map((form) => form.exec(statement)?.[1]).find((name) => name !== undefined);
  if (touched === undefined) {
    const start = statement.split(' ').slice(0, 3).join(' ');
    return [`runs "${start} ...": a migration creates, alters, drops, comments, grants or fills`];
  }
  const faults = onSchema.test(statement)
    ? schemaFaults(touched, schema)
    : nameFaults(touched, schema);
  return [...new Set([...faults, ...mentionFaults(statement, schema)])];
}

function schemaFaults(name: string, schema: string): readonly string[] {
  return name === schema ? [] : [`touches the schema ${name}: this package owns ${schema}`];
}

function nameFaults(name: string, schema: string): readonly string[] {
  const [first = '', rest] = name.replaceAll('"', '').split('.', 2);
  if (rest === undefined) return [`touches "${first}": write ${schema}.${first}`];
  return schemaFaults(first, schema);
}

/** What a statement reads or refers to, inside functions too. */
function mentionFaults(statement: string, schema: string): readonly string[] {
  return [...statement.matchAll(mentioned)].flatMap(([phrase, name = '', rest]) => {
    const must = phrase.startsWith('references') || phrase.startsWith('execute');
    if (rest === undefined) return must ? nameFaults(name, schema) : [];
    return everywhere.has(name) || rowNames.has(name) ? [] : schemaFaults(name, schema);
  });
}

function privilegeFaults(parts: RegExpExecArray, schema: string): readonly string[] {
  const [, verb = '', privileges = '', kind = '', names = '', roles = ''] = parts;
  const check = kind === 'schema ' ? schemaFaults : nameFaults;
  const faults = listOf(names).flatMap((name) => check(name, schema));
  if (verb === 'revoke') return faults;
  const words = listOf(privileges.replace(/\([^)]*\)/g, '')).map((word) => word.split(' ')[0]);
  return [
    ...faults,
    ...words
      .filter((word) => !/^(select|insert|update|usage|execute)$/.test(word ?? ''))
      .map((word) => `grants ${word ?? ''}: grant select, insert, update (columns) or usage`),
    ...listOf(roles)
      .filter((role) => role !== appRole)
      .map((role) => `grants to ${role}: grant to ${appRole} alone`),
  ];
}

function listOf(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim());
}
