import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { isRefusal, refuse, UnexpectedRefusalError } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import type { CliConfig } from '../config.ts';
import { readRedemptionCsv } from '../redeem/read-redemptions.ts';

/**
 * Streams the good rows of a redemption CSV; rows that cannot be read are counted.
 *
 * @throws UnexpectedRefusalError `FILE_UNREADABLE`, `CSV_HEADER_INVALID`.
 */
export async function* recordedRedemptions(
  config: CliConfig,
  file: string,
  refused: { count: number },
): AsyncGenerator<Redemption> {
  const path = resolve(config.callerDir, file);
  await checkReadable(path);
  for await (const rows of readRedemptionCsv(path)) {
    for (const { row } of rows) {
      if (isRefusal(row)) refused.count += 1;
      else yield row;
    }
  }
}

async function checkReadable(path: string): Promise<void> {
  const stream = createReadStream(path);
  try {
    await once(stream, 'readable');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const refusal = refuse('FILE_UNREADABLE', `${path} cannot be read: ${why}`, { path });
    throw new UnexpectedRefusalError(refusal);
  } finally {
    stream.destroy();
  }
}
