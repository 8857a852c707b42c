import { randomUUID } from 'node:crypto';
import proto from '@temporalio/proto';
import type { Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { searchAttributes } from '../search-attributes.ts';
import { until } from '../testing/story.ts';
import { connectTestServer } from '../testing/test-temporal.ts';
import { registerSearchAttributes } from './register-search-attributes.ts';

let connection: Connection;
let namespace: string;
beforeAll(async () => void (connection = await connectTestServer()));
afterAll(() => connection.close());
beforeEach(async () => {
  namespace = `test-${randomUUID()}`;
  const day = proto.google.protobuf.Duration.fromObject({ seconds: 86_400 });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: day,
  });
  await until(() => known().then(() => true));
});

async function known(): Promise<readonly string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(customAttributes).sort();
}

const names = Object.values(searchAttributes)
  .map(({ name }) => name)
  .sort();

test('all search attributes are registered, once, by however many processes at once', async () => {
  await Promise.all(
    Array.from({ length: 4 }, () => registerSearchAttributes(connection, namespace)),
  );
  expect(await known()).toEqual(names);
  await registerSearchAttributes(connection, namespace);
  expect(await known()).toEqual(names);
});

test('one that is known by another type is told, and nothing is registered', async () => {
  const { INDEXED_VALUE_TYPE_INT: int } = proto.temporal.api.enums.v1.IndexedValueType;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { PoolId: int },
  });
  await expect(registerSearchAttributes(connection, namespace)).rejects.toThrow(
    'PoolId as INDEXED_VALUE_TYPE_INT, but it has to be KEYWORD',
  );
  expect(await known()).toEqual(['PoolId']);
});
