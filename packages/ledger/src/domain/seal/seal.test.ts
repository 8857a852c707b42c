import { describe, expect, test } from 'vitest';
import { sealedTransfer } from '../../testing/sample-export.ts';
import { sha256 } from '../../store/seal/sha256.ts';
import { headerLine, parseHeader, parseSeal, sealLine } from './export-lines.ts';
import { chainStart, makeSeal, sealFault } from './seal.ts';
import { transferLine } from './sealed-transfer.ts';

const leaves = [1, 2].map((n) => sha256(transferLine(sealedTransfer(n))));
const seal = makeSeal(chainStart, { throughNs: 7n, leaves }, sha256);

test('the line of a transfer holds every field, in an order that never changes', () => {
  const given = {
    ...{ kind: 'post-hold', askedMinor: 9n, balancing: 'debit', timeoutMs: 60_000n },
    ...{ originalId: '0-0', debitHeldMinor: 1n, creditHeldMinor: 2n, reference: '"é"\n' },
  };
  expect(transferLine(sealedTransfer(1, given))).toBe(
    `{"transfer":"${sealedTransfer(1).id}","recordedNs":"1500000000000000001",` +
      '"kind":"post-hold","debitAccount":"funding/match-fund","creditAccount":"payable/1",' +
      '"currency":"USD","amountMinor":"5","askedMinor":"9","balancing":"debit",' +
      '"timeoutMs":"60000","originalId":"0-0","debitBalanceMinor":"-5","creditBalanceMinor":"5",' +
      '"debitHeldMinor":"1","creditHeldMinor":"2","effectiveAt":"2017-07-01T09:30:00.000000Z",' +
      '"type":"subsidy.coupon","reference":"\\"é\\"\\n"}\n',
  );
});

test('anybody can make a seal again from its line, with nothing but SHA-256', () => {
  const line = sealLine(seal);
  const [, linked = '', hash = '', own = ''] =
    /^\{(.*),"hash":"(.*)","leaves":"(.*)"\}\n$/.exec(line) ?? [];
  expect(sha256(linked)).toBe(hash);
  expect(linked).toContain(`"digest":"${sha256(own)}"`);
  expect(own).toBe(leaves.join(''));
});

test('lines are read back as they were written', () => {
  expect(parseSeal(sealLine(seal))).toEqual(seal);
  const header = { seals: 3, transfers: 12, head: seal.hash };
  expect(parseHeader(headerLine(header, sha256), sha256)).toEqual(header);
});

describe('a seal says of itself what is wrong with it', () => {
  test.each([
    ['nothing', {}, undefined],
    ['number', { number: 2 }, 'its hash is not that of its fields'],
    ['bound', { throughNs: 8n }, 'its hash is not that of its fields'],
    ['count', { transferCount: 3 }, 'its hash is not that of its fields'],
    ['digest', { digest: '0'.repeat(64) }, 'its hash is not that of its fields'],
    ['previous hash', { previousHash: seal.hash }, 'its hash is not that of its fields'],
    ['hash', { hash: seal.digest }, 'its hash is not that of its fields'],
    ['leaves', { leaves: leaves.toReversed().join('') }, 'its digest is not that of its leaves'],
  ])('%s', (_, change, fault) => {
    expect(sealFault({ ...seal, ...change }, sha256)).toBe(fault);
  });

  test('a count that was hashed with leaves of another number', () => {
    const { number, throughNs, digest, previousHash } = seal;
    const text =
      `"seal":${number},"throughNs":"${throughNs}","transfers":3,` +
      `"digest":"${digest}","previousHash":"${previousHash}"`;
    const lying = { ...seal, transferCount: 3, hash: sha256(text) };
    expect(sealFault(lying, sha256)).toMatch(/counts 3 transfers/);
  });
});
