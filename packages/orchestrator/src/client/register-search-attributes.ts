import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '../search-attributes.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const types = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
} as const;

/**
 * Makes the search attributes known to a namespace; those that are there already stay. Safe to
 * repeat, and for several processes at once.
 *
 * @throws when the namespace knows one of them by another type: no workflow could set it.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter(({ name, type }) => {
    const known = customAttributes[name];
    if (known === undefined) return true;
    if (Number(known) === Number(types[type])) return false;
    throw new Error(
      `the namespace "${namespace}" knows the search attribute ${name} as ` +
        `${IndexedValueType[known]}, but it has to be ${type}: remove it, or use another namespace`,
    );
  });
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, types[type]])),
  });
}
